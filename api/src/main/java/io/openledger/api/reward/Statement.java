package io.openledger.api.reward;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

/**
 * An account over a time: opening + entries = closing, exactly.
 *
 * @param account whose
 * @param from inclusive
 * @param to exclusive
 * @param opening the balance before {@code from}, in wei
 * @param closing the balance before {@code to}, in wei
 * @param entries in the ledger's order
 * @param earned ever, whatever the time of the statement, in wei
 * @param chain what became of it on the chain, now
 */
public record Statement(
    AccountId account,
    Instant from,
    Instant to,
    BigInteger opening,
    BigInteger closing,
    List<LedgerEntry> entries,
    Wei earned,
    ChainStanding chain) {

  public Statement {
    entries = List.copyOf(entries);
    BigInteger sum = entries.stream().map(LedgerEntry::amount).reduce(opening, BigInteger::add);
    if (!sum.equals(closing)) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_INCONSISTENT,
          "opening and entries of " + account + " are " + sum + " wei, closing is " + closing,
          "opening + entries = closing",
          "compare the account's entries with its balance");
    }
  }
}
