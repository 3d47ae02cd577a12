package io.openledger.serving.cli;

import io.openledger.api.model.GenerationOptions;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.MemoryLimits;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;

/**
 * One answer at a time: how near decoding comes to reading the weights as fast as memory gives
 * them, what is resident, and other programs on the same shape and bits.
 */
final class DecodeBench {

  private static final String PROMPT = "the duty of care that";
  private static final int CONTEXT = 512;

  private final EngineOptions options;
  private final Path checkpoint;
  private final Shape shape;
  private final ExecutorService threads;
  private final Rows rows;
  private final int runs;
  private final int tokens;

  DecodeBench(
      EngineOptions options,
      Path checkpoint,
      Shape shape,
      ExecutorService threads,
      Rows rows,
      int runs,
      int tokens) {
    this.options = options;
    this.checkpoint = checkpoint;
    this.shape = shape;
    this.threads = threads;
    this.rows = rows;
    this.runs = runs;
    this.tokens = tokens;
  }

  /** Bits of a weight with its group's 16-bit scale. */
  private static double bits(WeightFormat format) {
    return switch (format) {
      case STORED -> 16;
      case INT8 -> 8.5;
      case INT4, NF4 -> 4.5;
    };
  }

  /**
   * Measures one format.
   *
   * @param others commands to measure beside it, by name; each prints {@code tokens_per_second N}
   */
  void measure(WeightFormat format, Map<String, OtherProgram> others) throws Exception {
    String name = format.name().toLowerCase(Locale.ROOT);
    String decode = "decode, " + name + " ÷ memory bandwidth limit";
    String resident = "resident bytes ÷ weight bytes, " + name;
    double weightBytes = shape.weightsRead() * bits(format) / 8;
    OptionalLong before = Memory.resident();
    long heap = Memory.committedHeap();
    try (ServingEngine engine = open(format)) {
      long held = engine.status().memory().weights();
      Request request = request();
      Load.decode(engine, request);
      long grown =
          before.isEmpty()
              ? held
              : Memory.resident().orElse(0)
                  - before.getAsLong()
                  - Math.max(0, Memory.committedHeap() - heap)
                  - engine.status().memory().cache();
      // an engine that does not know the format would keep them as they are stored, or wider
      if (format != WeightFormat.STORED && grown > 1.5 * shape.storedBytes()) {
        throw new IllegalStateException(
            "the process grew by %.0f MiB where %s needs %.0f MiB"
                .formatted(grown / 1048576.0, name, weightBytes / 1048576));
      }
      if (before.isPresent() && grown < 0.9 * weightBytes) {
        // What an earlier engine of this process gave back was used again.
        rows.missing(resident, 1.15, false, "needs a process of its own: --rows " + name);
      } else {
        rows.atMost(
            resident,
            1.15,
            grown / weightBytes,
            (before.isPresent()
                        ? "the process grew by %.0f MiB without heap and KV cache"
                        : "no /proc/self/status: the engine says %.0f MiB")
                    .formatted(grown / 1048576.0)
                + "; weights %.0f MiB at %.1f bits, the engine says %.0f MiB"
                    .formatted(weightBytes / 1048576, bits(format), held / 1048576.0));
      }
      limit(decode, engine, weightBytes);
      for (Map.Entry<String, OtherProgram> other : others.entrySet()) {
        beside(other.getKey(), other.getValue(), name, engine);
      }
    } catch (IllegalStateException e) {
      rows.missing(resident, 1.15, false, "not measured: " + e.getMessage());
      rows.missing(decode, 0.6, true, "not measured: " + e.getMessage());
      others.forEach(
          (other, program) ->
              rows.missing(
                  "decode, " + name + " ÷ " + other,
                  program.target(),
                  true,
                  "not measured: " + e.getMessage()));
    }
  }

  private ServingEngine open(WeightFormat format) throws Exception {
    return options.open(
        checkpoint,
        format,
        new Limits(1, 16, 1, Math.min(CONTEXT, shape.context()), 4),
        new MemoryLimits(0, 0, 0),
        threads);
  }

  private Request request() {
    return new Request(Optional.empty(), PROMPT, GenerationOptions.greedy(tokens));
  }

  private void limit(String what, ServingEngine engine, double weightBytes) throws Exception {
    List<Double> rates = new ArrayList<>();
    double bandwidth = Bandwidth.measure();
    for (int run = 0; run < runs; run++) {
      rates.add(Load.decode(engine, request()));
      bandwidth = Math.max(bandwidth, Bandwidth.measure());
    }
    // keys and values of half the answer, in the engine's 32 bits
    double read =
        weightBytes + 4.0 * 2 * shape.layers() * shape.kvHeads() * shape.headDim() * (tokens / 2.0);
    Samples decoded = new Samples(rates);
    rows.atLeast(
        what,
        0.6,
        decoded.median() * read / bandwidth,
        "tokens/s %s; memory gives %.2f GB/s, a token reads %.1f MB, limit %.1f tokens/s"
            .formatted(decoded.told("%.2f"), bandwidth / 1e9, read / 1e6, bandwidth / read));
  }

  private void beside(String other, OtherProgram program, String format, ServingEngine engine)
      throws Exception {
    String what = "decode, " + format + " ÷ " + other;
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    try {
      for (int run = 0; run < runs; run++) {
        if (run % 2 == 0) {
          ours.add(Load.decode(engine, request()));
          theirs.add(program.run(PROMPT, tokens));
        } else {
          theirs.add(program.run(PROMPT, tokens));
          ours.add(Load.decode(engine, request()));
        }
      }
    } catch (OtherProgram.Failed e) {
      rows.missing(what, program.target(), true, "did not run: " + e.getMessage());
      return;
    }
    Samples we = new Samples(ours);
    Samples they = new Samples(theirs);
    rows.atLeast(
        what,
        program.target(),
        we.median() / they.median(),
        "tokens/s, ours " + we.told("%.2f") + ", theirs " + they.told("%.2f"));
  }
}
