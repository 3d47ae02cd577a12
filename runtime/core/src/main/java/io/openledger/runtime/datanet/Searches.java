package io.openledger.runtime.datanet;

import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.PhraseCount;
import io.openledger.api.datanet.SearchResult;
import io.openledger.api.datanet.SearchResult.Hit;
import io.openledger.api.spi.SpanQueries;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.runtime.Caller;
import io.openledger.runtime.datanet.Indexes.Asked;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Finds contributions by what they say, within the rights of one caller. */
final class Searches {

  private final DatanetService service;
  private final Caller caller;

  Searches(DatanetService service, Caller caller) {
    this.service = service;
    this.caller = caller;
  }

  /** What a search found in the indexes: the hits' text is not looked at under their locks. */
  private record Found(
      long count, List<PhraseCount> phrases, List<ContributionId> listed, Asked asked) {}

  SearchResult search(DatanetSearch search) {
    SortedMap<DatanetId, Long> usable = usable(service, caller, search.scope());
    TextTokenizer tokenizer = service.indexes().requireTokenizer();
    List<Phrase> phrases =
        search.phrases().stream().map(text -> Phrase.of(text, service.indexes())).toList();
    Found found =
        service
            .indexes()
            .ask(usable, search.scope().purpose(), asked -> find(asked, phrases, search.limit()));
    List<Hit> hits = new ArrayList<>();
    for (ContributionId id : found.listed()) {
      hit(id, phrases, tokenizer).ifPresent(hits::add);
    }
    return new SearchResult(found.count(), found.phrases(), hits, found.asked().snapshots());
  }

  /**
   * The datanets of a scope, each with its version now. Answers show what contributions say, so
   * they may be read; next-token distributions spell them out.
   */
  static SortedMap<DatanetId, Long> usable(
      DatanetService service, Caller caller, DatanetScope scope) {
    return service.usable(
        caller,
        scope.datanets(),
        EnumSet.of(DatanetRight.READ, DatanetRight.valueOf(scope.purpose().name())));
  }

  private static Found find(Asked asked, List<Phrase> phrases, int limit) {
    List<List<int[]>> readings = phrases.stream().map(Phrase::readings).toList();
    long count = 0;
    List<ContributionId> listed = new ArrayList<>();
    for (Map.Entry<DatanetId, SpanQueries> datanet : asked.indexes().entrySet()) {
      SpanQueries.Found here = datanet.getValue().search(readings, limit - listed.size());
      count += here.documentCount();
      for (long sequence : here.documents()) {
        listed.add(new ContributionId(datanet.getKey(), sequence));
      }
    }
    return new Found(
        count, readings.stream().map(phrase -> count(asked, phrase)).toList(), listed, asked);
  }

  private static PhraseCount count(Asked asked, List<int[]> phrase) {
    long occurrences = 0;
    long contributions = 0;
    for (SpanQueries index : asked.indexes().values()) {
      for (int[] reading : phrase) {
        occurrences += index.count(reading, 0, reading.length);
      }
      contributions += index.search(List.of(phrase), 0).documentCount();
    }
    return new PhraseCount(occurrences, contributions);
  }

  /** Empty when it was retracted since it was found. */
  private Optional<Hit> hit(ContributionId id, List<Phrase> phrases, TextTokenizer tokenizer) {
    record Stored(String title, String text) {}
    Optional<Stored> stored =
        service
            .store()
            .join(
                "reading a contribution",
                c -> {
                  Optional<Contribution> row = ContributionRows.find(c, id);
                  Optional<String> text = ContributionRows.text(c, id);
                  return row.isPresent() && text.isPresent()
                      ? Optional.of(new Stored(row.get().title(), text.get()))
                      : Optional.empty();
                });
    return stored.map(
        one -> {
          PhrasePlaces places = PhrasePlaces.of(one.text(), tokenizer, phrases);
          return new Hit(id, one.title(), places.listed(), places.count());
        });
  }
}
