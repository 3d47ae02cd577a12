package io.openledger.runtime.provenance;

import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.reward.Credit;
import jakarta.json.JsonObject;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a report is made of.
 *
 * @param receipt the receipt
 * @param answer the answer's text, when it is kept
 * @param contributions those that the receipt names, by id
 * @param leaves what the datanets' trees hold for them, by id
 * @param commitments the documents that the leaves are hashes of, by id; none of erased ones
 */
record ReportData(
    Receipt receipt,
    Optional<String> answer,
    SortedMap<ContributionId, Contribution> contributions,
    SortedMap<ContributionId, Hash256> leaves,
    SortedMap<ContributionId, JsonObject> commitments) {

  /** Every contribution that a receipt names. */
  static SortedSet<ContributionId> named(Receipt receipt) {
    SortedSet<ContributionId> named = new TreeSet<>();
    for (SpanMatch span : receipt.body().attribution().spans()) {
      named.addAll(span.contributions());
      span.credits().forEach(credit -> named.add(credit.contribution()));
    }
    receipt.body().attribution().unlisted().credits().forEach(c -> named.add(c.contribution()));
    receipt.body().credits().stream()
        .map(Credit::contribution)
        .flatMap(Optional::stream)
        .forEach(named::add);
    return named;
  }
}
