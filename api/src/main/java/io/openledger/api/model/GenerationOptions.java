package io.openledger.api.model;

import io.openledger.api.OpenLedgerException;
import java.util.List;
import java.util.OptionalLong;

/**
 * How tokens are chosen.
 *
 * @param maxTokens how many tokens at most, 1 to 1 000 000 (and no more than the context has room
 *     for)
 * @param temperature 0 is greedy; up to 2
 * @param topK only the k likeliest tokens; 0: all
 * @param topP only the likeliest tokens that together reach this probability; above 0, up to 1
 * @param seed the same seed and the same request give the same tokens, alone or among others in a
 *     batch; absent: a seed is drawn
 * @param stop texts before which the answer ends; at most 16, each 1 to 200 characters
 */
public record GenerationOptions(
    int maxTokens,
    double temperature,
    int topK,
    double topP,
    OptionalLong seed,
    List<String> stop) {

  public GenerationOptions {
    if (maxTokens < 1 || maxTokens > 1_000_000) {
      throw OpenLedgerException.invalid("max tokens", maxTokens, "1 to 1000000");
    }
    if (!(temperature >= 0 && temperature <= 2)) {
      throw OpenLedgerException.invalid("temperature", temperature, "0 to 2");
    }
    if (topK < 0 || topK > 1_000_000) {
      throw OpenLedgerException.invalid("top k", topK, "0 to 1000000");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw OpenLedgerException.invalid("top p", topP, "above 0, up to 1");
    }
    stop = List.copyOf(stop);
    if (stop.size() > 16 || stop.stream().anyMatch(s -> s.isEmpty() || s.length() > 200)) {
      throw OpenLedgerException.invalid(
          "stop", stop.size() + " texts", "at most 16 of 1 to 200 characters");
    }
  }

  /** Greedy, so many tokens at most. */
  public static GenerationOptions greedy(int maxTokens) {
    return new GenerationOptions(maxTokens, 0, 0, 1, OptionalLong.empty(), List.of());
  }

  /** Sampled at a temperature with a seed. */
  public static GenerationOptions sampled(int maxTokens, double temperature, long seed) {
    return new GenerationOptions(maxTokens, temperature, 0, 1, OptionalLong.of(seed), List.of());
  }
}
