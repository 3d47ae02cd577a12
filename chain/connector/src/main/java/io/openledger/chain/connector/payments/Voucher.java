package io.openledger.chain.connector.payments;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.Eip712Message;
import io.openledger.chain.connector.tx.Signature;
import org.web3j.crypto.Hash;

/**
 * What was used of a channel so far: EIP-712 {@code Voucher(bytes32 channel,uint256 cumulative)}.
 *
 * @param channel its name
 * @param cumulative in wei, above zero; at most 2⁹⁶ − 1, which is what a channel can hold
 */
public record Voucher(Hash256 channel, Wei cumulative) {

  /** Bits of the greatest amount that a channel holds. */
  public static final int AMOUNT_BITS = 96;

  private static final byte[] TYPE =
      ChannelDomain.keccak("Voucher(bytes32 channel,uint256 cumulative)");
  private static final AbiSignature WORDS = AbiSignature.parse("voucher(bytes32,bytes32,uint256)");

  public Voucher {
    if (cumulative.isZero() || cumulative.value().bitLength() > AMOUNT_BITS) {
      throw OpenLedgerException.invalid(
          "cumulative amount of a voucher", cumulative, "1 to 2^96 - 1 wei");
    }
  }

  /** What is signed. */
  public Eip712Message in(ChannelDomain domain) {
    return new Eip712Message(
        domain.separator(),
        Hash256.of(Hash.sha3(WORDS.encodeArguments(TYPE, channel.toBytes(), cumulative.value()))));
  }

  /** Signs it. */
  public Signed sign(ChannelDomain domain, Signer signer) {
    return new Signed(this, signer.sign(in(domain)));
  }

  /**
   * With the payer's signature, or what is said to be it.
   *
   * @param voucher what is signed
   * @param signature by whom is not known before {@link #by} was asked
   */
  public record Signed(Voucher voucher, Signature signature) {

    /** Whether the payer of a channel signed this for that channel. One recovery. */
    public boolean by(Channel channel, ChannelDomain domain) {
      return voucher.channel().equals(channel.id())
          && signature
              .signerOf(voucher.in(domain).digest())
              .filter(channel.payer()::equals)
              .isPresent();
    }
  }
}
