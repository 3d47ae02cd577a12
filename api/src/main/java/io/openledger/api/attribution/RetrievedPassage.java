package io.openledger.api.attribution;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;

/**
 * A passage that was put into the prompt.
 *
 * @param contribution from which contribution
 * @param start first character of the passage in the contribution's text (inclusive)
 * @param end after its last character (exclusive)
 * @param nats how much the answer's log-probability falls when the passage is left out, in nats
 */
public record RetrievedPassage(ContributionId contribution, int start, int end, double nats)
    implements Evidence {

  public RetrievedPassage {
    if (start < 0 || end <= start) {
      throw OpenLedgerException.invalid(
          "passage", start + " to " + end, "a stretch that is not empty");
    }
    if (!Double.isFinite(nats)) {
      throw OpenLedgerException.invalid("effect of a passage", nats, "a finite number of nats");
    }
  }
}
