package io.openledger.serving.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands, on a made checkpoint that is small. */
@Timeout(300)
class MainTest {

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(
        new PrintWriter(out),
        new PrintWriter(err),
        Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
  }

  private Path model() {
    Path model = folder.resolve("model");
    int code = run("make", model, "--shape", "tiny", "--adapters", 4, "--distinct", 2, "--rank", 4);
    assertThat(code).as(err.toString()).isZero();
    return model;
  }

  @Test
  void makesTheSameBitsOfTheSameSeedAndLinksWhatRepeats() throws Exception {
    Path model = model();
    assertThat(out.toString()).contains("2 different contents, the other 2 are hard links");
    byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
    model();
    assertThat(Files.readAllBytes(model.resolve("model.safetensors"))).isEqualTo(weights);
    assertThat(run("make", folder.resolve("other"), "--shape", "tiny", "--seed", 2)).isZero();
    assertThat(Files.readAllBytes(folder.resolve("other/model.safetensors"))).isNotEqualTo(weights);
    Path adapters = folder.resolve("model-adapters");
    String file = "adapter_model.safetensors";
    assertThat(
            Files.isSameFile(
                adapters.resolve("adapter-00000").resolve(file),
                adapters.resolve("adapter-00002").resolve(file)))
        .isTrue();
    assertThat(run("make", model, "--shape", "smollm2-135m")).isEqualTo(Main.FAILED);
    assertThat(err.toString()).contains("holds another model");
    assertThat(run("make", model, "--shape", "huge")).isEqualTo(2);
  }

  @Test
  void generatesTheSameTextOfTheSameSeedAndAnotherWithAnAdapter() {
    Path model = model();
    Path adapter = folder.resolve("model-adapters/adapter-00001");
    assertThat(run("generate", model, "hello", "--tokens", 20)).as(err.toString()).isZero();
    String greedy = out.toString();
    assertThat(err.toString()).contains("20 tokens, LENGTH");
    assertThat(run("generate", model, "hello", "--tokens", 20, "--adapter", adapter)).isZero();
    assertThat(out.toString()).isNotEqualTo(greedy);
    assertThat(run("generate", model, "hello", "--temperature", 1, "--seed", 7)).isZero();
    String sampled = out.toString();
    assertThat(run("generate", model, "hello", "--temperature", 1, "--seed", 7)).isZero();
    assertThat(out.toString()).isEqualTo(sampled);
    assertThat(run("generate", model, "hello", "--chat", "--tokens", 5)).isZero();
    assertThat(run("generate", folder.resolve("none"), "hello")).isEqualTo(Main.FAILED);
  }

  @Test
  void tellsWhichAdaptersFitAndWhyNot() throws Exception {
    Path model = model();
    Path adapters = folder.resolve("model-adapters");
    assertThat(run("adapters", model, adapters)).as(err.toString()).isZero();
    assertThat(out.toString()).contains("rank 4 on 8 maps (q_proj, k_proj, v_proj, o_proj)");
    Path weights = adapters.resolve("adapter-00003/adapter_model.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    Files.delete(weights);
    Files.write(weights, Arrays.copyOf(whole, whole.length / 2));
    assertThat(run("adapters", model, adapters)).isEqualTo(Main.WRONG);
    assertThat(out.toString()).contains("OPENLEDGER-3006").contains("3 good, 1 refused");
  }

  @Test
  void findsTheNormOfAProductWithoutMakingIt() {
    float[] a = {1, 2, 3, -1, 0.5f, 2};
    float[] b = {1, 0, -2, 1, 3, 3, 0, 1};
    double sum = 0;
    for (int out = 0; out < 4; out++) {
      for (int in = 0; in < 3; in++) {
        double each = b[2 * out] * a[in] + b[2 * out + 1] * a[3 + in];
        sum += each * each;
      }
    }
    assertThat(AdapterReport.norm(a, b, 2)).isCloseTo(Math.sqrt(sum), withinRelative());
  }

  private static org.assertj.core.data.Percentage withinRelative() {
    return org.assertj.core.data.Percentage.withPercentage(1e-9);
  }

  @Test
  void printsEveryFigureOnceBesideItsTarget() throws Exception {
    Path json = folder.resolve("figures.json");
    int code =
        run(
            "serve-bench",
            model(),
            "--directory",
            folder.resolve("bench"),
            "--quick",
            "--json",
            json,
            "--rank",
            4,
            "--registered",
            40,
            "--slots",
            16,
            "--against",
            "nobody:2=/no/such/program");
    assertThat(code).as(err.toString()).isZero();
    JsonObject figures = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
    assertThat(figures.getAsJsonArray("rows")).hasSize(12);
    assertThat(out.toString())
        .contains("40 registered ÷ 10, Zipf 1.0")
        .contains("16 distinct adapters ÷ base alone")
        .contains("one mixed batch of 16 ÷ 16 one after another")
        .contains("decode, int4 ÷ nobody");
  }

  @Test
  void soaksForSecondsAndFindsNothing() {
    int code = run("soak", "--minutes", 0.1, "--clients", 16, "--adapters", 40, "--distinct", 8);
    assertThat(code).as(out.toString() + err).isZero();
    assertThat(out.toString()).contains("compared, whole").contains("poison refused");
  }
}
