package io.openledger.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import com.google.gson.JsonObject;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import io.openledger.serving.TinyModel;
import io.openledger.serving.graph.GraphForm.Adapters.Kind;
import io.openledger.serving.graph.PackedWeights;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.quantize.QuantizationPlan;
import io.openledger.serving.quantize.QuantizedMap;
import io.openledger.serving.quantize.QuantizedWeights;
import io.openledger.serving.quantize.WeightCache;
import java.io.RandomAccessFile;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packed weights on disk: what is read from there, and what becomes of a file that is no good. */
class PackedCacheTest {

  private static final int[] BASE = {};

  @TempDir Path folder;
  private final OrtEnvironment environment =
      OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "openledger");
  private Checkpoint checkpoint;

  @BeforeEach
  void checkpoint() throws Exception {
    JsonObject config = TinyModel.config();
    config.addProperty("hidden_size", 160);
    config.addProperty("head_dim", 16);
    checkpoint = Checkpoint.open(TinyModel.write(folder.resolve("base"), config, "BF16", 3));
  }

  private QuantizedWeights quantized(WeightFormat format) {
    return new WeightCache(folder.resolve("cache"), Runnable::run, 1, System::nanoTime)
        .open(checkpoint.folder(), checkpoint.digest(), QuantizationPlan.of(checkpoint, format));
  }

  private List<Path> packed() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      return files.filter(file -> file.toString().endsWith(".packed")).toList();
    }
  }

  /** The logits of a prompt and of a step, of the graph without adapters. */
  private float[] logits(QuantizedWeights weights) {
    try (OnnxDecoder decoder =
        OnnxDecoder.open(checkpoint, weights, new OnnxDecoder.Sizes(1, 96, 1, 16, 0))) {
      int[] tokens = new Random(4).ints(9, 0, TinyModel.VOCABULARY).toArray();
      FloatBuffer prompt = decoder.prefill(0, 0, tokens, new long[] {8}, BASE);
      float[] all = new float[2 * TinyModel.VOCABULARY];
      prompt.duplicate().get(all, 0, TinyModel.VOCABULARY);
      FloatBuffer step = decoder.decode(new int[] {7}, new int[] {9}, new int[][] {BASE});
      step.duplicate().get(all, TinyModel.VOCABULARY, TinyModel.VOCABULARY);
      return all;
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void givesTheSameBitsFromTheFileAsPackedInMemory(WeightFormat format) throws Exception {
    QuantizedWeights weights = quantized(format);
    float[] first = logits(weights);
    assertThat(packed()).hasSize(1);
    Files.setLastModifiedTime(packed().get(0), FileTime.fromMillis(0));
    assertThat(logits(weights)).containsExactly(first);
    assertThat(Files.getLastModifiedTime(packed().get(0)).toInstant())
        .as("used, not made again; the use is noted")
        .isAfter(Instant.now().minus(Duration.ofMinutes(5)));
    Files.delete(packed().get(0));
    // A folder in its place: it can neither be read nor replaced.
    Path inTheWay = Files.createDirectories(name(weights).resolve("full"));
    assertThat(logits(weights)).as("packed in memory").containsExactly(first);
    assertThat(inTheWay).exists();
  }

  private Path name(QuantizedWeights weights) throws Exception {
    PackedCache.open(environment, checkpoint.config(), weights);
    Path name = packed().get(0);
    Files.delete(name);
    return name;
  }

  @Test
  void thereAreThreeGraphsWithTheFileAndOneWithout() throws Exception {
    QuantizedWeights weights = quantized(WeightFormat.INT4);
    try (Sessions sessions = Sessions.open(environment, checkpoint, weights, 96, 1, 2)) {
      assertThat(Kind.values())
          .filteredOn(sessions::has)
          .containsExactly(Kind.NONE, Kind.PLAIN_LANE, Kind.STAGED);
    }
    Files.createDirectories(name(weights).resolve("full"));
    try (Sessions sessions = Sessions.open(environment, checkpoint, weights, 96, 1, 2)) {
      assertThat(Kind.values()).filteredOn(sessions::has).containsExactly(Kind.STAGED);
    }
  }

  /** The runtime takes what is mapped unread: a flipped bit would be computed with. */
  @Test
  void aFileThatIsDamagedAnywhereIsMadeAgain() throws Exception {
    QuantizedWeights weights = quantized(WeightFormat.INT4);
    float[] expected = logits(weights);
    Path file = packed().get(0);
    byte[] whole = Files.readAllBytes(file);
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 40; round++) {
      int at = round < 3 ? whole.length - 1 - 30 * round : random.nextInt(whole.length);
      try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
        open.seek(at);
        open.write(whole[at] ^ 1 << random.nextInt(8));
      }
      PackedCache.open(environment, checkpoint.config(), weights);
      assertThat(Files.readAllBytes(file)).as("seed %d, byte %d", seed, at).isEqualTo(whole);
    }
    for (int length : new int[] {0, 1, 43, 44, 45, whole.length / 2, whole.length - 1}) {
      try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
        open.setLength(length);
      }
      PackedCache.open(environment, checkpoint.config(), weights);
      assertThat(Files.readAllBytes(file)).as("%d bytes", length).isEqualTo(whole);
    }
    assertThat(logits(weights)).containsExactly(expected);
  }

  /** On another processor the runtime packs otherwise: what lies there has another hash, then. */
  @Test
  void whatIsPackedOtherwiseIsNotComputedWith() throws Exception {
    QuantizedWeights weights = quantized(WeightFormat.INT4);
    float[] expected = logits(weights);
    Path file = packed().get(0);
    Map<String, PackedWeights.Tensor> others = new HashMap<>();
    PackedCache.open(environment, checkpoint.config(), weights)
        .tensors()
        .forEach(
            (name, tensor) ->
                others.put(
                    name,
                    new PackedWeights.Tensor(
                        tensor.file(),
                        tensor.at(),
                        tensor.bytes(),
                        // another hash, and codes where packed codes are expected
                        tensor.packed().stream()
                            .map(
                                packed ->
                                    packed.replaceFirst("\\+[0-9]+\\|[0-9]+", "+1|" + tensor.at()))
                            .toList())));
    QuantizedMap any = weights.maps().values().iterator().next();
    Path written = Files.createFile(folder.resolve("cache").resolve("other"));
    PackedFile.write(written, PackedCache.identity(any.file(), weights), new PackedWeights(others));
    Files.move(written, file, StandardCopyOption.REPLACE_EXISTING);
    byte[] whole = Files.readAllBytes(file);
    assertThat(logits(weights)).containsExactly(expected);
    assertThat(Files.readAllBytes(file)).as("it was taken for what it says").isEqualTo(whole);
  }

  @Test
  void aFileOfOtherWeightsIsNotTaken() throws Exception {
    QuantizedWeights weights = quantized(WeightFormat.INT4);
    PackedCache.open(environment, checkpoint.config(), weights);
    Path file = packed().get(0);
    byte[] own = Files.readAllBytes(file);
    JsonObject config = TinyModel.config();
    config.addProperty("hidden_size", 160);
    config.addProperty("head_dim", 16);
    Checkpoint other = Checkpoint.open(TinyModel.write(folder.resolve("other"), config, "BF16", 4));
    QuantizedWeights others =
        new WeightCache(folder.resolve("cache"), Runnable::run, 1, System::nanoTime)
            .open(other.folder(), other.digest(), QuantizationPlan.of(other, WeightFormat.INT4));
    PackedCache.open(environment, other.config(), others);
    Path second = packed().stream().filter(path -> !path.equals(file)).findFirst().orElseThrow();
    Files.copy(second, file, StandardCopyOption.REPLACE_EXISTING);
    PackedCache.open(environment, checkpoint.config(), weights);
    assertThat(Files.readAllBytes(file)).isEqualTo(own);
  }

  @Test
  void nothingIsLeftOfAnUnfinishedOne() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    Path left = Files.createDirectories(cache.resolve("packing-1"));
    Files.writeString(left.resolve("saved.data"), "half");
    Path running = Files.createDirectories(cache.resolve("packing-2"));
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    PackedCache.open(environment, checkpoint.config(), quantized(WeightFormat.INT4));
    assertThat(left).doesNotExist();
    assertThat(running).as("of a server that packs now").exists();
    Files.createDirectories(left);
    Files.setLastModifiedTime(left, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    PackedCache.open(environment, checkpoint.config(), quantized(WeightFormat.INT4));
    assertThat(left).as("also by a start that makes nothing").doesNotExist();
    try (Stream<Path> files = Files.list(cache)) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("packing-")))
          .containsExactly(running);
    }
  }

  @Test
  void quantilesAreNotPacked() throws Exception {
    QuantizedWeights weights = quantized(WeightFormat.NF4);
    PackedWeights found = PackedCache.open(environment, checkpoint.config(), weights);
    assertThat(found.tensors().keySet()).allSatisfy(name -> assertThat(name).startsWith("lm_head"));
  }
}
