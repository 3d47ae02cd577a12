import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.model.functions.Generator;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.SafeTensorSupport;
import com.github.tjake.jlama.safetensors.prompt.PromptContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Jlama: {@code Jlama.java CHECKPOINT PROMPT TOKENS}. Matrices in its Q4, what is multiplied with
 * them in its I8, as its own command line does by default.
 */
class Jlama {
  public static void main(String[] arguments) throws Exception {
    int tokens = Integer.parseInt(arguments[2]);
    AbstractModel model =
        ModelSupport.loadModel(
            quantized(withEnd(Path.of(arguments[0]))).toFile(),
            null,
            DType.F32,
            DType.I8,
            Optional.empty(),
            Optional.of(Runtime.getRuntime().availableProcessors()));
    double rate = 0;
    // the first two answers warm up
    for (int run = 0; run < 3; run++) {
      long[] first = new long[1];
      int[] count = new int[1];
      Generator.Response answer =
          model.generate(
              UUID.randomUUID(),
              PromptContext.of(arguments[1]),
              0f,
              tokens + 16,
              (text, time) -> {
                if (count[0]++ == 0) {
                  first[0] = System.nanoTime();
                }
              });
      if (count[0] < tokens / 2) {
        throw new IllegalStateException(count[0] + " tokens: " + answer);
      }
      rate = (count[0] - 1) / ((System.nanoTime() - first[0]) / 1e9);
    }
    System.out.println("tokens_per_second " + rate);
    System.exit(0);
  }

  /** By its own tool, once a process. */
  private static Path quantized(Path folder) throws Exception {
    Files.writeString(folder.resolve("README.md"), "which it copies");
    return SafeTensorSupport.quantizeModel(
        folder,
        DType.Q4,
        new String[] {"norm"},
        new String[0],
        Optional.of(Files.createTempDirectory("jlama-q4")));
  }

  /** It insists on a token that ends answers, which ours leaves out: a folder that has one. */
  private static Path withEnd(Path checkpoint) throws Exception {
    Path folder = Files.createTempDirectory("jlama");
    try (var files = Files.list(checkpoint)) {
      for (Path file : files.filter(each -> !each.endsWith("config.json")).toList()) {
        Files.createSymbolicLink(folder.resolve(file.getFileName()), file.toAbsolutePath());
      }
    }
    String config = Files.readString(checkpoint.resolve("config.json"));
    Files.writeString(
        folder.resolve("config.json"), config.replaceFirst("\\{", "{\"eos_token_id\": 1,"));
    return folder;
  }
}
