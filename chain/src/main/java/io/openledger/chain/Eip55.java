package io.openledger.chain;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.merkle.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The checksum that the letters' case of an address carries.
 *
 * @see <a href="https://eips.ethereum.org/EIPS/eip-55">EIP-55</a>
 */
final class Eip55 {

  private Eip55() {}

  /**
   * Reads an address as it was typed. One case throughout says that there is no checksum; mixed
   * case must be the right one, which a mistyped address passes once in about 4000 times.
   */
  static ChainAddress parse(String typed) {
    ChainAddress address = new ChainAddress(typed);
    String digits = typed.substring(2);
    boolean oneCase =
        digits.equals(digits.toLowerCase(Locale.ROOT))
            || digits.equals(digits.toUpperCase(Locale.ROOT));
    if (!oneCase && !typed.equals(spell(address))) {
      // the right spelling is not told: it would make a valid address of a mistyped one
      throw new OpenLedgerException(
          ErrorCode.INVALID_ARGUMENT,
          "address '" + typed + "' has a wrong EIP-55 checksum",
          "the spelling that the wallet shows, or one case throughout",
          "copy the address from the wallet again");
    }
    return address;
  }

  /** The spelling with the checksum: a letter is upper case where the hash's digit is 8 or more. */
  static String spell(ChainAddress address) {
    String digits = address.value().substring(2);
    byte[] hash = Keccak256.hash(digits.getBytes(StandardCharsets.US_ASCII));
    StringBuilder spelled = new StringBuilder("0x");
    for (int i = 0; i < digits.length(); i++) {
      int nibble = (hash[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xF;
      spelled.append(nibble >= 8 ? Character.toUpperCase(digits.charAt(i)) : digits.charAt(i));
    }
    return spelled.toString();
  }
}
