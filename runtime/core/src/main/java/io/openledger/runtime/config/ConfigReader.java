package io.openledger.runtime.config;

import io.openledger.api.ErrorCode;
import io.openledger.api.Names;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.IndexForm;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads and validates single values. A value of blanks counts as not set. */
final class ConfigReader {

  private static final Duration LONGEST = Duration.ofDays(366);

  /** Digits alone are an amount. */
  private static final Pattern SECRET =
      Pattern.compile("://|(?=[0-9]{0,59}[a-fA-F])[0-9a-fA-F]{60}");

  private final Function<String, Optional<String>> keys;

  ConfigReader(Function<String, Optional<String>> keys) {
    this.keys = keys;
  }

  private Optional<String> raw(String key) {
    return keys.apply(key).map(String::strip).filter(v -> !v.isEmpty());
  }

  Optional<String> text(ConfigKey key, String spelled) {
    return raw(spelled)
        .map(
            v ->
                v.length() <= 200 || key.type() == ConfigKey.Type.LIST
                    ? v
                    : refuse(key, spelled, v));
  }

  Optional<Path> path(ConfigKey key) {
    return raw(key.key())
        .map(
            v -> {
              try {
                return Path.of(v).toAbsolutePath().normalize();
              } catch (InvalidPathException e) {
                return refuse(key, key.key(), v);
              }
            });
  }

  Optional<String> name(ConfigKey key) {
    return raw(key.key()).map(v -> isName(v) ? v : refuse(key, key.key(), v));
  }

  private static boolean isName(String v) {
    try {
      return Names.require("name", v).equals(v);
    } catch (OpenLedgerException e) {
      return false;
    }
  }

  AccountId party(ConfigKey key, String spelled) {
    String v = raw(spelled).orElse(key.defaultValue());
    try {
      return new AccountId(AccountId.Kind.PARTY, v);
    } catch (OpenLedgerException e) {
      return refuse(key, spelled, v);
    }
  }

  /** As typed, so that its checksum can still be verified. */
  Optional<String> address(ConfigKey key, String spelled) {
    Optional<String> typed = raw(spelled);
    typed.ifPresent(
        v -> {
          try {
            new ChainAddress(v);
          } catch (OpenLedgerException e) {
            refuse(key, spelled, v);
          }
        });
    return typed;
  }

  /** Whatever is wrong with it, it is not shown. */
  Optional<URI> url(ConfigKey key, String spelled) {
    return raw(spelled)
        .map(
            v -> {
              try {
                URI url = new URI(v);
                boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
                if (web && url.getHost() != null && v.length() <= 2000) {
                  return url;
                }
              } catch (URISyntaxException e) {
                // its message quotes the address
              }
              throw invalid(spelled, "not shown", key.allowed());
            });
  }

  long integer(ConfigKey key) {
    return integer(key, key.key(), Long.parseLong(key.defaultValue()));
  }

  int small(ConfigKey key) {
    return Math.toIntExact(integer(key));
  }

  long integer(ConfigKey key, String spelled, long orElse) {
    Optional<String> v = raw(spelled);
    if (v.isEmpty()) {
      return orElse;
    }
    try {
      long parsed = Long.parseLong(v.get());
      return parsed >= key.least() && parsed <= key.most() ? parsed : refuse(key, spelled, v.get());
    } catch (NumberFormatException e) {
      return refuse(key, spelled, v.get());
    }
  }

  Wei wei(ConfigKey key, String spelled, Wei orElse) {
    return raw(spelled)
        .map(
            v -> {
              boolean digits = v.length() <= 78 && v.chars().allMatch(c -> c >= '0' && c <= '9');
              return digits && new BigInteger(v).compareTo(ConfigKey.MOST_WEI) <= 0
                  ? Wei.parse(v)
                  : ConfigReader.<Wei>refuse(key, spelled, v);
            })
        .orElse(orElse);
  }

  boolean flag(ConfigKey key) {
    return flag(key, key.key(), Boolean.parseBoolean(key.defaultValue()));
  }

  boolean flag(ConfigKey key, String spelled, boolean orElse) {
    Optional<String> v = raw(spelled);
    if (v.isEmpty()) {
      return orElse;
    }
    return switch (v.get()) {
      case "true" -> true;
      case "false" -> false;
      default -> refuse(key, spelled, v.get());
    };
  }

  IndexForm form(ConfigKey key, String spelled, IndexForm orElse) {
    Optional<String> v = raw(spelled);
    if (v.isEmpty()) {
      return orElse;
    }
    return switch (v.get()) {
      case "fast" -> IndexForm.FAST;
      case "compact" -> IndexForm.COMPACT;
      default -> refuse(key, spelled, v.get());
    };
  }

  /** A constant by its name in lower case. */
  <E extends Enum<E>> E constant(ConfigKey key, Class<E> type) {
    String v = raw(key.key()).orElse(key.defaultValue());
    for (E constant : type.getEnumConstants()) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(v)) {
        return constant;
      }
    }
    return refuse(key, key.key(), v);
  }

  /** Empty if it is not set: then another thing than a default decides. */
  Optional<Duration> durationIfSet(ConfigKey key) {
    return raw(key.key()).map(set -> duration(key));
  }

  Duration duration(ConfigKey key) {
    String v = raw(key.key()).orElse(key.defaultValue());
    try {
      Duration parsed = Duration.parse(v);
      boolean ok =
          parsed.isZero()
              || (parsed.compareTo(Duration.ofSeconds(1)) >= 0 && parsed.compareTo(LONGEST) <= 0);
      return ok ? parsed : refuse(key, key.key(), v);
    } catch (DateTimeParseException e) {
      return refuse(key, key.key(), v);
    }
  }

  List<String> names(ConfigKey key) {
    Optional<String> v = raw(key.key());
    if (v.isEmpty()) {
      return List.of();
    }
    List<String> names = Stream.of(v.get().split(",", -1)).map(String::strip).toList();
    boolean ok =
        names.size() <= 100
            && names.stream().distinct().count() == names.size()
            && names.stream().allMatch(ConfigReader::isName)
            && !names.contains("default");
    return ok ? names : refuse(key, key.key(), v.get());
  }

  static <T> T refuse(ConfigKey key, String spelled, String value) {
    throw invalid(spelled, value, key.allowed());
  }

  /** What another key makes necessary. */
  static OpenLedgerException missing(ConfigKey key, String spelled) {
    return invalid(spelled, "", key.allowed());
  }

  /**
   * Whether it has an address on the net or as many digits as a key, as it may where somebody wrote
   * one to another key by mistake. Messages end up in logs.
   */
  private static boolean mayBeSecret(String value) {
    return SECRET.matcher(value).find();
  }

  static OpenLedgerException invalid(String key, String value, String allowed) {
    String shown = value.length() > 80 ? value.substring(0, 80) + "…" : value;
    return new OpenLedgerException(
        ErrorCode.CONFIGURATION_INVALID,
        key + " is '" + (mayBeSecret(value) ? "not shown" : shown) + "'",
        allowed,
        "correct " + key + " and start again");
  }
}
