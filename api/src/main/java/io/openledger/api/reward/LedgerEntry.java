package io.openledger.api.reward;

import io.openledger.api.datanet.ContributionId;
import io.openledger.api.provenance.ReceiptId;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * One line of the double-entry ledger. Never changed, never deleted; the lines of one transaction
 * add up to zero.
 *
 * @param number its place in the ledger, rising but not without gaps
 * @param transaction which lines belong together
 * @param account whose line it is
 * @param amount credit above zero, debit below, in wei
 * @param role for what
 * @param receipt of which answer
 * @param contribution for which contribution
 * @param at when it was written
 */
public record LedgerEntry(
    long number,
    String transaction,
    AccountId account,
    BigInteger amount,
    FeeRole role,
    Optional<ReceiptId> receipt,
    Optional<ContributionId> contribution,
    Instant at) {}
