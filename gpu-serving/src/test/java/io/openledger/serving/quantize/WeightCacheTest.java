package io.openledger.serving.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import io.openledger.serving.TensorFile;
import io.openledger.serving.TensorFile.Tensor;
import io.openledger.serving.TinyModel;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.TensorData;
import io.openledger.serving.model.TensorRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class WeightCacheTest {

  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

  @TempDir Path folder;
  private Path cache;
  private Checkpoint checkpoint;
  private final ExecutorService threads = Executors.newFixedThreadPool(3);

  @BeforeEach
  void write() throws Exception {
    cache = folder.resolve("cache");
    checkpoint =
        Checkpoint.open(TinyModel.write(folder.resolve("base"), TinyModel.config(), "F32", 3));
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private QuantizedWeights open(WeightFormat format, Executor executor) {
    return new WeightCache(cache, executor, 3, System::nanoTime)
        .open(checkpoint.folder(), checkpoint.digest(), QuantizationPlan.of(checkpoint, format));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.toList();
    }
  }

  private Path made(WeightFormat format) throws IOException {
    open(format, threads);
    assertThat(files()).hasSize(1);
    return files().get(0);
  }

  @ParameterizedTest
  @EnumSource(value = WeightFormat.class, names = "STORED", mode = EnumSource.Mode.EXCLUDE)
  void isTheSameFromAnyThreadsAndIsFoundAgain(WeightFormat format) throws Exception {
    Path file = made(format);
    byte[] first = Files.readAllBytes(file);
    Files.setLastModifiedTime(file, LONG_AGO);
    open(format, threads);
    assertThat(Files.getLastModifiedTime(file)).as("not written again").isEqualTo(LONG_AGO);
    Files.delete(file);
    open(
        format,
        task -> {
          throw new RejectedExecutionException("no thread is free");
        });
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
    Files.delete(file);
    open(format, task -> {}); // an executor that never comes to it
    assertThat(Files.readAllBytes(file)).isEqualTo(first);
  }

  @Test
  void keepsEachMapWhereItSays() throws Exception {
    QuantizedWeights weights = open(WeightFormat.INT8, threads);
    assertThat(weights.maps()).hasSize(checkpoint.config().modules().size() + 1);
    Checkpoint back = Dequantized.write(folder.resolve("back"), checkpoint, weights);
    for (String name : weights.maps().keySet()) {
      float[] stored = read(checkpoint, name);
      float[] kept = read(back, name);
      for (int i = 0; i < stored.length; i++) {
        assertThat(kept[i]).isCloseTo(stored[i], within(0.007f));
      }
    }
  }

  private static float[] read(Checkpoint of, String name) throws IOException {
    return TensorData.read(of.tensors().get(name));
  }

  @Test
  void neverServesATornOrEditedFile() throws Exception {
    Path file = made(WeightFormat.INT4);
    byte[] whole = Files.readAllBytes(file);
    QuantizedWeights weights = open(WeightFormat.INT4, threads);
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<byte[]> broken = new ArrayList<>();
    broken.add(new byte[0]);
    broken.add(Arrays.copyOf(whole, whole.length - 1));
    broken.add(Arrays.copyOf(whole, whole.length + 1));
    broken.add(new byte[whole.length]);
    QuantizedMap first = Layout.of(file, checkpoint.digest(), plan()).maps().get(0);
    for (int i = 0; i < 40; i++) {
      byte[] edited = Arrays.copyOf(whole, whole.length);
      int at = random.nextInt((int) first.codesAt() - 64);
      edited[at] ^= (byte) (1 << random.nextInt(8));
      broken.add(edited);
    }
    for (QuantizedMap map : weights.maps().values()) {
      byte[] edited = Arrays.copyOf(whole, whole.length);
      edited[(int) (map.codesAt() + random.nextLong(map.codesBytes()))] ^= 1;
      broken.add(edited);
      edited = Arrays.copyOf(whole, whole.length);
      edited[(int) (map.scalesAt() + random.nextLong(map.scalesBytes()))] ^= 1;
      broken.add(edited);
    }
    for (byte[] bytes : broken) {
      Files.write(file, bytes);
      open(WeightFormat.INT4, threads);
      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
      assertThat(files()).containsExactly(file);
    }
  }

  private Map<TensorRef, BlockFormat> plan() {
    return QuantizationPlan.of(checkpoint, WeightFormat.INT4);
  }

  @Test
  void leavesNothingOfAFileThatDoesNotFitTheDisk() throws Exception {
    AtomicInteger room = new AtomicInteger(10_000);
    WeightCache full =
        new WeightCache(
            cache,
            threads,
            2,
            System::nanoTime,
            (channel, bytes, at) -> {
              if (room.addAndGet(-bytes.remaining()) < 0) {
                throw new IOException("No space left on device");
              }
              channel.write(bytes, at);
            });
    assertThatThrownBy(() -> full.open(checkpoint.folder(), checkpoint.digest(), plan()))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
        .hasMessageContaining("No space left on device");
    assertThat(files()).isEmpty();
    open(WeightFormat.INT4, threads);
    assertThat(files()).hasSize(1);
  }

  @Test
  void refusesWeightsThatAreNotFinite() throws Exception {
    JsonObject config = TinyModel.config();
    Map<String, Tensor> tensors = TinyModel.tensors(config, "F32", 1);
    tensors.get("model.layers.1.mlp.up_proj.weight").values()[77] = Float.NaN;
    Files.write(checkpoint.folder().resolve("model.safetensors"), TensorFile.bytes(tensors));
    checkpoint = Checkpoint.open(checkpoint.folder());
    assertThatThrownBy(() -> open(WeightFormat.NF4, threads))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_BROKEN))
        .hasMessageContaining("model.layers.1.mlp.up_proj.weight")
        .hasMessageContaining("NaN");
    assertThat(files()).isEmpty();
  }

  @Test
  void letsTwoMakeTheSameFileAtOnce() throws Exception {
    for (int round = 0; round < 10; round++) {
      List<Future<QuantizedWeights>> both = new ArrayList<>();
      ExecutorService two = Executors.newFixedThreadPool(2);
      for (int i = 0; i < 2; i++) {
        both.add(two.submit(() -> open(WeightFormat.INT8, threads)));
      }
      QuantizedWeights first = both.get(0).get();
      assertThat(both.get(1).get()).isEqualTo(first);
      two.shutdown();
      assertThat(files()).hasSize(1);
      Files.delete(files().get(0));
    }
  }

  @Test
  void deletesWhatWasMadeOfAnOlderCheckpointInTheSameFolderAndNothingElse() throws Exception {
    Path old = made(WeightFormat.INT4);
    String prefix = String.valueOf(old.getFileName()).substring(0, 20);
    Path unfinished = Files.write(cache.resolve(prefix + "-1.tmp"), new byte[3]);
    Files.setLastModifiedTime(unfinished, LONG_AGO);
    Path running = Files.write(cache.resolve(prefix + "-2.tmp"), new byte[3]);
    Path other = Files.write(cache.resolve("weights-000000000000-int4-00.q"), new byte[3]);
    TinyModel.write(checkpoint.folder(), TinyModel.config(), "F32", 4);
    checkpoint = Checkpoint.open(checkpoint.folder());
    open(WeightFormat.INT4, threads);
    open(WeightFormat.INT8, threads);
    assertThat(files()).hasSize(4).contains(running, other).doesNotContain(old, unfinished);
  }

  @Test
  void aStartThatMakesNothingDeletesWhatAKilledOneLeft() throws Exception {
    Path whole = made(WeightFormat.INT4);
    String prefix = String.valueOf(whole.getFileName()).substring(0, 20);
    Path unfinished = Files.write(cache.resolve(prefix + "-1.tmp"), new byte[3]);
    open(WeightFormat.INT4, threads);
    assertThat(files()).as("it may be written now").contains(whole, unfinished);
    Files.setLastModifiedTime(unfinished, LONG_AGO);
    open(WeightFormat.INT4, threads);
    assertThat(files()).containsExactly(whole);
  }
}
