package io.openledger.rollup.governance;

import io.openledger.api.Hash256;
import io.openledger.api.governance.ProposalId;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.merkle.Keccak256;
import java.math.BigInteger;
import java.util.List;

/** How a proposal is named ({@code Governor.hashProposal}). */
final class ProposalHash {

  private static final AbiSignature CONTENT =
      AbiSignature.parse("p(address[],uint256[],bytes[],bytes32)");

  private ProposalHash() {}

  static ProposalId of(List<RawCall> calls, Hash256 text) {
    byte[] encoded =
        CONTENT.encodeArguments(targets(calls), values(calls), datas(calls), text.toBytes());
    return new ProposalId(new BigInteger(1, Keccak256.hash(encoded)));
  }

  /** Keccak-256 of a text. */
  static Hash256 of(byte[] text) {
    return Hash256.of(Keccak256.hash(text));
  }

  static List<Object> targets(List<RawCall> calls) {
    return calls.stream().map(c -> (Object) c.target()).toList();
  }

  static List<Object> values(List<RawCall> calls) {
    return calls.stream().map(c -> (Object) c.value().value()).toList();
  }

  static List<Object> datas(List<RawCall> calls) {
    return calls.stream().map(c -> (Object) c.data()).toList();
  }
}
