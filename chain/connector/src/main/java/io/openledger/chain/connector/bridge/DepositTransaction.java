package io.openledger.chain.connector.bridge;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.tx.AbiSignature;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;

/**
 * The transaction that the rollup makes of a deposit (OP Stack specification, "Deposits"): its hash
 * follows from the log on L1, so where it stands on the rollup can be asked without searching.
 *
 * @param from on the rollup; another address than on L1 if a contract deposited
 * @param to who is called; empty creates a contract
 * @param mint new coins for {@code from}
 * @param value of them, sent to {@code to}
 * @param hash of the transaction on the rollup
 */
record DepositTransaction(
    ChainAddress from, Optional<ChainAddress> to, BigInteger mint, BigInteger value, Hash256 hash) {

  static final Hash256 TRANSACTION_DEPOSITED =
      Hash256.of(
          Hash.sha3(
              "TransactionDeposited(address,address,uint256,bytes)"
                  .getBytes(StandardCharsets.US_ASCII)));

  private static final AbiSignature NOT_INDEXED = AbiSignature.parse("data(bytes)");
  private static final byte TYPE = 0x7E;

  /** Bytes of mint, value, gas limit and whether a contract is created. */
  private static final int HEAD = 32 + 32 + 8 + 1;

  /**
   * The transaction that a log leads to.
   *
   * @param log of the portal
   * @return empty if it is another event, contract or version of the event
   */
  static Optional<DepositTransaction> of(ChainAddress portal, EventLog log) {
    if (!log.address().equals(portal)
        || log.topics().size() != 4
        || !log.topics().get(0).equals(TRANSACTION_DEPOSITED)
        || !log.topics().get(3).equals(Hash256.ZERO)) {
      return Optional.empty();
    }
    byte[] opaque = (byte[]) NOT_INDEXED.decodeArguments(log.data()).get(0);
    if (opaque.length < HEAD) {
      throw OpenLedgerException.invalid(
          "deposit's data", opaque.length + " bytes", HEAD + " bytes or more");
    }
    BigInteger mint = number(opaque, 0, 32);
    BigInteger value = number(opaque, 32, 64);
    boolean creates = opaque[HEAD - 1] != 0;
    ChainAddress from = View.address(log.topics().get(1));
    ChainAddress to = View.address(log.topics().get(2));
    RlpList fields =
        new RlpList(
            List.of(
                RlpString.create(source(log)),
                RlpString.create(bytes(from)),
                RlpString.create(creates ? new byte[0] : bytes(to)),
                RlpString.create(mint),
                RlpString.create(value),
                RlpString.create(number(opaque, 64, 72)),
                RlpString.create(new byte[0]), // no transaction of the system
                RlpString.create(Arrays.copyOfRange(opaque, HEAD, opaque.length))));
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.write(TYPE);
    encoded.writeBytes(RlpEncoder.encode(fields));
    return Optional.of(
        new DepositTransaction(
            from,
            creates ? Optional.empty() : Optional.of(to),
            mint,
            value,
            Hash256.of(Hash.sha3(encoded.toByteArray()))));
  }

  /** What tells two equal deposits apart: the hash of L1's block and the place of the log in it. */
  private static byte[] source(EventLog log) {
    byte[] id = new byte[64];
    System.arraycopy(log.blockHash().toBytes(), 0, id, 0, 32);
    byte[] index = BigInteger.valueOf(log.index()).toByteArray();
    System.arraycopy(index, 0, id, 64 - index.length, index.length);
    byte[] domain = new byte[64]; // domain 0: user deposits
    System.arraycopy(Hash.sha3(id), 0, domain, 32, 32);
    return Hash.sha3(domain);
  }

  private static BigInteger number(byte[] bytes, int from, int to) {
    return new BigInteger(1, Arrays.copyOfRange(bytes, from, to));
  }

  private static byte[] bytes(ChainAddress address) {
    return HexFormat.of().parseHex(address.value().substring(2));
  }
}
