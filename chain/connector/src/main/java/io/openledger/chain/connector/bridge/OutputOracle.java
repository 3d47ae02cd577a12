package io.openledger.chain.connector.bridge;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.ChainClient;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Output roots of one proposer in L2OutputOracle (portal releases 1 and 2). */
record OutputOracle(ChainClient l1, ChainAddress portal, ChainAddress oracle) implements Proposals {

  private static final View LATEST = new View("latestBlockNumber()", "(uint256)");
  private static final View INDEX = new View("getL2OutputIndexAfter(uint256)", "(uint256)");
  private static final View OUTPUT = new View("getL2Output(uint256)", "(bytes32,uint128,uint128)");
  private static final View PERIOD = new View("finalizationPeriodSeconds()", "(uint256)");
  private static final View OLD_PERIOD = new View("FINALIZATION_PERIOD_SECONDS()", "(uint256)");
  private static final View PROVEN =
      new View("provenWithdrawals(bytes32)", "(bytes32,uint128,uint128)");

  @Override
  public List<Proposal> covering(long block, Instant time) {
    BigInteger wanted = BigInteger.valueOf(block);
    if (((BigInteger) LATEST.one(l1, oracle)).compareTo(wanted) < 0) {
      return List.of();
    }
    BigInteger index = (BigInteger) INDEX.one(l1, oracle, wanted);
    List<Object> output = OUTPUT.ask(l1, oracle, index);
    return List.of(
        new Proposal(
            index,
            ((BigInteger) output.get(2)).longValueExact(),
            Hash256.of((byte[]) output.get(0))));
  }

  @Override
  public Optional<Proof> proof(Hash256 withdrawal, Optional<ChainAddress> prover) {
    List<Object> proven = PROVEN.ask(l1, portal, (Object) withdrawal.toBytes());
    long at = ((BigInteger) proven.get(1)).longValueExact();
    if (at == 0) {
      return Optional.empty();
    }
    Optional<List<Object>> output = OUTPUT.maybe(l1, oracle, proven.get(2));
    if (output.isEmpty()
        || !Hash256.of((byte[]) output.get().get(0)).equals(Hash256.of((byte[]) proven.get(0)))) {
      return Optional.of(
          new Proof(
              Optional.empty(),
              Instant.ofEpochSecond(at),
              Standing.VOID,
              Optional.empty(),
              "the output that it was proven against was taken back"));
    }
    long proposed = ((BigInteger) output.get().get(1)).longValueExact();
    Object period = PERIOD.maybeOne(l1, oracle).orElseGet(() -> OLD_PERIOD.one(l1, oracle));
    Instant from =
        Instant.ofEpochSecond(Math.max(at, proposed) + ((BigInteger) period).longValueExact() + 1);
    boolean ready =
        !l1.head(io.openledger.chain.connector.rpc.Finality.UNSAFE).time().isBefore(from);
    return Optional.of(
        new Proof(
            Optional.empty(),
            Instant.ofEpochSecond(at),
            ready ? Standing.READY : Standing.WAITING,
            Optional.of(from),
            "the time to object ends at " + from));
  }
}
