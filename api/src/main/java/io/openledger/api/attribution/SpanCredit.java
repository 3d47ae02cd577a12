package io.openledger.api.attribution;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import java.util.List;

/**
 * A part of a span's information, and who is credited for it.
 *
 * @param millibits how much, in thousandths of a bit; above 0
 * @param earliest the contribution that held these words first; never empty, and the first one is
 *     credited. An engine that is asked over several datanets does not know which of their
 *     contributions was accepted first and names the earliest of each datanet; whoever knows puts
 *     them in order
 */
public record SpanCredit(long millibits, List<ContributionId> earliest) {

  public SpanCredit {
    earliest = List.copyOf(earliest);
    if (millibits < 1) {
      throw OpenLedgerException.invalid("credited information", millibits, "1 millibit or more");
    }
    if (earliest.isEmpty()) {
      throw OpenLedgerException.invalid("who is credited", "nobody", "at least one contribution");
    }
  }

  /** Everything to one contribution. */
  public SpanCredit(ContributionId contribution, long millibits) {
    this(millibits, List.of(contribution));
  }

  /** Who is credited. */
  public ContributionId contribution() {
    return earliest.get(0);
  }

  static List<SpanCredit> wholeTo(List<ContributionId> contributions, long millibits) {
    return contributions.isEmpty() || millibits < 1
        ? List.of()
        : List.of(new SpanCredit(contributions.get(0), millibits));
  }
}
