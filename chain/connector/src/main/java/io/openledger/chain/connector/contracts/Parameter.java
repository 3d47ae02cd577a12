package io.openledger.chain.connector.contracts;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a deployment is told. The bounds are those of the contracts, checked here because a
 * constructor that refuses says so only when the deployment is half done. Long because the table
 * is.
 */
enum Parameter {
  OPEN_RECIPIENT(
      "open.recipient", Kind.ADDRESS, "", "", "", "L1: who gets the billion OPEN that is minted"),
  VOTING_DELAY(
      "governor.voting-delay", Kind.TIME, "P1D", "PT0S", "P30D", "from a proposal to its vote"),
  VOTING_PERIOD("governor.voting-period", Kind.TIME, "P7D", "PT1H", "P30D", "how long is voted"),
  PROPOSAL_THRESHOLD(
      "governor.proposal-threshold",
      Kind.AMOUNT,
      "10000",
      "0",
      "1000000",
      "votes that a proposer needs, in GOPEN"),
  QUORUM_PERCENT("governor.quorum-percent", Kind.NUMBER, "5", "1", "50", "of the supply of GOPEN"),
  QUORUM_FLOOR(
      "governor.quorum-floor",
      Kind.AMOUNT,
      "1000",
      "0.000000000000000001",
      "10000000",
      "votes that a quorum needs however little is wrapped, in GOPEN"),
  LATE_QUORUM_EXTENSION(
      "governor.late-quorum-extension",
      Kind.TIME,
      "P2D",
      "PT0S",
      "P30D",
      "voted at least so long after a quorum is reached; at most the voting period"),
  TIMELOCK_DELAY(
      "timelock.delay", Kind.TIME, "P7D", "PT0S", "P30D", "from a decision to its execution"),
  CHANGE_DELAY(
      "parameters.change-delay",
      Kind.TIME,
      "P1D",
      "PT1S",
      "P30D",
      "from a change of a parameter to its effect"),
  COOLDOWN(
      "parameters.cooldown",
      Kind.TIME,
      "P7D",
      "PT0S",
      "P90D",
      "from a change's effect to when the next one can be made"),
  EPOCH_LENGTH(
      "parameters.epoch-length", Kind.TIME, "PT1H", "PT1S", "P365D", "how long an epoch is"),
  EPOCH_LENGTH_LEAST(
      "parameters.epoch-length.minimum", Kind.TIME, "PT1M", "PT1S", "P365D", "for ever"),
  EPOCH_LENGTH_MOST(
      "parameters.epoch-length.maximum", Kind.TIME, "P30D", "PT1S", "P365D", "for ever"),
  ACTIVATION_DELAY(
      "parameters.activation-delay",
      Kind.TIME,
      "P1D",
      "PT1H",
      "P30D",
      "from the posting of a root to when claims can be made against it"),
  ACTIVATION_DELAY_LEAST(
      "parameters.activation-delay.minimum", Kind.TIME, "PT1H", "PT1H", "P30D", "for ever"),
  ACTIVATION_DELAY_MOST(
      "parameters.activation-delay.maximum", Kind.TIME, "P30D", "PT1H", "P30D", "for ever"),
  FEE_SPLIT(
      "parameters.fee-split",
      Kind.SPLIT,
      "7000 1000 500 1000 500 0",
      "",
      "",
      "basis points that add up to 10000: contributors, adapter builder, base model publisher,"
          + " node operator, treasury, stakers"),
  POLICY_VERSION(
      "parameters.policy-version",
      Kind.NUMBER,
      "1",
      "1",
      "4294967295",
      "of the attribution policy that the server has"),
  POLICY_HASH(
      "parameters.policy-hash", Kind.HASH, "", "", "", "its SHA-256, which the server states"),
  UPDATER("rewards.updater", Kind.ADDRESS, "", "", "", "posts roots: the server's address"),
  GUARDIAN(
      "rewards.guardian", Kind.ADDRESS, "", "", "", "challenges roots; somebody else's address"),
  MINIMUM_CLAIM(
      "rewards.minimum-claim",
      Kind.AMOUNT,
      "0.001",
      "0.000000000000000001",
      "1",
      "the least that a claim pays, in OPEN; for ever"),
  DISPUTE_WINDOW(
      "channel.dispute-window",
      Kind.TIME,
      "P1D",
      "PT1H",
      "P30D",
      "how long a payee can settle after a payer closed"),
  ASSET(
      "asset",
      Kind.ASSET,
      "native",
      "",
      "",
      "what is paid and staked: native, or the address of a token that moves exactly what it is"
          + " asked to move"),
  AIRDROP_ROOT("airdrop.root", Kind.OPTIONAL_HASH, "", "", "", "empty: no airdrop is deployed"),
  AIRDROP_TOTAL(
      "airdrop.total",
      Kind.OPTIONAL_AMOUNT,
      "",
      "0.000000000000000001",
      "1000000000",
      "the sum of its amounts, in OPEN"),
  AIRDROP_DEADLINE(
      "airdrop.deadline",
      Kind.OPTIONAL_INSTANT,
      "",
      "",
      "",
      "such as 2027-06-30T00:00:00Z; 1 day to 4 years from the deployment"),
  AIRDROP_CONFIGURATION(
      "airdrop.configuration",
      Kind.NUMBER,
      "0",
      "0",
      "1000",
      "of the staking where it can be staked for a boost; 0: it cannot"),
  AIRDROP_BOOST("airdrop.boost", Kind.NUMBER, "0", "0", "50000", "basis points");

  private static final int LONGEST = 200;
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,30}(\\.[0-9]{1,18})?");

  /** How a value is written. */
  enum Kind {
    /** ISO 8601, whole seconds. */
    TIME,
    /** OPEN, with at most 18 decimals. */
    AMOUNT,
    OPTIONAL_AMOUNT,
    /** Decimal digits. */
    NUMBER,
    ADDRESS,
    /** {@code native} or an address. */
    ASSET,
    /** 64 hexadecimal digits, not all zero. */
    HASH,
    OPTIONAL_HASH,
    OPTIONAL_INSTANT,
    /** Six numbers. */
    SPLIT
  }

  private final String key;
  private final Kind kind;
  private final String usual;
  private final String least;
  private final String most;
  private final String meaning;

  Parameter(String key, Kind kind, String usual, String least, String most, String meaning) {
    this.key = key;
    this.kind = kind;
    this.usual = usual;
    this.least = least;
    this.most = most;
    this.meaning = meaning;
  }

  /** The name in files. */
  String key() {
    return key;
  }

  /** The default; empty where there is none. */
  String usual() {
    return usual;
  }

  static Optional<Parameter> of(String key) {
    for (Parameter parameter : values()) {
      if (parameter.key.equals(key)) {
        return Optional.of(parameter);
      }
    }
    return Optional.empty();
  }

  /** What it is and where it lies, in a line. */
  String meaning() {
    return least.isEmpty() ? meaning : meaning + "; " + least + " to " + most;
  }

  /** Refuses a value that is none; empty ones are looked at when they are needed. */
  void check(String value) {
    if (value.isEmpty()) {
      return;
    }
    if (value.length() > LONGEST) {
      throw OpenLedgerException.invalid(key, value.length() + " characters", "at most " + LONGEST);
    }
    switch (kind) {
      case TIME -> seconds(value);
      case AMOUNT, OPTIONAL_AMOUNT -> amount(value);
      case NUMBER -> number(value);
      case ADDRESS -> address(value);
      case ASSET -> asset(value);
      case HASH, OPTIONAL_HASH -> hash(value);
      case OPTIONAL_INSTANT -> instant(value);
      case SPLIT -> split(value);
    }
  }

  BigInteger seconds(String value) {
    Duration time = duration(value);
    if (time.getNano() != 0
        || time.compareTo(duration(least)) < 0
        || time.compareTo(duration(most)) > 0) {
      throw refused(value);
    }
    return BigInteger.valueOf(time.toSeconds());
  }

  private Duration duration(String value) {
    try {
      return Duration.parse(value);
    } catch (DateTimeException e) {
      throw refused(value);
    }
  }

  /** In wei. */
  BigInteger amount(String value) {
    if (!AMOUNT.matcher(value).matches()) {
      throw refused(value);
    }
    BigDecimal open = new BigDecimal(value);
    if (open.compareTo(new BigDecimal(least)) < 0 || open.compareTo(new BigDecimal(most)) > 0) {
      throw refused(value);
    }
    return open.movePointRight(18).toBigIntegerExact();
  }

  BigInteger number(String value) {
    if (!value.matches("[0-9]{1,10}")) {
      throw refused(value);
    }
    BigInteger number = new BigInteger(value);
    if (number.compareTo(new BigInteger(least)) < 0 || number.compareTo(new BigInteger(most)) > 0) {
      throw refused(value);
    }
    return number;
  }

  ChainAddress address(String value) {
    try {
      ChainAddress address = new ChainAddress(value);
      if (!address.equals(Plan.NOBODY)) {
        return address;
      }
    } catch (OpenLedgerException e) {
      // said below, with the key
    }
    throw refused(value);
  }

  /** The zero address stands for the native coin. */
  ChainAddress asset(String value) {
    return value.equals("native") ? Plan.NOBODY : address(value);
  }

  Hash256 hash(String value) {
    try {
      Hash256 hash = Hash256.parse(value);
      if (!hash.equals(Hash256.ZERO)) {
        return hash;
      }
    } catch (OpenLedgerException e) {
      // said below, with the key
    }
    throw refused(value);
  }

  Instant instant(String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeException e) {
      throw refused(value);
    }
  }

  java.util.List<Object> split(String value) {
    String[] parts = value.trim().split(" +");
    java.util.List<Object> split = new java.util.ArrayList<>();
    int sum = 0;
    for (String part : parts) {
      if (!part.matches("[0-9]{1,5}")) {
        throw refused(value);
      }
      int number = Integer.parseInt(part);
      sum += number;
      split.add(BigInteger.valueOf(number));
    }
    if (parts.length != 6 || sum != 10_000) {
      throw refused(value);
    }
    return java.util.List.copyOf(split);
  }

  /** A number, time, amount or hash as a contract keeps it. */
  Hash256 word(String value) {
    BigInteger number =
        switch (kind) {
          case TIME -> seconds(value);
          case AMOUNT, OPTIONAL_AMOUNT -> amount(value);
          case NUMBER -> number(value);
          case OPTIONAL_INSTANT -> BigInteger.valueOf(instant(value).getEpochSecond());
          case HASH, OPTIONAL_HASH -> new BigInteger(1, hash(value).toBytes());
          case ADDRESS, ASSET, SPLIT -> throw new IllegalStateException(key + " is no number");
        };
    return Hash256.of(AbiSignature.parse("word(uint256)").encodeArguments(number));
  }

  private OpenLedgerException refused(String value) {
    String form =
        switch (kind) {
          case TIME -> "whole seconds as ISO 8601 writes them, such as P7D or PT1H: ";
          case AMOUNT, OPTIONAL_AMOUNT -> "an amount with at most 18 decimals: ";
          case NUMBER -> "a whole number: ";
          case ADDRESS -> "an address that is not zero: ";
          case ASSET -> "native or an address: ";
          case HASH, OPTIONAL_HASH -> "64 hexadecimal digits that are not zero: ";
          case OPTIONAL_INSTANT -> "a time in UTC: ";
          case SPLIT -> "six numbers: ";
        };
    return OpenLedgerException.invalidText(key, value, form + meaning());
  }
}
