package io.openledger.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Generation;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngineFactory.Device;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.MemoryLimits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weight formats through the engine's public face. */
@Timeout(60)
class QuantizedEngineTest {

  @TempDir Path folder;
  @TempDir static Path natives;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeEach
  void write() throws Exception {
    JsonObject config = TinyModel.config();
    config.add("eos_token_id", null);
    TinyModel.write(folder.resolve("base"), config, "BF16", 3);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private ServingEngine open(WeightFormat format, Path cache) {
    return new OnnxServingEngineFactory()
        .open(
            new Settings(
                new ModelId("tiny"),
                folder.resolve("base"),
                cache,
                format,
                Device.CPU,
                new Limits(2, 8, 8, 0, 32),
                MemoryLimits.USUAL,
                2),
            threads);
  }

  private static Request request(String prompt) {
    return new Request(Optional.empty(), prompt, GenerationOptions.greedy(20));
  }

  private static List<Path> kept(Path cache) throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(file -> file.getFileName().toString().startsWith("weights-")).toList();
    }
  }

  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void answersTheSameAloneInABatchAndAfterARestart(WeightFormat format) throws Exception {
    List<String> alone = new ArrayList<>();
    try (ServingEngine engine = open(format, natives)) {
      for (int i = 0; i < 8; i++) {
        alone.add(engine.generate(request("prompt " + i * i), delta -> true).text());
      }
    }
    try (ServingEngine engine = open(format, natives)) {
      List<Future<Generation>> together = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Request request = request("prompt " + i * i);
        together.add(threads.submit(() -> engine.generate(request, delta -> true)));
      }
      for (int i = 0; i < 8; i++) {
        assertThat(together.get(i).get().text()).isEqualTo(alone.get(i));
      }
    }
  }

  @Test
  void takesLessMemoryTheFewerBits() {
    List<Long> bytes = new ArrayList<>();
    for (WeightFormat format : List.of(WeightFormat.STORED, WeightFormat.INT8, WeightFormat.INT4)) {
      try (ServingEngine engine = open(format, natives)) {
        bytes.add(engine.status().memory().weights());
      }
    }
    assertThat(bytes.get(1)).isLessThan(bytes.get(0) / 2);
    assertThat(bytes.get(2)).isLessThan(bytes.get(1) * 3 / 4);
  }

  @Test
  void keepsOneFileForACheckpointAndAFormat() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    for (int start = 0; start < 2; start++) {
      open(WeightFormat.INT8, cache).close();
      open(WeightFormat.INT4, cache).close();
    }
    assertThat(kept(cache)).as("each with what is packed of it").hasSize(4);
    TinyModel.write(folder.resolve("base"), TinyModel.config(), "BF16", 4);
    open(WeightFormat.INT4, cache).close();
    assertThat(kept(cache)).hasSize(2);
  }

  @Test
  void refusesACacheThatCannotBeWritten() throws Exception {
    Path cache = Files.write(folder.resolve("file"), new byte[1]);
    assertThatThrownBy(() -> open(WeightFormat.INT4, cache))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
  }

  @Test
  void readsACheckpointWhoseFilesAreLinks() throws Exception {
    Path links = Files.createDirectories(folder.resolve("snapshots"));
    for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      Path blob = folder.resolve("blobs").resolve(name + "-content");
      Files.createDirectories(blob.getParent());
      Files.move(folder.resolve("base").resolve(name), blob);
      Files.createSymbolicLink(links.resolve(name), blob);
    }
    Files.delete(folder.resolve("base"));
    Files.move(links, folder.resolve("base"));
    for (WeightFormat format : WeightFormat.values()) {
      try (ServingEngine engine = open(format, natives)) {
        assertThat(engine.generate(request("a"), delta -> true).usage().completionTokens())
            .isEqualTo(20);
      }
    }
  }
}
