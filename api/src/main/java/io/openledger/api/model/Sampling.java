package io.openledger.api.model;

import io.openledger.api.OpenLedgerException;

/**
 * How a token is chosen from its logits. Penalties come first (repetition, then frequency and
 * presence, as in vLLM), then the temperature, then the cuts in the order of their components here
 * (as in Hugging Face transformers), then one draw. A cut sees the probabilities that the former
 * one left. With temperature 0 the penalties count and the cuts do not.
 *
 * @param temperature 0 is greedy; up to 2
 * @param topK only the k likeliest tokens; 0: all
 * @param topP only the likeliest tokens that together reach this probability; above 0, up to 1
 * @param minP only tokens at least this times as likely as the likeliest; 0 to 1, 0: all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens that stand in
 *     prompt or answer (Keskar et al. 2019, "CTRL"); above 0, up to 10, 1: none
 * @param presencePenalty taken off the logits of tokens that the answer has; −2 to 2
 * @param frequencyPenalty taken off the logits of tokens for each time that the answer has them; −2
 *     to 2
 */
public record Sampling(
    double temperature,
    int topK,
    double topP,
    double minP,
    double repetitionPenalty,
    double presencePenalty,
    double frequencyPenalty) {

  /** The likeliest token, without penalties. */
  public static final Sampling GREEDY = at(0);

  public Sampling {
    require("temperature", temperature, temperature >= 0 && temperature <= 2, "0 to 2");
    require("top k", topK, topK >= 0 && topK <= 1_000_000, "0 to 1000000");
    require("top p", topP, topP > 0 && topP <= 1, "above 0, up to 1");
    require("min p", minP, minP >= 0 && minP <= 1, "0 to 1");
    require(
        "repetition penalty",
        repetitionPenalty,
        repetitionPenalty > 0 && repetitionPenalty <= 10,
        "above 0, up to 10");
    require("presence penalty", presencePenalty, Math.abs(presencePenalty) <= 2, "-2 to 2");
    require("frequency penalty", frequencyPenalty, Math.abs(frequencyPenalty) <= 2, "-2 to 2");
  }

  private static void require(String what, Number value, boolean holds, String allowed) {
    if (!holds) {
      throw OpenLedgerException.invalid(what, value, allowed);
    }
  }

  /** All tokens at a temperature, without penalties. */
  public static Sampling at(double temperature) {
    return new Sampling(temperature, 0, 1, 0, 1, 0, 0);
  }

  /** The same with cuts. */
  public Sampling cut(int k, double p, double min) {
    return new Sampling(
        temperature, k, p, min, repetitionPenalty, presencePenalty, frequencyPenalty);
  }

  /** The same with penalties. */
  public Sampling penalised(double repetition, double presence, double frequency) {
    return new Sampling(temperature, topK, topP, minP, repetition, presence, frequency);
  }
}
