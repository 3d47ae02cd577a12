package io.openledger.serving.cuda;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.engine.Decoder;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.onnx.OnnxDecoder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Checks a decoder on a device against the processor, and measures it. Prints a line for each check
 * and each figure.
 *
 * <p>Longer than the house's limit: it is a list of checks.
 */
final class SelfTest {

  private static final int RANK = 16;
  private static final int CONTEXT = 256;
  private static final int PROMPT = 32;

  private final Supplier<Device> devices;
  private final PrintStream out;
  private final Path folder;
  private final Scale scale;
  private final LongSupplier nanoTime;
  private boolean failed;

  /**
   * How large it is.
   *
   * @param exact compared with the processor
   * @param speed measured
   * @param batches measured
   * @param steps of each measurement
   */
  record Scale(RandomCheckpoint exact, RandomCheckpoint speed, int[] batches, int steps) {
    static final Scale USUAL =
        new Scale(
            RandomCheckpoint.SMALL, RandomCheckpoint.HALF_BILLION, new int[] {1, 16, 64}, 100);
  }

  /**
   * @param devices opens the device anew each time
   * @param folder for generated checkpoints
   */
  SelfTest(
      Supplier<Device> devices, PrintStream out, Path folder, Scale scale, LongSupplier nanoTime) {
    this.devices = devices;
    this.out = out;
    this.folder = folder;
    this.scale = scale;
    this.nanoTime = nanoTime;
  }

  /** Runs all of it; true when every check held. */
  boolean run() throws IOException {
    long free;
    try (Device device = devices.get()) {
      free = device.capacity().free();
      out.printf(
          "device        %s%nmemory        %d MiB free of %d MiB%n",
          device.name(), free >> 20, device.capacity().total() >> 20);
      for (DType type : DType.values()) {
        if (type != DType.BF16 || device.compute(type) == type) {
          narrowing(device, type);
        }
      }
    }
    Checkpoint exact = Checkpoint.open(scale.exact().write(folder.resolve("exact"), 1));
    exactness(exact);
    Checkpoint speed = Checkpoint.open(scale.speed().write(folder.resolve("speed"), 2));
    measurements(speed);
    try (Device device = devices.get()) {
      long left = device.capacity().free();
      check(
          "memory is given back",
          left >= free - free / 10,
          String.format("%d MiB free before, %d MiB after", free >> 20, left >> 20));
    }
    out.println(failed ? "FAILED" : "PASSED");
    return !failed;
  }

  private void check(String what, boolean held, String figures) {
    failed |= !held;
    out.printf("%-13s %s: %s%n", held ? "ok" : "FAILED", what, figures);
  }

  /** All kinds of floats, with odd numbers of them, to places beside each other, and zeros. */
  private void narrowing(Device device, DType type) {
    int[] counts = {1, 4097, 3, 100_000, 5};
    int zeros = 2;
    float[] values = new float[Arrays.stream(counts).sum() - counts[zeros]];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < values.length; i++) {
      float uniform = (float) (random.nextInt() * 0x1p-36);
      values[i] = i % 2 == 0 ? uniform : Float.intBitsToFloat(random.nextInt());
    }
    int table = counts.length * Device.PIECE;
    int floats = Arrays.stream(counts).sum();
    ByteBuffer expected = ByteBuffer.allocate(floats * type.bytes()).order(ByteOrder.nativeOrder());
    int bytes = table + values.length * Float.BYTES;
    try (Device.Pinned memory = device.pin(bytes);
        Device.Block from = device.allocate(bytes);
        Device.Block to = device.allocate(expected.capacity());
        Device.Pinned back = device.pin(expected.capacity())) {
      int start = 0;
      ByteBuffer pieces = memory.bytes().clear();
      for (int i = 0; i < counts.length; i++) {
        boolean zero = i == zeros;
        pieces.putLong(to.address() + expected.position());
        pieces.putLong(zero ? -1 : start).putLong(counts[i]);
        int end = start + (zero ? 0 : counts[i]);
        Narrow.put(
            expected, type, zero ? new float[counts[i]] : Arrays.copyOfRange(values, start, end));
        start = end;
      }
      pieces.asFloatBuffer().put(values);
      Device.Queue queue = device.copies();
      queue.upload(from, 0, memory, 0, bytes);
      queue.scatter(from, counts.length, type);
      queue.download(back, to, expected.capacity());
      queue.finish();
      int wrong = 0;
      for (int i = 0; i < floats; i++) {
        wrong += same(type, expected, back.bytes(), i) ? 0 : 1;
      }
      check(
          "values in " + type + " equal the processor's, bit by bit",
          wrong == 0,
          wrong + " of " + floats + " differ");
    }
  }

  /** Which of the values that are no number it is does not matter. */
  private static boolean same(DType type, ByteBuffer one, ByteBuffer other, int index) {
    int at = index * type.bytes();
    if (type == DType.F32) {
      int bits = one.getInt(at);
      return bits == other.getInt(at)
          || Float.isNaN(Float.intBitsToFloat(bits)) && Float.isNaN(other.getFloat(at));
    }
    int infinite = type == DType.F16 ? 0x7c00 : 0x7f80;
    short bits = one.getShort(at);
    short read = other.getShort(at);
    return bits == read || (bits & 0x7fff) > infinite && (read & 0x7fff) > infinite;
  }

  private void exactness(Checkpoint checkpoint) {
    int rows = 6;
    try (DeviceDecoder device = Cuda.open(devices.get(), checkpoint, rows, CONTEXT, 0);
        Decoder processor = OnnxDecoder.open(checkpoint, rows, CONTEXT, 0)) {
      double limit = device.type() == DType.BF16 ? 2.4e-2 : 3e-3;
      int[][] ranks = new int[rows][];
      for (int row = 0; row < rows; row++) {
        ranks[row] = row == 0 ? new int[0] : slot(row - 1);
      }
      for (Decoder decoder : new Decoder[] {device, processor}) {
        decoder.reserve(RANK * rows);
        for (int row = 1; row < rows; row++) {
          decoder.upload(RandomCheckpoint.adapter(checkpoint.config(), RANK, row), ranks[row]);
        }
      }
      double worst = 0;
      for (int row = 0; row < rows; row++) {
        float[] actual = prompt(device, row, ranks[row]);
        worst = Math.max(worst, distance(actual, prompt(processor, row, ranks[row])));
      }
      check(
          "prompts of the base and of " + (rows - 1) + " adapters equal the processor's",
          worst <= limit,
          String.format("root mean square %.2e of the largest logit, at most %.0e", worst, limit));
      worst = 0;
      int same = 0;
      int told = 0;
      for (int step = 0; step < 24; step++) {
        int[] tokens = tokens(rows, 100 + step);
        int[] lengths = lengths(rows, PROMPT + step);
        float[] actual = copy(device.decode(tokens, lengths, ranks));
        float[] expected = copy(processor.decode(tokens, lengths, ranks));
        worst = Math.max(worst, distance(actual, expected));
        for (int row = 0; row < rows; row++) {
          told++;
          same += likeliest(actual, row, rows) == likeliest(expected, row, rows) ? 1 : 0;
        }
      }
      check(
          "a mixed batch equals the processor's",
          worst <= limit && same * 10 >= told * 9,
          String.format(
              "root mean square %.2e, likeliest token the same in %d of %d", worst, same, told));
      alone(device, ranks, limit);
      eviction(device, processor, checkpoint, limit);
      refusal(device);
    }
  }

  /** Whether bits depend on the batch is reported, not checked: cuBLAS chooses by its size. */
  private void alone(DeviceDecoder device, int[][] ranks, double limit) {
    int rows = ranks.length;
    for (int row = 0; row < rows; row++) {
      prompt(device, row, ranks[row]);
    }
    int[] tokens = tokens(rows, 7);
    float[] together = copy(device.decode(tokens, lengths(rows, PROMPT), ranks));
    double worst = 0;
    boolean bits = true;
    for (int row = 0; row < rows; row++) {
      prompt(device, 0, row, ranks[row]);
      float[] single =
          copy(
              device.decode(new int[] {tokens[row]}, new int[] {PROMPT}, new int[][] {ranks[row]}));
      float[] mixed = Arrays.copyOfRange(together, row * single.length, (row + 1) * single.length);
      worst = Math.max(worst, distance(mixed, single));
      bits &= Arrays.equals(mixed, single);
    }
    check(
        "a row alone equals itself in a mixed batch",
        worst <= limit,
        String.format("root mean square %.2e, the same bits: %s", worst, bits ? "yes" : "no"));
  }

  /** New adapters over the ranks of old ones, each used at once, while others decode. */
  private void eviction(
      DeviceDecoder device, Decoder processor, Checkpoint checkpoint, double limit) {
    double worst = 0;
    int[] ranks = slot(0);
    for (int round = 0; round < 8; round++) {
      AdapterWeights adapter = RandomCheckpoint.adapter(checkpoint.config(), RANK, 50 + round);
      device.upload(adapter, ranks);
      // A step that does not use it may overtake it.
      device.prefill(1, 0, tokens(PROMPT, 1), new long[0], new int[0]);
      processor.upload(adapter, ranks);
      worst = Math.max(worst, distance(prompt(device, 2, ranks), prompt(processor, 2, ranks)));
    }
    check(
        "an adapter over an evicted one is there when it is used",
        worst <= limit,
        String.format("root mean square %.2e in 8 rounds", worst));
  }

  private void refusal(DeviceDecoder device) {
    String answer = "nothing";
    try {
      device.reserve(Integer.MAX_VALUE / 2);
    } catch (OpenLedgerException e) {
      answer = e.code().id();
    }
    check(
        "adapters over the memory are refused",
        answer.equals(ErrorCode.BUSY.id()) && device.usedBytes() <= device.limitBytes(),
        String.format(
            "%s, %d of %d MiB in use",
            answer, device.usedBytes() >> 20, device.limitBytes() >> 20));
  }

  private void measurements(Checkpoint checkpoint) {
    int rows = Arrays.stream(scale.batches()).max().orElse(1);
    long start = nanoTime.getAsLong();
    try (DeviceDecoder decoder = Cuda.open(devices.get(), checkpoint, rows, CONTEXT, 0)) {
      out.printf(
          "model         %d MiB of weights in %s, opened in %.1f s%n",
          decoder.weightBytes() >> 20, decoder.type(), seconds(start));
      decoder.reserve(RANK * (rows + 1));
      AdapterWeights[] adapters = new AdapterWeights[4];
      for (int i = 0; i < adapters.length; i++) {
        adapters[i] = RandomCheckpoint.adapter(checkpoint.config(), RANK, i);
      }
      int[][] ranks = new int[rows][];
      for (int row = 0; row < rows; row++) {
        ranks[row] = slot(row);
        decoder.upload(adapters[row % adapters.length], ranks[row]);
      }
      cold(decoder, adapters);
      for (int batch : scale.batches()) {
        double base = rate(decoder, batch, new int[batch][0]);
        double mixed = rate(decoder, batch, Arrays.copyOf(ranks, batch));
        out.printf(
            "speed         batch %d: base %.0f tokens/s, %d different adapters %.0f tokens/s"
                + " (%.2f)%n",
            batch, base, batch, mixed, mixed / base);
      }
      overlap(decoder, adapters);
      check(
          "memory stays within its limit",
          decoder.usedBytes() <= decoder.limitBytes(),
          String.format(
              "KV cache %d MiB, adapters %d MiB, all but weights %d of at most %d MiB",
              decoder.cacheBytes() >> 20,
              decoder.adapterBytes() >> 20,
              decoder.usedBytes() >> 20,
              decoder.limitBytes() >> 20));
    }
  }

  private void cold(DeviceDecoder decoder, AdapterWeights[] adapters) {
    decoder.finishUploads();
    double[] host = new double[20];
    double[] whole = new double[host.length];
    for (int i = 0; i < host.length; i++) {
      long start = nanoTime.getAsLong();
      decoder.upload(adapters[i % adapters.length], slot(0));
      host[i] = seconds(start);
      decoder.finishUploads();
      whole[i] = seconds(start);
    }
    Arrays.sort(host);
    Arrays.sort(whole);
    out.printf(
        "cold adapter  rank %d: %.2f ms until it is on the device, %.2f ms of it on the caller's"
            + " thread (medians of %d)%n",
        RANK, 1e3 * whole[whole.length / 2], 1e3 * host[host.length / 2], host.length);
  }

  /** Tokens a second of so many rows. */
  private double rate(DeviceDecoder decoder, int batch, int[][] ranks) {
    int warm = Math.max(1, scale.steps() / 10);
    steps(decoder, batch, ranks, warm);
    long start = nanoTime.getAsLong();
    steps(decoder, batch, ranks, scale.steps());
    return batch * scale.steps() / seconds(start);
  }

  private static void steps(DeviceDecoder decoder, int batch, int[][] ranks, int count) {
    for (int step = 0; step < count; step++) {
      decoder.decode(tokens(batch, step), lengths(batch, step % (CONTEXT - 1)), ranks);
    }
  }

  /** How much of the shorter is hidden behind the longer when steps and uploads go together. */
  private void overlap(DeviceDecoder decoder, AdapterWeights[] adapters) {
    int batch = scale.batches()[scale.batches().length - 1];
    int[][] base = new int[batch][0];
    long start = nanoTime.getAsLong();
    steps(decoder, batch, base, scale.steps());
    double computing = seconds(start);
    start = nanoTime.getAsLong();
    for (int i = 0; i < scale.steps(); i++) {
      decoder.upload(adapters[i % adapters.length], slot(batch));
    }
    decoder.finishUploads();
    double copying = seconds(start);
    start = nanoTime.getAsLong();
    for (int i = 0; i < scale.steps(); i++) {
      decoder.upload(adapters[i % adapters.length], slot(batch));
      steps(decoder, batch, base, 1);
    }
    decoder.finishUploads();
    double both = seconds(start);
    out.printf(
        "overlap       %d steps of %d rows %.0f ms, %d uploads %.0f ms, together %.0f ms:"
            + " %.0f %% of the shorter hidden%n",
        scale.steps(),
        batch,
        1e3 * computing,
        scale.steps(),
        1e3 * copying,
        1e3 * both,
        100 * (computing + copying - both) / Math.min(computing, copying));
  }

  private static int[] slot(int number) {
    return IntStream.rangeClosed(1 + RANK * number, RANK * (number + 1)).toArray();
  }

  private static float[] prompt(Decoder decoder, int row, int[] ranks) {
    return prompt(decoder, row, row, ranks);
  }

  private static float[] prompt(Decoder decoder, int row, int seed, int[] ranks) {
    return copy(decoder.prefill(row, 0, tokens(PROMPT, seed), new long[] {PROMPT - 1}, ranks));
  }

  /** Below 256, which every vocabulary has. */
  private static int[] tokens(int count, int seed) {
    return new SplittableRandom(seed).ints(count, 0, 256).toArray();
  }

  private static int[] lengths(int rows, int length) {
    int[] lengths = new int[rows];
    Arrays.fill(lengths, length);
    return lengths;
  }

  private static float[] copy(FloatBuffer logits) {
    float[] values = new float[logits.remaining()];
    logits.get(values);
    return values;
  }

  private static int likeliest(float[] logits, int row, int rows) {
    int width = logits.length / rows;
    int best = row * width;
    for (int i = best; i < (row + 1) * width; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  /** The root of the mean square of the differences, as a part of the largest logit. */
  private static double distance(float[] actual, float[] expected) {
    double most = 0;
    double squares = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(expected[i]));
      squares += Math.pow(actual[i] - expected[i], 2);
    }
    double distance = Math.sqrt(squares / expected.length) / most;
    // A logit that is no number must fail, and Math.max over it must not forget it.
    return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
  }

  private double seconds(long start) {
    return (nanoTime.getAsLong() - start) * 1e-9;
  }
}
