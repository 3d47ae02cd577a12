package io.openledger.rollup.governance;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.PolicyChange;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Wei;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Numbers, times and names as people read them. */
final class Words {

  private static final long[] UNITS = {86_400, 3_600, 60, 1};
  private static final String[] NAMES = {"day", "hour", "minute", "second"};

  /** What a change of an epoch's length does, of which no contract sees anything. */
  static final String EPOCHS =
      "Servers that follow this contract close an epoch when what was earned in it has waited that"
          + " long, for epochs that begin when it holds or later; sooner where their configuration"
          + " says a shorter openledger.epoch.interval, and only on request where it says PT0S.";

  private Words() {}

  /** Basis points as a percentage: {@code 55 %}, {@code 0.05 %}. */
  static String percent(int basisPoints) {
    return plain(BigDecimal.valueOf(basisPoints, 2)) + " %";
  }

  /** {@code 1.5 OPEN}, exactly. */
  static String open(Wei amount) {
    return plain(amount.toOpen()) + " OPEN";
  }

  /** {@code 1.5 votes}: a vote is a wrapped OPEN. */
  static String votes(Wei amount) {
    String text = plain(amount.toOpen());
    return text + (text.equals("1") ? " vote" : " votes");
  }

  /** {@code 1 vote is missing}, {@code 1.5 votes are missing}. */
  static String missing(Wei amount) {
    String text = votes(amount);
    return text + (text.equals("1 vote") ? " is" : " are") + " missing";
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  /** {@code 1 day 6 hours}; exact. */
  static String duration(BigInteger seconds) {
    if (seconds.bitLength() > 40) {
      return seconds + " seconds";
    }
    long left = seconds.longValueExact();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < UNITS.length; i++) {
      long count = left / UNITS[i];
      left %= UNITS[i];
      if (count > 0) {
        text.append(text.length() > 0 ? " " : "").append(count).append(' ').append(NAMES[i]);
        text.append(count == 1 ? "" : "s");
      }
    }
    return text.length() == 0 ? "0 seconds" : text.toString();
  }

  /** {@code 2026-11-26 10:00:00 UTC}. */
  static String time(Instant time) {
    return time.toString().replace('T', ' ').replace("Z", " UTC");
  }

  static String role(FeeRole role) {
    return switch (role) {
      case CONTRIBUTORS -> "contributors";
      case ADAPTER_BUILDER -> "adapter builder";
      case BASE_MODEL_PUBLISHER -> "base model publisher";
      case NODE_OPERATOR -> "node operator";
      case TREASURY -> "treasury";
      case STAKERS -> "stakers";
    };
  }

  /** {@code the contributors' part}. */
  static String partOf(FeeRole role) {
    String name = role(role);
    return "the " + name + (name.endsWith("s") ? "'" : "'s") + " part";
  }

  /** What a parameter is, for those that are known. */
  static String parameter(String key) {
    return switch (key) {
      case PolicyChange.EPOCH_LENGTH -> "the length of an epoch";
      case PolicyChange.ACTIVATION_DELAY ->
          "the time from the posting of a root to when claims can be made against it";
      default -> "the parameter '" + key + "'";
    };
  }

  /** The value of a parameter: a time for those that are known to be one. */
  static String value(String key, BigInteger value) {
    return key.equals(PolicyChange.EPOCH_LENGTH) || key.equals(PolicyChange.ACTIVATION_DELAY)
        ? duration(value)
        : value.toString();
  }

  /** A key of 32 bytes: its text, if that is what it is, else its digits. */
  static String key(byte[] key) {
    int end = key.length;
    while (end > 0 && key[end - 1] == 0) {
      end--;
    }
    String text = new String(key, 0, end, StandardCharsets.ISO_8859_1);
    return text.matches("[!-~]{1,32}") && !text.startsWith("0x")
        ? text
        : "0x" + HexFormat.of().formatHex(key);
  }

  /** What {@link #key} was made from. */
  static byte[] keyBytes(String key) {
    return key.startsWith("0x") && key.length() == 66
        ? HexFormat.of().parseHex(key.substring(2))
        : Arrays.copyOf(key.getBytes(StandardCharsets.ISO_8859_1), 32);
  }

  /** {@code a}, {@code a and b}, {@code a, b and c}. */
  static String list(List<String> items) {
    int last = items.size() - 1;
    return last < 1
        ? String.join("", items)
        : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
  }

  static String count(int count, String one, String many) {
    return count + " " + (count == 1 ? one : many);
  }

  static String sentence(String text) {
    return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /** A decoded argument, at most so many characters; texts as {@link HostileText} lets them. */
  static String argument(Object value, int longest) {
    String text;
    if (value instanceof byte[] bytes) {
      int shown = Math.min(32, bytes.length);
      text =
          "0x"
              + HexFormat.of().formatHex(bytes, 0, shown)
              + (shown < bytes.length ? "… (" + bytes.length + " bytes)" : "");
    } else if (value instanceof List<?> list) {
      StringBuilder all = new StringBuilder("[");
      for (Object each : list) {
        if (all.length() > longest) {
          break;
        }
        all.append(all.length() > 1 ? ", " : "").append(argument(each, longest));
      }
      text = all.append(']').toString();
    } else if (value instanceof String hostile) {
      text = "“" + HostileText.line(hostile, longest) + "”";
    } else {
      text = String.valueOf(value);
    }
    return text.length() > longest ? text.substring(0, longest) + "…" : text;
  }

  /** An amount, or the refusal that makes a call unreadable. */
  static Wei wei(Object value) {
    return value instanceof BigInteger number ? new Wei(number) : refuse(value);
  }

  private static Wei refuse(Object value) {
    throw OpenLedgerException.invalid("amount", value.getClass().getSimpleName(), "an integer");
  }
}
