package io.openledger.runtime.rest;

import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.NextTokens;
import io.openledger.api.datanet.PhraseCount;
import io.openledger.api.datanet.Purpose;
import io.openledger.api.datanet.SearchResult;
import io.openledger.api.datanet.TextLikelihood;
import jakarta.json.JsonObjectBuilder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Questions about the content of datanets, and their answers, as JSON. */
final class SearchJson {

  private SearchJson() {}

  /** The members {@code datanets} and {@code purpose}. */
  static DatanetScope scope(JsonFields json) {
    return new DatanetScope(
        json.texts("datanets").stream().map(DatanetId::new).collect(Collectors.toSet()),
        json.text("purpose")
            .map(p -> Parameters.constant("purpose", p, Purpose.class))
            .orElse(Purpose.ATTRIBUTE));
  }

  static JsonObjectBuilder of(DatanetSearch search, SearchResult result) {
    return Json.object()
        .add("contributionCount", result.contributionCount())
        .add(
            "phrases",
            Json.array(
                IntStream.range(0, search.phrases().size()).boxed().toList(),
                i -> of(search.phrases().get(i), result.phrases().get(i))))
        .add("items", Json.array(result.hits(), SearchJson::of))
        .add("datanets", Json.array(result.datanets(), DatanetJson::of));
  }

  private static JsonObjectBuilder of(String phrase, PhraseCount count) {
    return Json.object()
        .add("phrase", phrase)
        .add("occurrences", count.occurrences())
        .add("contributionCount", count.contributions());
  }

  private static JsonObjectBuilder of(SearchResult.Hit hit) {
    return Json.object()
        .add("contribution", hit.contribution().toString())
        .add("title", hit.title())
        .add("placeCount", hit.placeCount())
        .add("places", Json.array(hit.places(), SearchJson::of));
  }

  private static JsonObjectBuilder of(SearchResult.Place place) {
    return Json.object()
        .add("phrase", place.phrase())
        .add("start", place.start())
        .add("end", place.end());
  }

  static JsonObjectBuilder of(NextTokens next) {
    return Json.object()
        .add("contextTokens", next.contextTokens())
        .add("contextStart", next.contextStart())
        .add("occurrences", next.occurrences())
        .add("ends", next.ends())
        .add("distinct", next.distinct())
        .add("tokens", Json.array(next.tokens(), SearchJson::of))
        .add("datanets", Json.array(next.datanets(), DatanetJson::of));
  }

  private static JsonObjectBuilder of(NextTokens.Candidate candidate) {
    return Json.object()
        .add("token", candidate.token())
        .add("text", candidate.text())
        .add("count", candidate.count())
        .add("probability", candidate.probability());
  }

  static JsonObjectBuilder of(TextLikelihood likelihood) {
    return Json.object()
        .add("bits", likelihood.bits())
        .add("unseen", likelihood.unseen())
        .add("tokens", Json.array(likelihood.tokens(), SearchJson::of))
        .add("datanets", Json.array(likelihood.datanets(), DatanetJson::of));
  }

  private static JsonObjectBuilder of(TextLikelihood.Token token) {
    return Json.object()
        .add("start", token.start())
        .add("end", token.end())
        .add("contextTokens", token.contextTokens())
        .add("contextOccurrences", token.contextOccurrences())
        .add("occurrences", token.occurrences())
        .add("probability", token.probability());
  }
}
