package io.openledger.api.governance;

import io.openledger.api.OpenLedgerException;
import java.math.BigInteger;

/**
 * Names a proposal: the Keccak-256 of its calls and of its text's hash, as an integer. Whoever has
 * the calls and the text can compute it (OpenZeppelin Governor, {@code hashProposal}).
 *
 * @param value 0 to 2²⁵⁶ − 1
 */
public record ProposalId(BigInteger value) implements Comparable<ProposalId> {

  public ProposalId {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw OpenLedgerException.invalid(
          "proposal id", "an integer of " + value.bitLength() + " bits", "0 to 2^256 - 1");
    }
  }

  /** Parses decimal digits, or {@code 0x} and hexadecimal ones. */
  public static ProposalId parse(String text) {
    if (text.matches("[0-9]{1,78}")) {
      return new ProposalId(new BigInteger(text));
    }
    if (text.matches("0x[0-9a-fA-F]{1,64}")) {
      return new ProposalId(new BigInteger(text.substring(2), 16));
    }
    throw OpenLedgerException.invalidText(
        "proposal id", text, "1 to 78 decimal digits, or 0x and 1 to 64 hexadecimal digits");
  }

  /** 64 hexadecimal digits. */
  public String hex() {
    return String.format("%064x", value);
  }

  @Override
  public int compareTo(ProposalId other) {
    return value.compareTo(other.value);
  }

  /** The decimal digits, as explorers show them. */
  @Override
  public String toString() {
    return value.toString();
  }
}
