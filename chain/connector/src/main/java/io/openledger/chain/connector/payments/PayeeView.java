package io.openledger.chain.connector.payments;

import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.Signature;
import java.util.Optional;

/**
 * A channel as its payee tells; a claim, which the wallet believes as far as it signed.
 *
 * @param charged for answers
 * @param reserved for calls under way
 * @param accepted the highest amount that the payee has a voucher for
 * @param proof that voucher's signature, if the payee tells it
 */
public record PayeeView(Wei charged, Wei reserved, Wei accepted, Optional<Signature> proof) {}
