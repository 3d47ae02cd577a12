package io.openledger.wildfly;

import io.openledger.runtime.config.ConfigKey;
import io.openledger.runtime.config.OpenLedgerConfig;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a key's value comes from: the management model first, then MicroProfile Config (which knows
 * system properties, the environment and the sources of its subsystem).
 *
 * @param model what the administrator wrote in the management model
 * @param defaultDataDirectory when neither source names one
 */
record ModelSource(Map<ConfigAttribute, String> model, String defaultDataDirectory) {

  ModelSource {
    model = Map.copyOf(model);
  }

  /**
   * The configuration, validated.
   *
   * @param others the value of a key outside the management model
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#CONFIGURATION_INVALID}
   */
  OpenLedgerConfig read(Function<String, Optional<String>> others) {
    Map<ConfigKey, String> explicit = new EnumMap<>(ConfigKey.class);
    model.forEach((attribute, value) -> explicit.put(attribute.key(), value));
    return OpenLedgerConfig.from(key -> value(key, explicit, others));
  }

  private Optional<String> value(
      String key, Map<ConfigKey, String> explicit, Function<String, Optional<String>> others) {
    for (Map.Entry<ConfigKey, String> entry : explicit.entrySet()) {
      if (entry.getKey().key().equals(key)) {
        return Optional.of(entry.getValue());
      }
    }
    Optional<String> other = others.apply(key);
    return other.isEmpty() && key.equals(ConfigKey.DATA_DIRECTORY.key())
        ? Optional.of(defaultDataDirectory)
        : other;
  }
}
