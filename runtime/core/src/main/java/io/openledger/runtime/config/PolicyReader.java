package io.openledger.runtime.config;

import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.Wei;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Reads the default policy and the named ones, which take the default's values for unset keys. */
final class PolicyReader {

  private static final Map<FeeRole, ConfigKey> PARTS =
      new EnumMap<>(
          Map.of(
              FeeRole.CONTRIBUTORS, ConfigKey.POLICY_SPLIT_CONTRIBUTORS,
              FeeRole.ADAPTER_BUILDER, ConfigKey.POLICY_SPLIT_ADAPTER_BUILDER,
              FeeRole.BASE_MODEL_PUBLISHER, ConfigKey.POLICY_SPLIT_BASE_MODEL_PUBLISHER,
              FeeRole.NODE_OPERATOR, ConfigKey.POLICY_SPLIT_NODE_OPERATOR,
              FeeRole.TREASURY, ConfigKey.POLICY_SPLIT_TREASURY,
              FeeRole.STAKERS, ConfigKey.POLICY_SPLIT_STAKERS));

  private final ConfigReader read;
  private final UnaryOperator<String> spelling;
  private final String prefix;

  private PolicyReader(ConfigReader read, String name) {
    this.read = read;
    boolean byDefault = name.equals(OpenLedgerConfig.DEFAULT_POLICY);
    this.prefix = byDefault ? "openledger.policy" : "openledger.policies." + name;
    this.spelling = key -> prefix + key.substring("openledger.policy".length());
  }

  static Map<String, Policy> policies(ConfigReader read) {
    Policy fallback =
        new Policy(
            OpenLedgerConfig.DEFAULT_POLICY,
            1,
            Wei.parse(ConfigKey.POLICY_FEE_PER_ANSWER.defaultValue()),
            Wei.parse(ConfigKey.POLICY_FEE_PER_TOKEN.defaultValue()),
            FeeSplit.standard(),
            SpanThresholds.standard(),
            Integer.parseInt(ConfigKey.POLICY_NEAR_DUPLICATE.defaultValue()));
    Policy byDefault =
        new PolicyReader(read, OpenLedgerConfig.DEFAULT_POLICY)
            .policy(OpenLedgerConfig.DEFAULT_POLICY, fallback);
    Map<String, Policy> all = new LinkedHashMap<>();
    all.put(byDefault.name(), byDefault);
    for (String name : read.names(ConfigKey.POLICIES)) {
      all.put(name, new PolicyReader(read, name).policy(name, byDefault));
    }
    return all;
  }

  private Policy policy(String name, Policy base) {
    return new Policy(
        name,
        1,
        wei(ConfigKey.POLICY_FEE_PER_ANSWER, base.feePerAnswer()),
        wei(ConfigKey.POLICY_FEE_PER_TOKEN, base.feePerToken()),
        split(base.feeSplit()),
        new SpanThresholds(
            (int) integer(ConfigKey.POLICY_SPAN_MINIMUM_TOKENS, base.thresholds().minimumTokens()),
            integer(ConfigKey.POLICY_SPAN_MINIMUM_MILLIBITS, base.thresholds().minimumMillibits()),
            (int) integer(ConfigKey.POLICY_SPAN_LISTED, base.thresholds().listedContributions()),
            flag(ConfigKey.POLICY_SPAN_WHOLE_WORDS, base.thresholds().wholeWords()),
            (int)
                integer(ConfigKey.POLICY_SPAN_LISTED_SPANS, base.thresholds().listedBasisPoints())),
        (int) integer(ConfigKey.POLICY_NEAR_DUPLICATE, base.nearDuplicateBasisPoints()));
  }

  private FeeSplit split(FeeSplit base) {
    Map<FeeRole, Integer> parts = new EnumMap<>(FeeRole.class);
    PARTS.forEach((role, key) -> parts.put(role, (int) integer(key, base.of(role))));
    int sum = parts.values().stream().mapToInt(Integer::intValue).sum();
    if (sum != 10_000) {
      throw ConfigReader.invalid(
          prefix + ".split.*", "together " + sum, "together exactly 10000 basis points");
    }
    return new FeeSplit(parts);
  }

  private Wei wei(ConfigKey key, Wei orElse) {
    return read.wei(key, spelling.apply(key.key()), orElse);
  }

  private boolean flag(ConfigKey key, boolean orElse) {
    return read.flag(key, spelling.apply(key.key()), orElse);
  }

  private long integer(ConfigKey key, long orElse) {
    return read.integer(key, spelling.apply(key.key()), orElse);
  }
}
