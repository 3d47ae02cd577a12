package io.openledger.chain.connector.payments;

import io.openledger.api.Hash256;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.Eip712Message;
import org.web3j.crypto.Hash;

/**
 * For which request a voucher is given: EIP-712 {@code PaidCall(bytes32 channel,uint256
 * cumulative,bytes32 request,bytes32 quote)} in the contract's domain. The contract does not know
 * it; the payee does, and takes a voucher for this request and no other.
 *
 * @param channel its name
 * @param cumulative of the voucher
 * @param request see {@link #request}
 * @param quote SHA-256 of the payee's quote, which has a nonce and an end
 */
public record PaidCall(Hash256 channel, Wei cumulative, Hash256 request, Hash256 quote) {

  private static final byte[] TYPE =
      ChannelDomain.keccak(
          "PaidCall(bytes32 channel,uint256 cumulative,bytes32 request,bytes32 quote)");
  private static final AbiSignature WORDS =
      AbiSignature.parse("call(bytes32,bytes32,uint256,bytes32,bytes32)");

  /**
   * What of a request is paid for: SHA-256 of method, path and the hexadecimal SHA-256 of the body,
   * with a line feed after the first and the second.
   *
   * @param path from {@code /v1/} on: what a proxy puts before it does not matter
   */
  public static Hash256 request(String method, String path, Hash256 body) {
    return Hash256.sha256(method + "\n" + path + "\n" + body.hex());
  }

  /** What is signed. */
  public Eip712Message in(ChannelDomain domain) {
    return new Eip712Message(
        domain.separator(),
        Hash256.of(
            Hash.sha3(
                WORDS.encodeArguments(
                    TYPE,
                    channel.toBytes(),
                    cumulative.value(),
                    request.toBytes(),
                    quote.toBytes()))));
  }
}
