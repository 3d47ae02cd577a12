package io.openledger.api.reward;

import io.openledger.api.OpenLedgerException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An account on the rollup: 20 bytes, kept as {@code 0x} and 40 lower-case hexadecimal digits.
 *
 * <p>Whether a mixed-case spelling carries a right EIP-55 checksum is verified where addresses
 * enter the system; once here, the spelling is gone.
 *
 * @param value the digits; upper case is folded
 */
public record ChainAddress(String value) implements Comparable<ChainAddress> {

  private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]{40}");

  /** The address that no key gives; contracts use it for nobody. */
  public static final ChainAddress ZERO = new ChainAddress("0x" + "0".repeat(40));

  public ChainAddress {
    if (!HEX.matcher(value).matches()) {
      throw OpenLedgerException.invalidText("address", value, "0x and 40 hexadecimal digits");
    }
    value = value.toLowerCase(Locale.ROOT);
  }

  @Override
  public int compareTo(ChainAddress other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
