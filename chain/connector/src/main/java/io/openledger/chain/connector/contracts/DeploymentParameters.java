package io.openledger.chain.connector.contracts;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a set of contracts is deployed with: a file of properties, in which a name that is not known
 * and one that stands twice are refused. What a file leaves out has its default; {@link #describe}
 * prints all names, defaults and ranges. Immutable.
 */
public final class DeploymentParameters {

  /** Bytes of a file: real ones have about 3000. */
  public static final int MAX_BYTES = 64 * 1024;

  /**
   * The files that come along: the two published settings of the governor, and a short-lived one.
   */
  public static final List<String> READY =
      List.of("published-10000", "published-100", "development");

  private final Map<Parameter, String> values;

  private DeploymentParameters(Map<Parameter, String> values) {
    this.values = new EnumMap<>(values);
    this.values.forEach(Parameter::check);
    if (seconds(Parameter.LATE_QUORUM_EXTENSION).compareTo(seconds(Parameter.VOTING_PERIOD)) > 0) {
      throw OpenLedgerException.invalidText(
          Parameter.LATE_QUORUM_EXTENSION.key(),
          get(Parameter.LATE_QUORUM_EXTENSION),
          "at most the voting period, " + get(Parameter.VOTING_PERIOD));
    }
    requireWithin(
        Parameter.EPOCH_LENGTH, Parameter.EPOCH_LENGTH_LEAST, Parameter.EPOCH_LENGTH_MOST);
    requireWithin(
        Parameter.ACTIVATION_DELAY,
        Parameter.ACTIVATION_DELAY_LEAST,
        Parameter.ACTIVATION_DELAY_MOST);
    if (!get(Parameter.UPDATER).isEmpty()
        && get(Parameter.UPDATER).equalsIgnoreCase(get(Parameter.GUARDIAN))) {
      throw OpenLedgerException.invalidText(
          Parameter.GUARDIAN.key(),
          get(Parameter.GUARDIAN),
          "another address than the updater's, whom the guardian watches");
    }
  }

  private void requireWithin(Parameter value, Parameter least, Parameter most) {
    if (seconds(value).compareTo(seconds(least)) < 0
        || seconds(value).compareTo(seconds(most)) > 0) {
      throw OpenLedgerException.invalidText(
          value.key(), get(value), get(least) + " to " + get(most) + ", as the file says");
    }
  }

  /**
   * The defaults and what is given.
   *
   * @param given by name
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} for a name that is not known or a value
   *     out of its range
   */
  public static DeploymentParameters of(Map<String, String> given) {
    Map<Parameter, String> values = new EnumMap<>(Parameter.class);
    for (Parameter parameter : Parameter.values()) {
      values.put(parameter, parameter.usual());
    }
    given.forEach((key, value) -> values.put(known(key), value.trim()));
    return new DeploymentParameters(values);
  }

  /**
   * Reads a file.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} as {@link #of}, for a name that stands
   *     twice, for a file that is longer than {@link #MAX_BYTES} or cannot be read
   */
  public static DeploymentParameters read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in);
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
  }

  /**
   * One of the files that come along.
   *
   * @param name one of {@link #READY}
   */
  public static DeploymentParameters ready(String name) {
    if (!READY.contains(name)) {
      throw OpenLedgerException.invalidText("ready parameters", name, String.join(", ", READY));
    }
    try (InputStream in = DeploymentParameters.class.getResourceAsStream(name + ".properties")) {
      if (in == null) {
        throw new IllegalStateException(name + ".properties is not in the jar");
      }
      return read(name, in);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static DeploymentParameters read(String name, InputStream in) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw OpenLedgerException.invalidText(
          "parameters", name, "a file of at most " + MAX_BYTES + " bytes");
    }
    Map<String, String> given = new LinkedHashMap<>();
    Properties once =
        new Properties() {
          private static final long serialVersionUID = 1L;

          @Override
          public synchronized Object put(Object key, Object value) {
            if (given.put(key.toString(), value.toString()) != null) {
              throw OpenLedgerException.invalidText(
                  "parameters", key.toString(), "each name once in " + name);
            }
            return super.put(key, value);
          }
        };
    try (Reader reader =
        new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8)) {
      once.load(reader);
    } catch (IllegalArgumentException e) {
      throw unreadable(name, e); // a broken escape
    }
    return of(given);
  }

  private static OpenLedgerException unreadable(String name, Exception cause) {
    return new OpenLedgerException(
        ErrorCode.INVALID_ARGUMENT,
        "parameters " + name + " cannot be read: " + cause.getClass().getSimpleName(),
        "a file of properties",
        "check that it exists and may be read",
        cause);
  }

  private static Parameter known(String key) {
    return Parameter.of(key)
        .orElseThrow(
            () ->
                OpenLedgerException.invalidText(
                    "name of a parameter",
                    key,
                    Arrays.stream(Parameter.values())
                        .map(Parameter::key)
                        .collect(Collectors.joining(", "))));
  }

  /** The same with another value of one parameter. */
  public DeploymentParameters with(String key, String value) {
    Map<Parameter, String> changed = new EnumMap<>(values);
    changed.put(known(key), value.trim());
    return new DeploymentParameters(changed);
  }

  /** The same with other values, by name. */
  public DeploymentParameters with(Map<String, String> given) {
    Map<Parameter, String> changed = new EnumMap<>(values);
    given.forEach((key, value) -> changed.put(known(key), value.trim()));
    return new DeploymentParameters(changed);
  }

  /** All that are not empty, by name. */
  public Map<String, String> values() {
    Map<String, String> named = new TreeMap<>();
    values.forEach(
        (parameter, value) -> {
          if (!value.isEmpty()) {
            named.put(parameter.key(), value);
          }
        });
    return java.util.Collections.unmodifiableMap(named);
  }

  /** Every name with its default, its range and what it means: a file to begin with. */
  public static String describe() {
    StringBuilder text = new StringBuilder();
    for (Parameter parameter : Parameter.values()) {
      text.append("# ").append(parameter.meaning()).append('\n');
      text.append(parameter.usual().isEmpty() ? "#" : "").append(parameter.key());
      text.append('=').append(parameter.usual()).append('\n');
    }
    return text.toString();
  }

  String get(Parameter parameter) {
    return values.getOrDefault(parameter, "");
  }

  private String require(Parameter parameter) {
    String value = get(parameter);
    if (value.isEmpty()) {
      throw OpenLedgerException.invalid(
          parameter.key(), "not given", "a value: " + parameter.meaning());
    }
    return value;
  }

  BigInteger seconds(Parameter parameter) {
    return parameter.seconds(require(parameter));
  }

  BigInteger amount(Parameter parameter) {
    return parameter.amount(require(parameter));
  }

  BigInteger number(Parameter parameter) {
    return parameter.number(require(parameter));
  }

  ChainAddress address(Parameter parameter) {
    return parameter.address(require(parameter));
  }

  ChainAddress asset() {
    return Parameter.ASSET.asset(require(Parameter.ASSET));
  }

  Hash256 hash(Parameter parameter) {
    return parameter.hash(require(parameter));
  }

  BigInteger instant(Parameter parameter) {
    return BigInteger.valueOf(parameter.instant(require(parameter)).getEpochSecond());
  }

  List<Object> split() {
    return Parameter.FEE_SPLIT.split(require(Parameter.FEE_SPLIT));
  }

  /** Whether there is an airdrop; refuses half of one. */
  boolean hasAirdrop() {
    boolean has = !get(Parameter.AIRDROP_ROOT).isEmpty();
    boolean stakes = number(Parameter.AIRDROP_CONFIGURATION).signum() > 0;
    boolean boosts = number(Parameter.AIRDROP_BOOST).signum() > 0;
    boolean given =
        stakes
            || boosts
            || !get(Parameter.AIRDROP_TOTAL).isEmpty()
            || !get(Parameter.AIRDROP_DEADLINE).isEmpty();
    if (has ? boosts && !stakes : given) {
      throw OpenLedgerException.invalid(
          has ? Parameter.AIRDROP_CONFIGURATION.key() : Parameter.AIRDROP_ROOT.key(),
          has ? "0" : "not given",
          has ? "a configuration where there is a boost" : "a root where there is an airdrop");
    }
    return has;
  }

  Optional<ChainAddress> role(Parameter parameter) {
    return Optional.of(get(parameter)).filter(v -> !v.isEmpty()).map(parameter::address);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof DeploymentParameters other && values.equals(other.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values().toString();
  }
}
