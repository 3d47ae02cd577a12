package io.openledger.chain.connector.bridge;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.ChainClient;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Output roots as claims of dispute games (portal releases from 3.10 on). Anyone may start a game
 * and anyone may prove against one, so what is read is limited: {@link #PAGES} pages of games back
 * from the newest, {@link #SUBMITTERS} proofs of a withdrawal beside the own one.
 */
record DisputeGames(ChainClient l1, ChainAddress portal, ChainAddress factory)
    implements Proposals {

  private static final int PAGE = 100;
  private static final int PAGES = 20;
  private static final int SUBMITTERS = 32;

  /** Games whose claim is of a set of chains. */
  private static final Set<Integer> OVER_SUPER_ROOTS = Set.of(4, 5, 7, 9, 10);

  private static final int CHALLENGER_WINS = 1;
  private static final int DEFENDER_WINS = 2;

  private static final View RESPECTED = new View("respectedGameType()", "(uint32)");
  private static final View COUNT = new View("gameCount()", "(uint256)");
  private static final View LATEST =
      new View(
          "findLatestGames(uint32,uint256,uint256)", "((uint256,bytes32,uint64,bytes32,bytes)[])");
  private static final View STATUS = new View("status()", "(uint8)");
  private static final View RESOLVED = new View("resolvedAt()", "(uint64)");
  private static final View BLACKLISTED = new View("disputeGameBlacklist(address)", "(bool)");
  private static final View MATURITY = new View("proofMaturityDelaySeconds()", "(uint256)");
  private static final View FINALITY = new View("disputeGameFinalityDelaySeconds()", "(uint256)");
  private static final View NUMBER = new View("numProofSubmitters(bytes32)", "(uint256)");
  private static final View SUBMITTER = new View("proofSubmitters(bytes32,uint256)", "(address)");
  private static final View PROVEN =
      new View("provenWithdrawals(bytes32,address)", "(address,uint64)");
  private static final View CHECK = new View("checkWithdrawal(bytes32,address)", "()");

  @Override
  public List<Proposal> covering(long block, Instant time) {
    BigInteger type = (BigInteger) RESPECTED.one(l1, portal);
    if (OVER_SUPER_ROOTS.contains(type.intValue())) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "the portal respects games of type " + type + ", which are over super roots",
          "games over one rollup's output roots",
          "prove this withdrawal with the OP Stack's own tools");
    }
    BigInteger next = ((BigInteger) COUNT.one(l1, factory)).subtract(BigInteger.ONE);
    List<Proposal> found = new ArrayList<>();
    for (int page = 0; page < PAGES && next.signum() >= 0; page++) {
      List<?> games = (List<?>) LATEST.one(l1, factory, type, next, BigInteger.valueOf(PAGE));
      for (Object game : games) {
        List<?> fields = (List<?>) game;
        next = ((BigInteger) fields.get(0)).subtract(BigInteger.ONE);
        if (((BigInteger) fields.get(2)).compareTo(BigInteger.valueOf(time.getEpochSecond())) < 0) {
          // started before the block was there: what is older still does not cover it either
          return oldestFirst(found);
        }
        proposal(fields).filter(p -> p.block() >= block).ifPresent(found::add);
      }
      if (games.size() < PAGE) {
        break;
      }
    }
    return oldestFirst(found);
  }

  private static List<Proposal> oldestFirst(List<Proposal> found) {
    Collections.reverse(found);
    return List.copyOf(found);
  }

  /** Empty if the block that the game is about is no number of a block. */
  private static Optional<Proposal> proposal(List<?> game) {
    byte[] extra = (byte[]) game.get(4);
    if (extra.length < 32) {
      return Optional.empty();
    }
    BigInteger block = new BigInteger(1, Arrays.copyOf(extra, 32));
    return block.bitLength() > 62
        ? Optional.empty()
        : Optional.of(
            new Proposal(
                (BigInteger) game.get(0),
                block.longValueExact(),
                Hash256.of((byte[]) game.get(3))));
  }

  @Override
  public Optional<Proof> proof(Hash256 withdrawal, Optional<ChainAddress> prover) {
    Optional<Proof> best = prover.flatMap(own -> proof(withdrawal, own));
    byte[] hash = withdrawal.toBytes();
    int number =
        ((BigInteger) NUMBER.one(l1, portal, (Object) hash))
            .min(BigInteger.valueOf(SUBMITTERS))
            .intValueExact();
    for (int i = 0;
        i < number && !best.filter(p -> p.standing() == Standing.READY).isPresent();
        i++) {
      ChainAddress other = (ChainAddress) SUBMITTER.one(l1, portal, hash, BigInteger.valueOf(i));
      Optional<Proof> proof = proof(withdrawal, other);
      if (proof.isPresent() && (best.isEmpty() || better(proof.get(), best.get()))) {
        best = proof;
      }
    }
    return best;
  }

  private static boolean better(Proof one, Proof other) {
    return one.standing() == Standing.READY && other.standing() != Standing.READY
        || one.standing() == Standing.WAITING && other.standing() == Standing.VOID;
  }

  private Optional<Proof> proof(Hash256 withdrawal, ChainAddress submitter) {
    List<Object> proven = PROVEN.ask(l1, portal, withdrawal.toBytes(), submitter);
    ChainAddress game = (ChainAddress) proven.get(0);
    long at = ((BigInteger) proven.get(1)).longValueExact();
    if (at == 0) {
      return Optional.empty();
    }
    int status = ((BigInteger) STATUS.one(l1, game)).intValueExact();
    boolean fallen =
        status == CHALLENGER_WINS || BLACKLISTED.one(l1, portal, game).equals(Boolean.TRUE);
    Optional<Instant> from =
        status == DEFENDER_WINS ? Optional.of(finalizable(at, game)) : Optional.empty();
    Standing standing = Standing.WAITING;
    String explanation =
        status == DEFENDER_WINS
            ? "game " + game + " has upheld its claim"
            : "game " + game + " is not resolved yet";
    if (fallen) {
      standing = Standing.VOID;
      explanation = "game " + game + " has rejected its claim or is blacklisted";
    } else {
      Optional<String> against = objection(withdrawal, submitter);
      standing = against.isEmpty() ? Standing.READY : Standing.WAITING;
      explanation = against.map(a -> "the portal says: " + a).orElse(explanation);
    }
    return Optional.of(
        new Proof(Optional.of(submitter), Instant.ofEpochSecond(at), standing, from, explanation));
  }

  /** When both delays are over; the portal wants time to be beyond them. */
  private Instant finalizable(long provenAt, ChainAddress game) {
    long matured = provenAt + seconds(MATURITY);
    long settled = ((BigInteger) RESOLVED.one(l1, game)).longValueExact() + seconds(FINALITY);
    return Instant.ofEpochSecond(Math.max(matured, settled) + 1);
  }

  private long seconds(View delay) {
    return ((BigInteger) delay.one(l1, portal)).longValueExact();
  }

  /** What the portal has against finalising now; empty if nothing. */
  private Optional<String> objection(Hash256 withdrawal, ChainAddress submitter) {
    try {
      CHECK.ask(l1, portal, withdrawal.toBytes(), submitter);
      return Optional.empty();
    } catch (OpenLedgerException e) {
      if (e.code() == ErrorCode.CHAIN_REFUSED) {
        return Optional.of(PortalErrors.describe(e));
      }
      throw e;
    }
  }
}
