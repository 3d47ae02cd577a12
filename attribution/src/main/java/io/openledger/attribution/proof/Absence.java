package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.util.Optional;

/**
 * Why no contribution has a string: two prefixes of adjacent ranks, read backwards one below and
 * one above the string read backwards, and neither ending with it.
 *
 * @param rank how many prefixes are below the string
 * @param below the prefix of rank − 1; none when the rank is 0
 * @param above the prefix of the rank; none when the rank is the number of prefixes
 */
public record Absence(int rank, Optional<Neighbour> below, Optional<Neighbour> above) {

  public Absence {
    if (rank < 0 || (rank == 0) == below.isPresent()) {
      throw OpenLedgerException.invalid("a rank", rank, "0, or more with a prefix below");
    }
  }

  /**
   * A prefix of a contribution, opened as far as needed to compare it with the string.
   *
   * @param document the contribution's place among all
   * @param end the prefix's length
   * @param matched how many of its last tokens are the string's last tokens
   * @param difference the token before these, and the chain of what is before that token; none when
   *     the contribution begins with the matched tokens
   */
  public record Neighbour(int document, int end, int matched, Optional<Difference> difference) {

    public Neighbour {
      if (document < 0 || end < 1 || matched < 0 || matched > end) {
        throw OpenLedgerException.invalid(
            "a prefix",
            matched + " of " + end + " tokens of contribution " + document,
            "at least 1 token, no more matched than there are");
      }
      if ((matched == end) == difference.isPresent()) {
        throw OpenLedgerException.invalid(
            "a prefix's difference",
            matched + " of " + end + " tokens matched",
            "one where not all are matched");
      }
    }
  }

  /**
   * Where a prefix and a string differ.
   *
   * @param token the prefix's token
   * @param rest the hash chain of what is before it
   */
  public record Difference(int token, Hash256 rest) {

    public Difference {
      if (token < 0) {
        throw OpenLedgerException.invalid("a token", token, "0 or more");
      }
    }
  }
}
