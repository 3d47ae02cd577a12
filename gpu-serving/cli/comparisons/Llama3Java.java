package com.llama4j;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * llama3.java: {@code com.llama4j.Llama3Java MODEL.gguf PROMPT TOKENS}. In its package, since its
 * own command line ends at a stop token and runs one answer in a cold JVM.
 */
class Llama3Java {
  /** As its command line reads a prompt in batches by default. */
  private static final int BATCH = 8;

  public static void main(String[] arguments) throws Exception {
    int tokens = Integer.parseInt(arguments[2]);
    Llama model = ModelLoader.loadModel(Path.of(arguments[0]), 512, true);
    List<Integer> prompt = new ArrayList<>();
    prompt.add(model.tokenizer().getSpecialTokens().get("<|begin_of_text|>"));
    prompt.addAll(model.tokenizer().encodeAsList(arguments[1]));
    double rate = 0;
    // the first two answers warm up
    for (int run = 0; run < 3; run++) {
      long[] first = new long[1];
      long[] last = new long[1];
      int[] count = new int[1];
      // its limit counts the prompt; the last token is sampled without being read
      Llama.generateTokens(
          model,
          model.createNewState(BATCH),
          0,
          prompt,
          Set.of(),
          prompt.size() + tokens - 1,
          Sampler.ARGMAX,
          false,
          token -> {
            last[0] = System.nanoTime();
            if (count[0]++ == 0) {
              first[0] = last[0];
            }
          });
      if (count[0] < tokens) {
        throw new IllegalStateException(count[0] + " of " + tokens + " tokens");
      }
      rate = (count[0] - 1) / ((last[0] - first[0]) / 1e9);
    }
    System.out.println("tokens_per_second " + rate);
    System.exit(0);
  }
}
