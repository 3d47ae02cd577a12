package io.openledger.rollup.governance;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.GovernedParameter;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.rollup.governance.ChainView.Question;
import io.openledger.rollup.governance.StoreState.PolicyVersion;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads the parameter store, see {@code IParameterStore.sol}. */
final class StoreReader {

  private static final Question CHANGE_DELAY = Question.of("changeDelay()", "(uint48)");
  private static final Question COOLDOWN = Question.of("cooldown()", "(uint48)");
  private static final Question KEYS = Question.of("keys()", "(bytes32[])");
  private static final Question BOUNDS = Question.of("bounds(bytes32)", "(uint208,uint208)");
  private static final Question VALUE = Question.of("parameter(bytes32)", "(uint208)");
  private static final Question VALUE_AT = Question.of("parameterAt(bytes32,uint48)", "(uint208)");
  private static final Question LAST = Question.of("lastChange(bytes32)", "(uint208,uint48)");
  private static final Question SPLIT = Question.of("feeSplit()", "(uint16[6])");
  private static final Question SPLIT_AT = Question.of("feeSplitAt(uint48)", "(uint16[6])");
  private static final Question LAST_SPLIT =
      Question.of("lastFeeSplitChange()", "(uint16[6],uint48)");
  private static final Question POLICY = Question.of("attributionPolicy()", "(uint32,bytes32)");
  private static final Question POLICY_AT =
      Question.of("attributionPolicyAt(uint48)", "(uint32,bytes32)");
  private static final Question LAST_POLICY =
      Question.of("lastAttributionPolicyChange()", "(uint32,bytes32,uint48)");

  private final ChainAddress store;
  private final GovernanceContracts contracts;

  StoreReader(GovernanceContracts contracts) {
    this.store = contracts.store();
    this.contracts = contracts;
  }

  /** The store as it is in the view's block. */
  StoreState now(ChainView view) {
    Duration cooldown = seconds(view, COOLDOWN);
    List<GovernedParameter> parameters = new ArrayList<>();
    for (Object key : (List<?>) view.ask(store, KEYS).get(0)) {
      parameters.add(parameter(view, (byte[]) key, cooldown));
    }
    List<Object> split = view.ask(store, LAST_SPLIT);
    List<Object> policy = view.ask(store, LAST_POLICY);
    return new StoreState(
        seconds(view, CHANGE_DELAY),
        cooldown,
        parameters,
        split(view.ask(store, SPLIT).get(0)),
        split(split.get(0)),
        ChainView.instant(split.get(1)),
        policy(view.ask(store, POLICY)),
        policy(policy),
        ChainView.instant(policy.get(2)),
        DistributorState.read(view, contracts));
  }

  /**
   * The values that held at a former time: what a proposal of then would have changed. Bounds,
   * delays and last changes are the present ones.
   *
   * @return empty if the store was not there then
   */
  Optional<StoreState> at(ChainView view, StoreState now, Instant time) {
    BigInteger then = BigInteger.valueOf(time.getEpochSecond());
    List<GovernedParameter> parameters = new ArrayList<>();
    for (GovernedParameter p : now.parameters()) {
      // one that was added later is left out
      existed(() -> view.number(store, VALUE_AT, Words.keyBytes(p.key()), then))
          .ifPresent(
              value ->
                  parameters.add(
                      new GovernedParameter(
                          p.key(),
                          value,
                          p.minimum(),
                          p.maximum(),
                          Optional.empty(),
                          p.nextChange())));
    }
    return existed(
        () -> {
          FeeSplit split = split(view.ask(store, SPLIT_AT, then).get(0));
          PolicyVersion policy = policy(view.ask(store, POLICY_AT, then));
          return new StoreState(
              now.changeDelay(),
              now.cooldown(),
              parameters,
              split,
              split,
              now.splitFrom(),
              policy,
              policy,
              now.policyFrom(),
              now.distributor().map(DistributorState::before));
        });
  }

  /** An answer about a time, unless the contract says that there was nothing yet. */
  private static <T> Optional<T> existed(Supplier<T> question) {
    try {
      return Optional.of(question.get());
    } catch (OpenLedgerException e) {
      if (e.code() == ErrorCode.CHAIN_REFUSED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private GovernedParameter parameter(ChainView view, byte[] key, Duration cooldown) {
    List<Object> bounds = view.ask(store, BOUNDS, (Object) key);
    List<Object> last = view.ask(store, LAST, (Object) key);
    Instant from = ChainView.instant(last.get(1));
    return new GovernedParameter(
        Words.key(key),
        view.number(store, VALUE, (Object) key),
        (BigInteger) bounds.get(0),
        (BigInteger) bounds.get(1),
        from.isAfter(view.now())
            ? Optional.of(new GovernedParameter.Pending((BigInteger) last.get(0), from))
            : Optional.empty(),
        from.plus(cooldown));
  }

  private Duration seconds(ChainView view, Question question) {
    return Duration.ofSeconds(view.number(store, question).longValueExact());
  }

  private static PolicyVersion policy(List<Object> values) {
    return new PolicyVersion(
        ((BigInteger) values.get(0)).longValueExact(), Hash256.of((byte[]) values.get(1)));
  }

  /** Basis points in the order of {@link FeeRole}, which is the contract's. */
  static FeeSplit split(Object parts) {
    List<?> values = (List<?>) parts;
    Map<FeeRole, Integer> points = new EnumMap<>(FeeRole.class);
    for (FeeRole role : FeeRole.values()) {
      points.put(role, ((BigInteger) values.get(role.ordinal())).intValueExact());
    }
    return new FeeSplit(points);
  }

  static List<BigInteger> parts(FeeSplit split) {
    List<BigInteger> parts = new ArrayList<>();
    for (FeeRole role : FeeRole.values()) {
      parts.add(BigInteger.valueOf(split.of(role)));
    }
    return parts;
  }
}
