package io.openledger.runtime.provenance;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.SpanProof;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.CommittedCorpus;
import io.openledger.api.spi.TokenizedText;
import io.openledger.runtime.Caller;
import io.openledger.runtime.datanet.Corpora;
import io.openledger.runtime.datanet.DatanetService;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Proofs of receipts' spans. Safe for any thread. */
public final class SpanProofs {

  private final DatanetService datanets;
  private final Corpora corpora;
  private final AttributionEngine engine;

  public SpanProofs(DatanetService datanets, Corpora corpora, AttributionEngine engine) {
    this.datanets = datanets;
    this.corpora = corpora;
    this.engine = engine;
  }

  /**
   * The proofs of a receipt that the caller may see.
   *
   * @param answer the answer's text
   */
  List<SpanProof> of(Caller caller, Receipt receipt, String answer) {
    List<SpanMatch> spans = receipt.body().attribution().spans();
    if (spans.isEmpty()) {
      return List.of();
    }
    datanets.requireReadable(
        caller, spans.stream().map(span -> first(span).datanet()).collect(Collectors.toSet()));
    Map<DatanetId, DatanetSnapshot> asked =
        receipt.body().attribution().datanets().stream()
            .collect(Collectors.toMap(DatanetSnapshot::datanet, Function.identity()));
    Map<DatanetId, CommittedCorpus> committed = new HashMap<>();
    List<TokenizedText> readings = engine.readings(answer, corpora.tokenizer());
    List<SpanProof> proofs = new ArrayList<>();
    for (SpanMatch span : spans) {
      if (span.tokens() > SpanClaim.MOST_TOKENS) {
        continue;
      }
      DatanetId datanet = first(span).datanet();
      DatanetSnapshot state = asked.get(datanet);
      if (state == null) {
        throw OpenLedgerException.invalid(
            "the receipt", "without the version of " + datanet, "one that says what it asked");
      }
      CommittedCorpus corpus =
          committed.computeIfAbsent(datanet, id -> corpora.at(id, state.version()));
      for (CommittedCorpus.Proof proof : prove(corpus, readings, span)) {
        // some hundred hashes: nothing leaves that would be refused elsewhere
        engine.verify(corpus.root(), proof.claim(), proof.bytes());
        proofs.add(
            new SpanProof(
                span,
                datanet,
                state.version(),
                corpus.root(),
                proof.claim(),
                Base64.getEncoder().encodeToString(proof.bytes())));
      }
    }
    return List.copyOf(proofs);
  }

  /** The answer was read in one of these ways, and its spans are of that one. */
  private static List<CommittedCorpus.Proof> prove(
      CommittedCorpus corpus, List<TokenizedText> readings, SpanMatch span) {
    for (TokenizedText reading : readings.subList(0, readings.size() - 1)) {
      try {
        return corpus.prove(reading, span, first(span));
      } catch (OpenLedgerException e) {
        if (e.code() != ErrorCode.INVALID_ARGUMENT) {
          throw e;
        }
        // other tokens than the contribution has: it was another reading
      }
    }
    return corpus.prove(readings.get(readings.size() - 1), span, first(span));
  }

  private static ContributionId first(SpanMatch span) {
    return span.contributions().get(0);
  }
}
