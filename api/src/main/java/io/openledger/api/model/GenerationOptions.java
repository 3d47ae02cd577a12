package io.openledger.api.model;

import io.openledger.api.OpenLedgerException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is generated, and how tokens are chosen.
 *
 * @param maxTokens how many tokens at most, 1 to 1 000 000 (and no more than the context has room
 *     for)
 * @param sampling how a token is chosen
 * @param seed the same seed and the same request give the same tokens, alone or among others in a
 *     batch; absent: a seed is drawn
 * @param stop texts before which the answer ends; at most 16, each 1 to 200 characters
 * @param stopTokens tokens before which the answer ends, beside the model's own; at most 64
 * @param logProbabilities how many alternatives are given with each token's log-probability, 0 to
 *     20; absent: no log-probabilities
 * @param jsonSchema a JSON Schema that the answer's text obeys, unless it is cut: by the largest
 *     number of tokens, a stop text or a stop token; at most 100 000 characters
 */
public record GenerationOptions(
    int maxTokens,
    Sampling sampling,
    OptionalLong seed,
    List<String> stop,
    Set<Integer> stopTokens,
    OptionalInt logProbabilities,
    Optional<String> jsonSchema) {

  public GenerationOptions {
    if (maxTokens < 1 || maxTokens > 1_000_000) {
      throw OpenLedgerException.invalid("max tokens", maxTokens, "1 to 1000000");
    }
    stop = List.copyOf(stop);
    if (stop.size() > 16 || stop.stream().anyMatch(s -> s.isEmpty() || s.length() > 200)) {
      throw OpenLedgerException.invalid(
          "stop", stop.size() + " texts", "at most 16 of 1 to 200 characters");
    }
    stopTokens = Set.copyOf(stopTokens);
    if (stopTokens.size() > 64 || stopTokens.stream().anyMatch(t -> t < 0)) {
      throw OpenLedgerException.invalid(
          "stop tokens", stopTokens.size() + " tokens", "at most 64, none below 0");
    }
    int alternatives = logProbabilities.orElse(0);
    if (alternatives < 0 || alternatives > 20) {
      throw OpenLedgerException.invalid("log-probabilities", alternatives, "0 to 20 alternatives");
    }
    if (jsonSchema.filter(s -> s.length() > 100_000).isPresent()) {
      throw OpenLedgerException.invalid(
          "JSON Schema", jsonSchema.get().length() + " characters", "at most 100000 characters");
    }
  }

  /** So many tokens at most, chosen in a way, until one of the stop texts. */
  public static GenerationOptions of(
      int maxTokens, Sampling sampling, OptionalLong seed, List<String> stop) {
    return new GenerationOptions(
        maxTokens, sampling, seed, stop, Set.of(), OptionalInt.empty(), Optional.empty());
  }

  /** Greedy, so many tokens at most. */
  public static GenerationOptions greedy(int maxTokens) {
    return of(maxTokens, Sampling.GREEDY, OptionalLong.empty(), List.of());
  }

  /** Sampled at a temperature with a seed. */
  public static GenerationOptions sampled(int maxTokens, double temperature, long seed) {
    return of(maxTokens, Sampling.at(temperature), OptionalLong.of(seed), List.of());
  }

  /** The same with log-probabilities and so many alternatives. */
  public GenerationOptions withLogProbabilities(int alternatives) {
    return new GenerationOptions(
        maxTokens, sampling, seed, stop, stopTokens, OptionalInt.of(alternatives), jsonSchema);
  }

  /** The same with a JSON Schema that the answer's text obeys. */
  public GenerationOptions withJsonSchema(String schema) {
    return new GenerationOptions(
        maxTokens, sampling, seed, stop, stopTokens, logProbabilities, Optional.of(schema));
  }

  /** The same with tokens before which the answer ends. */
  public GenerationOptions withStopTokens(Set<Integer> tokens) {
    return new GenerationOptions(
        maxTokens, sampling, seed, stop, tokens, logProbabilities, jsonSchema);
  }

  /** The same with a seed. */
  public GenerationOptions withSeed(long value) {
    return new GenerationOptions(
        maxTokens,
        sampling,
        OptionalLong.of(value),
        stop,
        stopTokens,
        logProbabilities,
        jsonSchema);
  }
}
