package io.openledger.serving.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.TinyModel;
import io.openledger.serving.model.HubTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the tokenizers' library takes outside of the heap, where no fuzzing of the heap sees it: in
 * a process of its own with a small heap, from what the system says of it.
 */
@Timeout(300)
class TokenizerMemoryTest {

  private static final int FILES = 2000;

  @TempDir Path folder;

  /** {@code main(folder, what)}: reads hostile tokenizers and tells resident memory in KiB. */
  static final class Child {
    private static long resident(String what) throws IOException {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith(what + ":")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
      throw new IOException("no " + what);
    }

    private static void read(Path folder) {
      try (HubTokenizer tokenizer = HubTokenizer.open(folder, folder.resolve("natives"))) {
        tokenizer.decode(tokenizer.encodePrompt("a b Gr\u00FC\u00DFe <s> \uD83D\uDE00"));
      } catch (OpenLedgerException e) {
        // refused: as good
      }
    }

    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      Path file = folder.resolve("tokenizer.json");
      if (arguments[1].equals("once")) {
        byte[] hostile = Files.readAllBytes(file);
        Files.writeString(file, TinyModel.tokenizer());
        read(folder);
        Files.write(file, hostile);
        System.gc();
        long before = resident("VmRSS");
        read(folder);
        System.out.printf("before %d after %d%n", before, resident("VmHWM"));
        return;
      }
      long early = 0;
      for (int i = 0; i < FILES; i++) {
        Files.write(file, new Mutations(new Random(i)).json(TinyModel.tokenizer()));
        read(folder);
        if (i == FILES / 4) {
          System.gc();
          early = resident("VmRSS");
        }
      }
      System.gc();
      System.out.printf("before %d after %d%n", early, resident("VmRSS"));
    }
  }

  /** KiB more. */
  private long taken(String what) throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/status")), "no /proc");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx96m",
                    "-Xms96m",
                    "-XX:+UseSerialGC",
                    "-XX:+AlwaysPreTouch",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Child.class.getName(),
                    folder.toString(),
                    what))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    Matcher figures = Pattern.compile("before (\\d+) after (\\d+)").matcher(said);
    assertThat(figures.find()).as(said).isTrue();
    System.out.println("tokenizer, " + what + ": " + figures.group());
    return Long.parseLong(figures.group(2)) - Long.parseLong(figures.group(1));
  }

  @Test
  void losesNothingToManyBrokenFiles() throws Exception {
    // A thousand and a half files later; one tokenizer of this size takes about 0.2 MiB.
    assertThat(taken("many")).as("KiB").isLessThan(32 << 10);
  }

  @Test
  void takesNoMoreThanAFileWarrants() throws Exception {
    JsonObject root = JsonParser.parseString(TinyModel.tokenizer()).getAsJsonObject();
    JsonArray added = root.getAsJsonArray("added_tokens");
    for (int i = 0; i < 10_000; i++) {
      JsonObject token = added.get(0).getAsJsonObject().deepCopy();
      token.addProperty("id", 259 + i);
      token.addProperty("content", "<" + "x".repeat(i % 97) + i + ">");
      token.addProperty("normalized", i % 2 == 0);
      added.add(token);
    }
    byte[] bytes = root.toString().getBytes(StandardCharsets.UTF_8);
    Files.write(folder.resolve("tokenizer.json"), bytes);
    System.out.println("a file of " + bytes.length / 1024 + " KiB");
    assertThat(taken("once")).as("KiB").isLessThan(64 * bytes.length / 1024);
  }
}
