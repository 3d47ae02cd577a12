package io.openledger.serving.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users do that was not meant: each has its exit code, and leaves nothing behind. */
@Timeout(120)
class WrongUseTest {

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... arguments) {
    return run(new PrintWriter(out), arguments);
  }

  private int run(PrintWriter to, Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(
        to,
        new PrintWriter(err),
        Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
  }

  private Path model() {
    Path model = folder.resolve("a model with blanks");
    assertThat(run("make", model, "--shape", "tiny")).as(err.toString()).isZero();
    return model;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          soak --shape huge                        | huge
          soak --minutes nan                       | nan
          serve-bench --rows int5                  | int5
          serve-bench --targets z_proj             | z_proj
          serve-bench --rank 0                     | --rank 0
          serve-bench --json no/such/folder/x.json | no/such/folder
          serve-bench --against nobody             | nobody
          make x --shape tiny --targets z_proj     | z_proj
          generate                                 | CHECKPOINT
          nothing                                  | nothing
          """)
  void namesWhatIsWrongBeforeAnythingIsDone(String line, String named) {
    assertThat(run((Object[]) line.split(" "))).as(err.toString()).isEqualTo(2);
    assertThat(err.toString()).contains(named).doesNotContain("\tat ");
  }

  @Test
  void makesContentsOfTheirOwnWhereLinksWereBefore() throws Exception {
    Path model = folder.resolve("model");
    for (int distinct : new int[] {1, 2}) {
      int code =
          run(
              "make",
              model,
              "--shape",
              "tiny",
              "--adapters",
              3,
              "--distinct",
              distinct,
              "--rank",
              2);
      assertThat(code).as(err.toString()).isZero();
    }
    Path adapters = folder.resolve("model-adapters");
    String file = "adapter_model.safetensors";
    byte[] first = Files.readAllBytes(adapters.resolve("adapter-00000").resolve(file));
    assertThat(Files.readAllBytes(adapters.resolve("adapter-00001").resolve(file)))
        .isNotEqualTo(first);
    assertThat(Files.readAllBytes(adapters.resolve("adapter-00002").resolve(file)))
        .isEqualTo(first);
  }

  @Test
  void readsSettingsThatOtherToolsWrite() throws Exception {
    Path model = model();
    Path file = model.resolve("config.json");
    JsonObject config = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    for (String absent : List.of("head_dim", "rope_theta", "tie_word_embeddings")) {
      config.remove(absent);
    }
    Files.writeString(file, config.toString());
    assertThat(run("generate", model, "hello", "--tokens", 3)).as(err.toString()).isZero();
    assertThat(err.toString()).contains("3 tokens");
    assertThat(run("serve-bench", model, "--rows", "stored")).isEqualTo(Main.FAILED);
    assertThat(err.toString()).contains("a folder that make wrote").doesNotContain("\tat ");
    Files.writeString(file, "[]");
    assertThat(run("generate", model, "hello")).isEqualTo(Main.FAILED);
    assertThat(err.toString()).contains("config.json").doesNotContain("\tat ");
  }

  @Test
  void readsAFileOfTheOtherFormat() {
    Path model = folder.resolve("model");
    assertThat(run("make", model, "--shape", "tiny", "--gguf", "q8_0")).as(err.toString()).isZero();
    assertThat(
            run(
                "generate",
                model.resolve("model-Q8_0.gguf"),
                "hello",
                "--tokens",
                3,
                "--cache",
                folder.resolve("cache")))
        .as(err.toString())
        .isZero();
  }

  @Test
  void stopsWhenNobodyReadsAnyMore() {
    Path model = model();
    Writer gone =
        new Writer() {
          private int left = 3;

          @Override
          public void write(char[] characters, int from, int count) throws IOException {
            left -= count;
            if (left < 0) {
              throw new IOException("Broken pipe");
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    assertThat(run(new PrintWriter(gone), "generate", model, "hello", "--tokens", 200)).isZero();
    assertThat(err.toString()).contains("CANCELLED");
  }

  @Test
  void waitsForAnotherProgramOnlySoLong() {
    assumeTrue(Files.exists(Path.of("/bin/sh")), "no shell");
    OtherProgram endless =
        new OtherProgram(
            List.of("/bin/sh", "-c", "echo begun; sleep 60"), 1, Duration.ofMillis(300));
    assertThatThrownBy(() -> endless.run("x", 1))
        .isInstanceOf(OtherProgram.Failed.class)
        .hasMessageContaining("no end after");
  }

  @Test
  void runsAnotherProgramFromAFolderWithBlanks() throws Exception {
    assumeTrue(Files.exists(Path.of("/bin/sh")), "no shell");
    Path program = Files.createDirectories(folder.resolve("with blanks")).resolve("run me");
    Files.writeString(program, "#!/bin/sh\necho tokens_per_second 12.5\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Path json = folder.resolve("figures.json");
    int code =
        run(
            "serve-bench",
            model(),
            "--quick",
            "--rows",
            "int4",
            "--cache",
            folder.resolve("cache"),
            "--json",
            json,
            "--against",
            "it:1=\"" + program + "\" --flag");
    assertThat(code).as(err.toString()).isZero();
    assertThat(Files.readString(json)).contains("decode, int4 ÷ it").doesNotContain("No such file");
    assertThat(out.toString()).doesNotContain("error=2");
  }

  @Test
  void leavesNothingOfASoakThatIsInterrupted() throws Exception {
    Process soak =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "soak",
                "--minutes",
                "5",
                "--clients",
                "2",
                "--adapters",
                "4",
                "--distinct",
                "2")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("said").toFile())
            .start();
    try {
      while (soak.isAlive() && made().noneMatch(home -> Files.exists(home.resolve("content-1")))) {
        Thread.sleep(20);
      }
      assertThat(soak.isAlive())
          .as(Files.readString(folder.resolve("said"), StandardCharsets.UTF_8))
          .isTrue();
      soak.destroy();
      assertThat(soak.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      soak.destroyForcibly();
    }
    assertThat(made()).isEmpty();
  }

  private Stream<Path> made() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all
          .filter(each -> each.getFileName().toString().startsWith("openledger-soak"))
          .toList()
          .stream();
    }
  }
}
