package io.openledger.api.governance;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Policy;
import java.math.BigInteger;
import java.time.Duration;

/** One change of what governance decides. Whether it is allowed now, the chain alone knows. */
public sealed interface PolicyChange {

  /** The key of an epoch's length, in seconds. */
  String EPOCH_LENGTH = "epochLength";

  /** The key of the time from the posting of a root to when claims can be made, in seconds. */
  String ACTIVATION_DELAY = "activationDelay";

  /** What is changed, by the name that no other change of the same proposal may have. */
  String subject();

  /** The parts in which a fee is split. */
  static PolicyChange feeSplit(FeeSplit split) {
    return new Split(split);
  }

  /** The rules of attribution become those of a policy, which must have the next free version. */
  static PolicyChange attributionPolicy(Policy policy) {
    return new AttributionPolicy(policy.version(), policy.hash());
  }

  /** How long an epoch is, in whole seconds. */
  static PolicyChange epochLength(Duration length) {
    return new Parameter(EPOCH_LENGTH, seconds("epoch length", length));
  }

  /** How long a posted root can be challenged before claims are made, in whole seconds. */
  static PolicyChange activationDelay(Duration delay) {
    return new Parameter(ACTIVATION_DELAY, seconds("activation delay", delay));
  }

  private static BigInteger seconds(String what, Duration time) {
    if (time.isNegative() || time.getNano() != 0) {
      throw OpenLedgerException.invalid(what, time, "whole seconds, 0 or more");
    }
    return BigInteger.valueOf(time.toSeconds());
  }

  /**
   * The fee split.
   *
   * @param split adds up to 10 000
   */
  record Split(FeeSplit split) implements PolicyChange {
    @Override
    public String subject() {
      return "feeSplit";
    }
  }

  /**
   * The attribution policy.
   *
   * @param version above the one that holds, 1 to 2³² − 1
   * @param hash SHA-256 of the policy's canonical text ({@link Policy#hash}), not zero
   */
  record AttributionPolicy(long version, Hash256 hash) implements PolicyChange {
    public AttributionPolicy {
      if (version < 1 || version > 0xFFFF_FFFFL) {
        throw OpenLedgerException.invalid("version of a policy", version, "1 to 4294967295");
      }
      if (hash.equals(Hash256.ZERO)) {
        throw OpenLedgerException.invalid("hash of a policy", "zero", "SHA-256 of its text");
      }
    }

    @Override
    public String subject() {
      return "attributionPolicy";
    }
  }

  /**
   * A number of the parameter store.
   *
   * @param key 1 to 32 printable ASCII characters; or {@code 0x} and 64 lower-case hexadecimal
   *     digits for a key that is no text
   * @param value 0 to 2²⁰⁸ − 1; seconds where it is a time
   */
  record Parameter(String key, BigInteger value) implements PolicyChange {
    public Parameter {
      if (!key.matches("[!-~]{1,32}|0x[0-9a-f]{64}")) {
        throw OpenLedgerException.invalidText(
            "key of a parameter", key, "1 to 32 printable ASCII characters without spaces");
      }
      if (value.signum() < 0 || value.bitLength() > 208) {
        throw OpenLedgerException.invalid(
            "value of " + key,
            value.signum() < 0 ? "negative" : value.bitLength() + " bits long",
            "0 to 2^208 - 1");
      }
    }

    @Override
    public String subject() {
      return key;
    }
  }
}
