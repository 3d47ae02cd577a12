package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.util.Optional;

/**
 * A payment as it arrived; nothing of it is verified yet.
 *
 * @param chainId the chain that the payer means
 * @param contract the {@code PaymentChannel} that the payer means
 * @param payer who signed
 * @param payee for whom the channel is
 * @param salt of the channel
 * @param cumulative all that was used of the channel, with this call
 * @param voucher the payer's signature of that: 65 bytes in hexadecimal digits
 * @param quote of this request
 * @param authorization the payer's signature that says for which request the voucher is
 * @param acknowledged what the payer agrees was charged before
 */
public record Payment(
    long chainId,
    ChainAddress contract,
    ChainAddress payer,
    ChainAddress payee,
    Hash256 salt,
    Wei cumulative,
    String voucher,
    String quote,
    String authorization,
    Optional<Acknowledged> acknowledged) {

  /**
   * A voucher for exactly what was charged.
   *
   * @param cumulative that amount
   * @param voucher the payer's signature: 65 bytes in hexadecimal digits
   */
  public record Acknowledged(Wei cumulative, String voucher) {}

  /** Amounts, never signatures. */
  @Override
  public String toString() {
    return "payment of " + payer + " up to " + cumulative + " wei";
  }
}
