package io.openledger.serving.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;

/**
 * Writes safetensors files of random bf16 weights, whatever their size, through a buffer of 1 MiB.
 * The same seed and name give the same bits.
 *
 * <p>Values come from a table of 65 536 normal ones, picked by 16 random bits each: four a random
 * number, so that a billion weights take seconds.
 */
final class RandomTensors {

  private static final int TABLE = 1 << 16;
  private static final int BUFFER = 1 << 20;

  private final float[] normal = new float[TABLE];
  private final long seed;

  RandomTensors(long seed) {
    this.seed = seed;
    Random random = new Random(seed);
    for (int i = 0; i < TABLE; i++) {
      normal[i] = (float) random.nextGaussian();
    }
  }

  /**
   * Writes one file.
   *
   * @param shapes by name, in the file's order
   * @param deviation of each tensor, by name; 0: all ones, as in norms
   * @param written told how many bytes
   */
  void write(
      Path file,
      Map<String, int[]> shapes,
      ToDoubleFunction<String> deviation,
      LongConsumer written)
      throws IOException {
    JsonObject header = new JsonObject();
    long end = 0;
    for (Map.Entry<String, int[]> tensor : shapes.entrySet()) {
      long bytes = bytes(tensor.getValue());
      JsonObject one = new JsonObject();
      one.addProperty("dtype", "BF16");
      JsonArray shape = new JsonArray();
      Arrays.stream(tensor.getValue()).forEach(shape::add);
      one.add("shape", shape);
      JsonArray offsets = new JsonArray();
      offsets.add(end);
      offsets.add(end + bytes);
      one.add("data_offsets", offsets);
      header.add(tensor.getKey(), one);
      end += bytes;
    }
    byte[] json = padded(header.toString());
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
      flush(channel, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, json.length));
      flush(channel, ByteBuffer.wrap(json));
      for (Map.Entry<String, int[]> tensor : shapes.entrySet()) {
        short[] table = table(deviation.applyAsDouble(tensor.getKey()));
        SplittableRandom random = new SplittableRandom(seed ^ seedOf(tensor.getKey()));
        long left = bytes(tensor.getValue()) / 2;
        while (left > 0) {
          buffer.clear();
          int count = (int) Math.min(left, BUFFER / 2);
          fill(buffer, count, table, random);
          left -= count;
          flush(channel, buffer.flip());
          written.accept(2L * count);
        }
      }
    }
  }

  private static void fill(ByteBuffer buffer, int count, short[] table, SplittableRandom random) {
    long bits = 0;
    for (int i = 0; i < count; i++) {
      bits = i % 4 == 0 ? random.nextLong() : bits >>> 16;
      buffer.putShort(table[(int) bits & TABLE - 1]);
    }
  }

  private short[] table(double deviation) {
    short[] table = new short[TABLE];
    for (int i = 0; i < TABLE; i++) {
      float value = deviation == 0 ? 1 : (float) (deviation * normal[i]);
      table[i] = (short) (Float.floatToRawIntBits(value) >>> 16);
    }
    return table;
  }

  /** FNV-1a: a String's own hash would make tensors alike whose names nearly are. */
  private static long seedOf(String name) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ each) * 0x100000001b3L;
    }
    return hash;
  }

  static long bytes(int[] shape) {
    return 2 * Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
  }

  private static byte[] padded(String header) {
    String padding = " ".repeat(Math.floorMod(-header.length(), 8));
    return (header + padding).getBytes(StandardCharsets.UTF_8);
  }

  private static void flush(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Total size of a folder's files, for telling it. */
  static long size(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      long sum = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sum += Files.size(file);
      }
      return sum;
    }
  }
}
