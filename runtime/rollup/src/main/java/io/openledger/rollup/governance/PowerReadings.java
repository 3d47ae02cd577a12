package io.openledger.rollup.governance;

import io.openledger.api.governance.GovernanceStatus.Rules;
import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.governance.ProposedCall.Difference;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.merkle.Keccak256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calls that change who decides or move what the timelock holds, in plain words: of the governor,
 * the timelock, GOPEN, and of whatever has an owner. All of it is dangerous. Immutable.
 *
 * <p>Long because each function that gives or takes power has its sentence here.
 */
final class PowerReadings {

  private static final Map<String, AbiSignature> GOVERNOR =
      byName(
          "setVotingDelay(uint48)",
          "setVotingPeriod(uint32)",
          "setProposalThreshold(uint256)",
          "updateQuorumNumerator(uint256)",
          "setQuorumFloor(uint256)",
          "setLateQuorumVoteExtension(uint48)",
          "updateTimelock(address)",
          "relay(address,uint256,bytes)",
          "propose(address[],uint256[],bytes[],string)");

  private static final Map<String, AbiSignature> TIMELOCK =
      byName(
          "updateDelay(uint256)",
          "grantRole(bytes32,address)",
          "revokeRole(bytes32,address)",
          "renounceRole(bytes32,address)",
          "schedule(address,uint256,bytes,bytes32,bytes32,uint256)",
          "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
          "execute(address,uint256,bytes,bytes32,bytes32)",
          "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)",
          "cancel(bytes32)");

  private static final Map<String, AbiSignature> VOTES =
      byName(
          "transfer(address,uint256)",
          "transferFrom(address,address,uint256)",
          "approve(address,uint256)",
          "delegate(address)",
          "deposit()",
          "withdraw(uint256)");

  private static final Map<String, AbiSignature> OWNED =
      byName("transferOwnership(address)", "renounceOwnership()", "acceptOwnership()");

  private static final List<String> ROLES =
      List.of("PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE");

  private final GovernanceContracts contracts;
  private final Rules rules;

  PowerReadings(GovernanceContracts contracts, Rules rules) {
    this.contracts = contracts;
    this.rules = rules;
  }

  private static Map<String, AbiSignature> byName(String... signatures) {
    Map<String, AbiSignature> all = new TreeMap<>();
    for (String signature : signatures) {
      AbiSignature parsed = AbiSignature.parse(signature);
      all.put(parsed.name(), parsed);
    }
    return all;
  }

  /** What of a known contract is read here. */
  List<AbiSignature> functions(ChainAddress target) {
    List<AbiSignature> all = new ArrayList<>();
    if (target.equals(contracts.governor())) {
      all.addAll(GOVERNOR.values());
    } else if (target.equals(contracts.timelock())) {
      all.addAll(TIMELOCK.values());
    } else if (target.equals(contracts.votes())) {
      all.addAll(VOTES.values());
    } else {
      all.addAll(OWNED.values());
    }
    return all;
  }

  /** What a function of {@link #functions} does. */
  Reading read(ChainAddress target, String contract, AbiSignature function, List<Object> a) {
    if (target.equals(contracts.governor())) {
      return governor(function.name(), a);
    }
    if (target.equals(contracts.timelock())) {
      return timelock(function.name(), a);
    }
    if (target.equals(contracts.votes())) {
      return Reading.of(Danger.DANGEROUS, votes(function.name(), a));
    }
    return Reading.of(
        Danger.DANGEROUS,
        switch (function.name()) {
          case "transferOwnership" ->
              "Offers the ownership of "
                  + contract
                  + " to "
                  + named(a.get(0))
                  + ": votes would decide on it no more.";
          case "renounceOwnership" ->
              "Gives up the ownership of " + contract + ": nobody could ever change it again.";
          default -> "Takes over the ownership of " + contract + ".";
        });
  }

  private Reading governor(String function, List<Object> a) {
    return switch (function) {
      case "setVotingDelay" ->
          rule("the time from a proposal to its vote", rules.votingDelay(), a.get(0));
      case "setVotingPeriod" -> rule("how long is voted", rules.votingPeriod(), a.get(0));
      case "setLateQuorumVoteExtension" ->
          rule("how long is voted after a late quorum", rules.lateQuorumExtension(), a.get(0));
      case "setProposalThreshold" ->
          rule("the votes that a proposer needs", rules.proposalThreshold(), a.get(0));
      case "setQuorumFloor" ->
          rule("what the quorum never falls below", rules.quorumFloor(), a.get(0));
      case "updateQuorumNumerator" ->
          Reading.of(
              Danger.DANGEROUS,
              "Sets the quorum to " + a.get(0) + " % of all GOPEN, for votes that begin later.");
      case "updateTimelock" ->
          Reading.of(
              Danger.DANGEROUS,
              "Makes "
                  + named(a.get(0))
                  + " the timelock of the governor: what the present one owns could be governed no"
                  + " more.");
      case "relay" ->
          Reading.calling(
              "Lets the governor itself make a call:", one(a.get(0), a.get(1), a.get(2)));
      default ->
          Reading.calling(
              "Makes another proposal, which is to be voted on by itself:",
              several(a.get(0), a.get(1), a.get(2)));
    };
  }

  private Reading timelock(String function, List<Object> a) {
    return switch (function) {
      case "updateDelay" ->
          rule("the time from queueing to execution", rules.timelockDelay(), a.get(0));
      case "grantRole" ->
          Reading.of(
              Danger.DANGEROUS,
              "Gives "
                  + named(a.get(1))
                  + " the timelock's "
                  + role(a.get(0))
                  + meaning(a.get(0), a.get(1))
                  + ".");
      case "revokeRole", "renounceRole" ->
          Reading.of(
              Danger.DANGEROUS,
              "Takes the timelock's "
                  + role(a.get(0))
                  + " from "
                  + named(a.get(1))
                  + (a.get(1).equals(contracts.governor())
                      ? ": votes could decide nothing more."
                      : "."));
      case "schedule" ->
          Reading.calling(
              "Puts another call into the timelock, without a vote of its own, which can be made"
                  + " after "
                  + Words.duration((BigInteger) a.get(5))
                  + ":",
              one(a.get(0), a.get(1), a.get(2)));
      case "scheduleBatch" ->
          Reading.calling(
              "Puts other calls into the timelock, without a vote of their own, which can be made"
                  + " after "
                  + Words.duration((BigInteger) a.get(5))
                  + ":",
              several(a.get(0), a.get(1), a.get(2)));
      case "execute" ->
          Reading.calling(
              "Executes what waits in the timelock:", one(a.get(0), a.get(1), a.get(2)));
      case "executeBatch" ->
          Reading.calling(
              "Executes what waits in the timelock:", several(a.get(0), a.get(1), a.get(2)));
      default ->
          Reading.of(
              Danger.DANGEROUS,
              "Takes an operation out of the timelock, such as a proposal that was decided: "
                  + Words.argument(a.get(0), 80)
                  + ".");
    };
  }

  private String votes(String function, List<Object> a) {
    return switch (function) {
      case "transfer" ->
          "Sends " + gopen(a.get(1)) + " of the timelock's to " + named(a.get(0)) + ".";
      case "transferFrom" ->
          "Sends " + gopen(a.get(2)) + " of " + named(a.get(0)) + " to " + named(a.get(1)) + ".";
      case "approve" ->
          "Lets " + named(a.get(0)) + " take up to " + gopen(a.get(1)) + " of the timelock's.";
      case "delegate" ->
          "Lets " + named(a.get(0)) + " vote with the GOPEN that the timelock holds.";
      case "deposit" -> "Wraps coins of the timelock into GOPEN.";
      default -> "Unwraps " + gopen(a.get(0)) + " of the timelock's into coins.";
    };
  }

  private static String gopen(Object amount) {
    return Words.open(Words.wei(amount)).replace(" OPEN", " GOPEN");
  }

  private static Reading rule(String what, Duration before, Object after) {
    BigInteger from = BigInteger.valueOf(before.toSeconds());
    return rule(
        what, from, (BigInteger) after, Words.duration(from), Words.duration((BigInteger) after));
  }

  private static Reading rule(String what, Wei before, Object after) {
    return rule(
        what,
        before.value(),
        (BigInteger) after,
        Words.votes(before),
        Words.votes(Words.wei(after)));
  }

  private static Reading rule(
      String what, BigInteger from, BigInteger to, String before, String after) {
    int order = to.compareTo(from);
    return Reading.of(
        Danger.DANGEROUS,
        List.of(
            order == 0
                ? "Leaves " + what + " at " + before + "."
                : (order > 0 ? "Raises " : "Lowers ")
                    + what
                    + " from "
                    + before
                    + " to "
                    + after
                    + "."),
        List.of(new Difference(what, before, after)));
  }

  private static String role(Object hash) {
    byte[] role = (byte[]) hash;
    if (Arrays.equals(role, new byte[32])) {
      return "DEFAULT_ADMIN_ROLE";
    }
    for (String name : ROLES) {
      if (Arrays.equals(role, Keccak256.hash(name.getBytes(StandardCharsets.US_ASCII)))) {
        return name;
      }
    }
    return "unknown role " + Words.argument(role, 80);
  }

  private static String meaning(Object role, Object who) {
    return switch (role(role)) {
      case "DEFAULT_ADMIN_ROLE" -> ": it could give itself every right, without a vote";
      case "PROPOSER_ROLE" -> ": it could have anything executed after the delay, without a vote";
      case "EXECUTOR_ROLE" ->
          isZero(who)
              ? ": anybody could execute what was decided"
              : ": it could execute what was decided";
      case "CANCELLER_ROLE" -> ": it could stop whatever was decided";
      default -> "";
    };
  }

  private static boolean isZero(Object who) {
    return who.toString().matches("0x0+");
  }

  private String named(Object address) {
    ChainAddress who = (ChainAddress) address;
    return contracts
        .name(who)
        .map(name -> name + " (" + who + ")")
        .orElse(isZero(who) ? "the zero address" : who.toString());
  }

  private static List<RawCall> one(Object target, Object value, Object data) {
    return List.of(new RawCall((ChainAddress) target, Words.wei(value), (byte[]) data));
  }

  /** The calls of three lists; none if their lengths differ, which the contracts refuse. */
  private static List<RawCall> several(Object targets, Object values, Object datas) {
    List<?> to = (List<?>) targets;
    List<?> amounts = (List<?>) values;
    List<?> payloads = (List<?>) datas;
    List<RawCall> calls = new ArrayList<>();
    if (to.size() == amounts.size() && to.size() == payloads.size()) {
      for (int i = 0; i < to.size(); i++) {
        calls.addAll(one(to.get(i), amounts.get(i), payloads.get(i)));
      }
    }
    return calls;
  }
}
