package io.openledger.rollup.outbox;

import io.openledger.chain.connector.rpc.ChainClient;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** How often the nodes of a storm asked the chain for what, and how long that took. */
final class StormMeter {

  private record Asked(LongAdder count, LongAdder nanos) {}

  private final Map<String, Asked> asked = new ConcurrentSkipListMap<>();

  ChainClient over(ChainClient chain) {
    return (ChainClient)
        Proxy.newProxyInstance(
            StormMeter.class.getClassLoader(),
            new Class<?>[] {ChainClient.class},
            (self, method, arguments) -> {
              long begun = System.nanoTime();
              try {
                return method.invoke(chain, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                Asked each =
                    asked.computeIfAbsent(
                        method.getName(), m -> new Asked(new LongAdder(), new LongAdder()));
                each.count().increment();
                each.nanos().add(System.nanoTime() - begun);
              }
            });
  }

  /** Of each method the number of calls and their milliseconds, since this was called last. */
  String took() {
    StringBuilder text = new StringBuilder();
    asked.forEach(
        (method, each) ->
            text.append(
                String.format(
                    " %s %d/%d ms",
                    method, each.count().sumThenReset(), each.nanos().sumThenReset() / 1_000_000)));
    return text.toString();
  }
}
