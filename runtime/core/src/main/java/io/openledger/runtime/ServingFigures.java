package io.openledger.runtime;

import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import io.openledger.api.spi.ServingStatus.Times;
import io.openledger.runtime.ServingFigure.Numbers;
import io.openledger.runtime.ServingFigure.Sample;
import io.openledger.runtime.ServingFigure.Unit;
import io.openledger.runtime.ServingFigure.Values;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;

/** Every figure that is published of the serving engine, in the order in which it is told. */
public final class ServingFigures {

  /** All of them. */
  public static final List<ServingFigure> ALL =
      List.of(
          number("running", "Sequences in the batch.", false, ServingStatus::running),
          number("queued", "Requests waiting.", false, ServingStatus::queued),
          number("ready", "1 while the engine answers.", false, s -> s.ready() ? 1 : 0),
          new Numbers(
              "requests",
              "Requests by their end.",
              Unit.NONE,
              true,
              "end",
              List.of(
                  new Sample("completed", s -> s.requests().completed()),
                  new Sample("cancelled", s -> s.requests().cancelled()),
                  new Sample("expired", s -> s.requests().expired()),
                  new Sample("refused", s -> s.requests().refused()),
                  new Sample("failed", s -> s.requests().failed()))),
          new Numbers(
              "tokens",
              "Tokens by kind; prefix ones are among the prompt ones.",
              Unit.NONE,
              true,
              "kind",
              List.of(
                  new Sample("prompt", s -> s.requests().promptTokens()),
                  new Sample("prefix", s -> s.requests().prefixTokens()),
                  new Sample("generated", s -> s.requests().generatedTokens()))),
          new Numbers(
              "slot_lookups",
              "Requests by where their adapter was.",
              Unit.NONE,
              true,
              "result",
              List.of(
                  new Sample("hit", s -> s.adapters().hits()),
                  new Sample("host", s -> s.adapters().hostHits()),
                  new Sample("disk", s -> s.adapters().misses() - s.adapters().hostHits()))),
          number(
              "slot_evictions",
              "Adapters that left a slot for another.",
              true,
              s -> s.adapters().evictions()),
          new Numbers(
              "adapters",
              "Adapters by place.",
              Unit.NONE,
              false,
              "place",
              List.of(
                  new Sample("registered", s -> s.adapters().registered()),
                  new Sample("host", s -> s.adapters().host()),
                  new Sample("slot", s -> s.adapters().resident()),
                  new Sample("pinned", s -> s.adapters().pinned()))),
          new Numbers(
              "memory",
              "Bytes by what they hold.",
              Unit.BYTES,
              false,
              "of",
              List.of(
                  new Sample("weights", s -> s.memory().weights()),
                  new Sample("cache", s -> s.memory().cache()),
                  new Sample("prefixes", s -> s.memory().prefixes()),
                  new Sample("slots", s -> s.memory().slots()),
                  new Sample("host", s -> s.memory().host()))),
          times("queue", "From the call to a place in the batch.", Times::queue),
          times("first_token", "From the call to the first token.", Times::firstToken),
          times("token", "From one token to the next.", Times::token),
          times("step", "One step of the batch.", Times::step),
          times("adapter_load", "Into a slot.", Times::adapterLoad),
          sizes("batch_size", "Sequences in a step.", s -> s.batches().size()),
          sizes(
              "batch_adapters",
              "Different adapters in a step.",
              s -> s.batches().distinctAdapters()));

  private ServingFigures() {}

  private static Numbers number(
      String name, String help, boolean counts, ToLongFunction<ServingStatus> value) {
    return new Numbers(name, help, Unit.NONE, counts, "", List.of(new Sample("", value)));
  }

  /** The engine's own buckets of seconds: 22 bounds from 100 µs, doubling. */
  private static Values times(String name, String help, Function<Times, Distribution> of) {
    return new Values(
        name, help, Unit.SECONDS, doubling(1e-4, 22), status -> of.apply(status.times()));
  }

  /** The engine's own buckets of sizes: powers of two up to 256. */
  private static Values sizes(
      String name, String help, Function<ServingStatus, Distribution> distribution) {
    return new Values(name, help, Unit.NONE, doubling(1, 9), distribution);
  }

  private static List<Double> doubling(double first, int bounds) {
    return DoubleStream.iterate(first, bound -> bound * 2).limit(bounds).boxed().toList();
  }
}
