package io.openledger.api.datanet;

import io.openledger.api.OpenLedgerException;

/**
 * A contribution: its datanet and its place in the order of acceptance. Printed {@code
 * datanet:sequence}.
 *
 * <p>Ordered by datanet, then by sequence, so that within a datanet the earlier commitment comes
 * first.
 *
 * @param datanet where it was accepted
 * @param sequence its place in the order of acceptance, from 1, never reused
 */
public record ContributionId(DatanetId datanet, long sequence)
    implements Comparable<ContributionId> {

  public ContributionId {
    if (sequence < 1) {
      throw OpenLedgerException.invalid("contribution sequence", sequence, "1 or more");
    }
  }

  /** Parses {@code datanet:sequence}. */
  public static ContributionId parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      // parseLong alone would take a sign, and make one contribution of two names
      if (colon > 0 && text.indexOf('+', colon) < 0) {
        return new ContributionId(
            new DatanetId(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
      }
    } catch (NumberFormatException e) {
      // told below, with the form that is wanted
    }
    throw OpenLedgerException.invalidText("contribution id", text, "datanet:sequence");
  }

  @Override
  public int compareTo(ContributionId other) {
    int byDatanet = datanet.compareTo(other.datanet);
    return byDatanet != 0 ? byDatanet : Long.compare(sequence, other.sequence);
  }

  @Override
  public String toString() {
    return datanet + ":" + sequence;
  }
}
