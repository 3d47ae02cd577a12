package io.openledger.chain.connector.payments;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.tx.AbiSignature;
import org.web3j.crypto.Hash;

/**
 * Who pays whom.
 *
 * @param payer who puts the deposit in and signs
 * @param payee who is paid
 * @param salt the payer's own name for it; a closed channel is never opened again, so the next one
 *     has another salt
 */
public record Channel(ChainAddress payer, ChainAddress payee, Hash256 salt) {

  private static final AbiSignature WORDS = AbiSignature.parse("id(address,address,bytes32)");

  /** Its name, as {@code PaymentChannel.idOf} gives it. The contract is not in it. */
  public Hash256 id() {
    return Hash256.of(Hash.sha3(WORDS.encodeArguments(payer, payee, salt.toBytes())));
  }
}
