package io.openledger.samples.clausedesk;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.reward.ChainAddress;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads what the form sends into a contribution. What a contribution may be is decided by {@link
 * ContributionDraft}; here only the form's own fields are read.
 */
final class ContributeRequest {

  private static final Set<String> KNOWN =
      Set.of("key", "title", "text", "contributors", "licence");
  private static final Set<String> CONTRIBUTOR = Set.of("name", "share", "address");

  private ContributeRequest() {}

  /**
   * The contribution that a body describes: {@code {key, title, text, licence, contributors:
   * [{name, share, address?}]}}, shares in basis points.
   *
   * @param today the date that it bears
   */
  static ContributionDraft parse(String body, LocalDate today) {
    Fields fields = Fields.parse(body, KNOWN);
    ContributionDraft.Builder draft =
        ContributionDraft.builder(fields.text("text"))
            .title(fields.text("title").strip())
            .licence(fields.optionalText("licence").orElse("").strip())
            .contributors(contributors(fields))
            .source("clause desk")
            .language("en")
            .date(today);
    fields.optionalText("key").ifPresent(draft::key);
    return draft.build();
  }

  private static List<ContributorShare> contributors(Fields fields) {
    List<Fields> named = fields.objects("contributors", CONTRIBUTOR);
    if (named.size() > ContributorShare.MAX_CONTRIBUTORS) {
      throw OpenLedgerException.invalid(
          "contributors", named.size(), "1 to " + ContributorShare.MAX_CONTRIBUTORS);
    }
    List<ContributorShare> shares = new ArrayList<>();
    for (Fields one : named) {
      shares.add(
          new ContributorShare(
              new ContributorId(one.text("name").strip()),
              one.optionalText("address")
                  .map(String::strip)
                  .filter(typed -> !typed.isEmpty())
                  .map(ChainAddress::new),
              // out of range is told by ContributorShare, which knows the remedy
              (int) one.integer("share", 0, Integer.MIN_VALUE, Integer.MAX_VALUE)));
    }
    return shares;
  }
}
