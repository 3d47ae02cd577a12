package io.openledger.serving.cuda;

import io.openledger.api.OpenLedgerException;
import io.openledger.serving.capi.Api;
import io.openledger.serving.capi.Place;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Runs in a process of its own, over the driver that {@link StubDriverTest} made. */
public final class StubbedMain {

  private static final RandomCheckpoint SHAPE = new RandomCheckpoint(64, 96, 2, 4, 2, 300);

  private StubbedMain() {}

  /** The device of the driver, for which the processor computes. */
  private static final class Stubbed implements Device {
    private final CudaDevice device = CudaDevice.open(0);

    @Override
    public String name() {
      return device.name();
    }

    @Override
    public Capacity capacity() {
      return device.capacity();
    }

    @Override
    public DType compute(DType stored) {
      return DType.F16;
    }

    @Override
    public Place place(Api api) {
      return api.cpu();
    }

    @Override
    public Optional<Map<String, String>> provider(long memory) {
      System.out.println(
          "provider " + device.provider(memory).orElseThrow().keySet().stream().sorted().toList());
      long stream =
          Long.parseUnsignedLong(device.provider(memory).orElseThrow().get("user_compute_stream"));
      System.out.println("stream " + (stream != 0));
      return Optional.empty();
    }

    @Override
    public Block allocate(long bytes) {
      return device.allocate(bytes);
    }

    @Override
    public Pinned pin(long bytes) {
      return device.pin(bytes);
    }

    @Override
    public Queue compute() {
      return device.compute();
    }

    @Override
    public Queue copies() {
      return device.copies();
    }

    @Override
    public void close() {
      device.close();
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "whole" -> {
        SelfTest.Scale scale = new SelfTest.Scale(SHAPE, SHAPE, new int[] {1, 3}, 5);
        new SelfTest(Stubbed::new, System.out, folder, scale, System::nanoTime).run();
        rows(folder);
      }
      case "lost" -> lost(folder);
      default -> System.out.println(Cuda.missing());
    }
  }

  private static float[] decode(DeviceDecoder decoder, int[] tokens, int[] lengths) {
    float[] logits = new float[tokens.length * decoder.vocabulary()];
    decoder.decode(tokens, lengths, new int[tokens.length][0]).get(logits);
    return logits;
  }

  private static void rows(Path folder) throws Exception {
    Checkpoint checkpoint = Checkpoint.open(SHAPE.write(folder.resolve("rows"), 1));
    try (DeviceDecoder decoder = Cuda.open(new Stubbed(), checkpoint, 3, 64, 1)) {
      int v = decoder.vocabulary();
      int[] none = {};
      decoder.prefill(0, 0, new int[] {1, 2, 3, 4, 5}, new long[0], none);
      decoder.prefill(1, 0, new int[] {7, 8}, new long[0], none);
      decoder.prefill(2, 0, new int[] {7, 8}, new long[0], none);
      float[] before = decode(decoder, new int[] {1, 2, 3}, new int[] {5, 2, 2});
      decoder.swap(0, 5, 2, 2);
      decoder.move(2, 1, 5);
      float[] after = decode(decoder, new int[] {3, 1, 1}, new int[] {2, 5, 5});
      float[] first = Arrays.copyOf(before, v);
      System.out.println(
          "rows "
              + Arrays.equals(first, Arrays.copyOfRange(after, v, 2 * v))
              + Arrays.equals(first, Arrays.copyOfRange(after, 2 * v, 3 * v))
              + Arrays.equals(Arrays.copyOfRange(before, 2 * v, 3 * v), Arrays.copyOf(after, v)));
    }
  }

  private static void lost(Path folder) throws Exception {
    Checkpoint checkpoint = Checkpoint.open(SHAPE.write(folder.resolve("lost"), 1));
    try (DeviceDecoder decoder = Cuda.open(new Stubbed(), checkpoint, 2, 64, 1)) {
      for (int i = 0; i < 1000; i++) {
        decoder.prefill(0, 0, new int[] {1, 2, 3}, new long[] {2}, new int[0]);
      }
    } catch (OpenLedgerException e) {
      System.out.println("told " + e.code());
    }
    try (DeviceDecoder again = Cuda.open(new Stubbed(), checkpoint, 2, 64, 1)) {
      again.prefill(0, 0, new int[] {1, 2, 3}, new long[] {2}, new int[0]);
      System.out.println("again");
    } catch (OpenLedgerException e) {
      System.out.println("refused " + e.arrived());
    }
  }
}
