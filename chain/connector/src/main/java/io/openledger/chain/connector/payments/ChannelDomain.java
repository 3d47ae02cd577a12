package io.openledger.chain.connector.payments;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.web3j.crypto.Hash;

/**
 * Where a voucher holds: one contract on one chain (EIP-712, "Definition of domainSeparator").
 *
 * @param chainId 1 or more
 * @param contract the {@code PaymentChannel}
 * @param separator the hash of the domain, which follows from the other two
 */
public record ChannelDomain(long chainId, ChainAddress contract, Hash256 separator) {

  /** As the contract calls itself. */
  public static final String NAME = "OpenLedger PaymentChannel";

  /** The contract's version. */
  public static final String VERSION = "1";

  private static final byte[] TYPE =
      keccak("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

  private static final AbiSignature WORDS =
      AbiSignature.parse("domain(bytes32,bytes32,bytes32,uint256,address)");

  public ChannelDomain {
    if (chainId < 1) {
      throw OpenLedgerException.invalid("chain id", chainId, "1 or more");
    }
    if (!separator.equals(separator(chainId, contract))) {
      throw OpenLedgerException.invalid(
          "domain separator", separator, "that of chain and contract");
    }
  }

  /** The domain of a contract on a chain. */
  public static ChannelDomain of(long chainId, ChainAddress contract) {
    return new ChannelDomain(chainId, contract, separator(chainId, contract));
  }

  private static Hash256 separator(long chainId, ChainAddress contract) {
    return Hash256.of(
        Hash.sha3(
            WORDS.encodeArguments(
                TYPE, keccak(NAME), keccak(VERSION), BigInteger.valueOf(chainId), contract)));
  }

  /** The chain as CAIP-2 names it. */
  public String network() {
    return "eip155:" + chainId;
  }

  static byte[] keccak(String text) {
    return Hash.sha3(text.getBytes(StandardCharsets.US_ASCII));
  }
}
