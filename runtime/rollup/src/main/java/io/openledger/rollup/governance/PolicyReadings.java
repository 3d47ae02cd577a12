package io.openledger.rollup.governance;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.GovernedParameter;
import io.openledger.api.governance.PolicyChange;
import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.governance.ProposedCall.Difference;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.rollup.governance.StoreState.PolicyVersion;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Calls of the parameter store in plain words, and the calls that make a draft. Immutable. */
final class PolicyReadings {

  static final AbiSignature SET_SPLIT = AbiSignature.parse("setFeeSplit(uint16[6])");
  static final AbiSignature SET_POLICY = AbiSignature.parse("setAttributionPolicy(uint32,bytes32)");
  static final AbiSignature SET_PARAMETER = AbiSignature.parse("setParameter(bytes32,uint208)");
  private static final AbiSignature ADD =
      AbiSignature.parse("addParameter(bytes32,(uint208,uint208,uint208))");

  /** What can be read; other functions of the store are as any contract's. */
  static final List<AbiSignature> FUNCTIONS = List.of(SET_SPLIT, SET_POLICY, SET_PARAMETER, ADD);

  private final StoreState before;
  private final Optional<Instant> executable;
  private final DelayReadings delays;

  /**
   * @param before what held before
   * @param executable when it could be executed; empty if that is over
   * @param delays of the proposal
   */
  PolicyReadings(StoreState before, Optional<Instant> executable, DelayReadings delays) {
    this.before = before;
    this.executable = executable;
    this.delays = delays;
  }

  /** The calldata of a change. */
  static byte[] encode(PolicyChange change) {
    if (change instanceof PolicyChange.Split split) {
      return SET_SPLIT.encodeCall(StoreReader.parts(split.split()));
    }
    if (change instanceof PolicyChange.AttributionPolicy policy) {
      return SET_POLICY.encodeCall(BigInteger.valueOf(policy.version()), policy.hash().toBytes());
    }
    PolicyChange.Parameter parameter = (PolicyChange.Parameter) change;
    return SET_PARAMETER.encodeCall(Words.keyBytes(parameter.key()), parameter.value());
  }

  /** The change that decoded arguments make, if a draft could make it. */
  static Optional<PolicyChange> change(AbiSignature function, List<Object> arguments) {
    try {
      if (function == SET_SPLIT) {
        return Optional.of(PolicyChange.feeSplit(StoreReader.split(arguments.get(0))));
      }
      if (function == SET_POLICY) {
        return Optional.of(
            new PolicyChange.AttributionPolicy(
                ((BigInteger) arguments.get(0)).longValueExact(),
                Hash256.of((byte[]) arguments.get(1))));
      }
      if (function == SET_PARAMETER) {
        return Optional.of(
            new PolicyChange.Parameter(
                Words.key((byte[]) arguments.get(0)), (BigInteger) arguments.get(1)));
      }
    } catch (OpenLedgerException e) {
      return Optional.empty(); // what no draft could say, the contract refuses too
    }
    return Optional.empty();
  }

  /** What a function of {@link #FUNCTIONS} does. */
  Reading read(AbiSignature function, List<Object> arguments) {
    if (function == ADD) {
      return added(arguments);
    }
    Optional<PolicyChange> change = change(function, arguments);
    if (change.isEmpty()) {
      return Reading.of(
          Danger.NOTABLE,
          function == SET_SPLIT
              ? "Sets the fee split to parts that do not add up to 100 %: "
                  + Words.argument(arguments.get(0), 100)
                  + " basis points. The contract would refuse it, and the whole proposal with it."
              : "Makes a change that the contract would refuse, and the whole proposal with it: "
                  + Words.argument(arguments, 200)
                  + ".");
    }
    Reading reading = read(change.get());
    Optional<StoreRules.Refusal> refusal =
        executable.flatMap(at -> StoreRules.refusal(before, change.get(), at));
    if (refusal.isEmpty()) {
      return reading;
    }
    OpenLedgerException told = refusal.get().told();
    List<String> sentences = new ArrayList<>(reading.sentences());
    sentences.add(
        refusal.get().error() == StoreRules.Error.CooldownNotOver
            ? "It can be executed later than usual: allowed is " + told.allowed() + "."
            : "The contract would refuse it, and the whole proposal with it: "
                + told.arrived()
                + "; allowed: "
                + told.allowed()
                + ".");
    return new Reading(
        Danger.NOTABLE,
        sentences,
        reading.differences(),
        reading.splitBefore(),
        reading.splitAfter(),
        List.of());
  }

  private Reading read(PolicyChange change) {
    if (change instanceof PolicyChange.Split split) {
      return split(split.split());
    }
    if (change instanceof PolicyChange.AttributionPolicy policy) {
      return policy(new PolicyVersion(policy.version(), policy.hash()));
    }
    return parameter((PolicyChange.Parameter) change);
  }

  private Reading split(FeeSplit after) {
    FeeSplit now = before.lastSplit();
    List<String> raised = new ArrayList<>();
    List<String> lowered = new ArrayList<>();
    List<Difference> differences = new ArrayList<>();
    for (FeeRole role : FeeRole.values()) {
      int from = now.of(role);
      int to = after.of(role);
      String both = Words.partOf(role) + " from " + Words.percent(from) + " to ";
      if (to > from) {
        raised.add(both + Words.percent(to));
      } else if (to < from) {
        lowered.add(both + Words.percent(to));
      }
      differences.add(new Difference(Words.role(role), Words.percent(from), Words.percent(to)));
    }
    String sentence =
        raised.isEmpty()
            ? "Leaves the fee split as it is."
            : "Raises " + Words.list(raised) + "; lowers " + Words.list(lowered) + ".";
    List<String> sentences = new ArrayList<>(List.of(sentence));
    if (!now.equals(before.split())) {
      sentences.add(
          "What it is compared with was decided before and holds from "
              + Words.time(before.splitFrom())
              + " on.");
    }
    return new Reading(
        Danger.ROUTINE, sentences, differences, Optional.of(now), Optional.of(after), List.of());
  }

  private Reading policy(PolicyVersion after) {
    PolicyVersion now = before.lastPolicy();
    return Reading.of(
        Danger.ROUTINE,
        List.of(
            "Replaces version "
                + now.version()
                + " of the attribution policy by version "
                + after.version()
                + ".",
            "What the new policy says is not on the chain: before voting, compare the SHA-256 of"
                + " its text with "
                + after.hash()
                + "."),
        List.of(
            new Difference(
                "attribution policy",
                "version " + now.version() + ", " + now.hash(),
                "version " + after.version() + ", " + after.hash())));
  }

  private Reading parameter(PolicyChange.Parameter change) {
    Optional<GovernedParameter> known = before.parameter(change.key());
    String what = Words.parameter(change.key());
    String after = Words.value(change.key(), change.value());
    if (known.isEmpty()) {
      return Reading.of(Danger.ROUTINE, "Sets " + what + " to " + after + ".");
    }
    BigInteger from =
        known.get().pending().map(GovernedParameter.Pending::value).orElse(known.get().value());
    String now = Words.value(change.key(), from);
    int order = change.value().compareTo(from);
    String sentence =
        order == 0
            ? "Leaves " + what + " at " + now + "."
            : (order > 0 ? "Raises " : "Lowers ") + what + " from " + now + " to " + after + ".";
    List<String> sentences = new ArrayList<>(List.of(sentence));
    if (change.key().equals(PolicyChange.EPOCH_LENGTH)) {
      sentences.add(Words.EPOCHS);
    } else if (change.key().equals(PolicyChange.ACTIVATION_DELAY)) {
      sentences.add(delays.effect(change.value()));
    }
    return Reading.of(Danger.ROUTINE, sentences, List.of(new Difference(change.key(), now, after)));
  }

  private static Reading added(List<Object> arguments) {
    List<?> setting = (List<?>) arguments.get(1);
    String key = Words.key((byte[]) arguments.get(0));
    return Reading.of(
        Danger.NOTABLE,
        List.of(
            "Adds the parameter '"
                + key
                + "' with the value "
                + setting.get(2)
                + ", which holds at once; it can be changed from "
                + setting.get(0)
                + " to "
                + setting.get(1)
                + " for ever."),
        List.of(new Difference(key, "", setting.get(2).toString())));
  }
}
