import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.LlamaOutput;
import de.kherud.llama.ModelParameters;

/** java-llama.cpp: {@code LlamaCpp.java MODEL.gguf PROMPT TOKENS}. */
class LlamaCpp {
  public static void main(String[] arguments) {
    int tokens = Integer.parseInt(arguments[2]);
    ModelParameters settings =
        new ModelParameters()
            .setModel(arguments[0])
            .setCtxSize(512)
            .setThreads(Runtime.getRuntime().availableProcessors())
            .setGpuLayers(0);
    try (LlamaModel model = new LlamaModel(settings)) {
      double rate = 0;
      // the first answer warms up
      for (int run = 0; run < 2; run++) {
        long first = 0;
        int count = 0;
        InferenceParameters request =
            new InferenceParameters(arguments[1])
                .setTemperature(0)
                .setTopK(1)
                .setIgnoreEos(true)
                .setCachePrompt(false)
                .setNPredict(tokens);
        for (LlamaOutput output : model.generate(request)) {
          if (count++ == 0) {
            first = System.nanoTime();
          }
        }
        rate = (count - 1) / ((System.nanoTime() - first) / 1e9);
        if (count < tokens) {
          throw new IllegalStateException(count + " of " + tokens + " tokens");
        }
      }
      System.out.println("tokens_per_second " + rate);
    }
    System.exit(0);
  }
}
