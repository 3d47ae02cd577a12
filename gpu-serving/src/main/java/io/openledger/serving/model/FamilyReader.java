package io.openledger.serving.model;

import java.util.List;
import java.util.Map;

/** Reads what is particular to a family; one class for each. */
interface FamilyReader {

  /** By {@code model_type}. */
  Map<String, FamilyReader> ALL =
      Map.of(
          "llama", new LlamaReader(),
          "mistral", new MistralReader(),
          "qwen2", new Qwen2Reader(),
          "qwen3", new Qwen3Reader(),
          "deepseek_v2", new DeepSeekReader(FeedForward.Scoring.SOFTMAX),
          "deepseek_v3", new DeepSeekReader(FeedForward.Scoring.SIGMOID_CORRECTED));

  /** Also refuses, by name, what the family's settings ask for and is not supported. */
  Attention attention(ModelSettings settings, RopeReader rope);

  /** One for each layer. */
  List<FeedForward> feedForwards(ModelSettings settings);
}
