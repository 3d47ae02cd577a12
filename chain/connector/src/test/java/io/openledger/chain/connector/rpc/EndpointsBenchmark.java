package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.LyingNode;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Questions answered in a second by a real node: by one endpoint as it stands, and by three that
 * must agree, in turns; then how long the call takes in which an endpoint is found dead, and the
 * one after it. Run it from the tests' class path; it takes half a minute.
 */
final class EndpointsBenchmark {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();

  private EndpointsBenchmark() {}

  public static void main(String[] arguments) throws InterruptedException {
    try (Anvil anvil = Anvil.start()) {
      anvil.mine(30);
      rates(anvil);
    }
    for (String death : List.of("refuses connections", "never answers")) {
      dead(death);
    }
    THREADS.shutdownNow();
  }

  private static HttpService service(String name, URI uri) {
    return new HttpService(new RpcEndpoint(name, uri), RpcLimits.USUAL, THREADS);
  }

  private static Endpoints endpoints(URI... uris) {
    List<HttpService> services = new ArrayList<>();
    for (URI uri : uris) {
      services.add(service("n" + services.size(), uri));
    }
    return new Endpoints(
        1612, services, EndpointSettings.USUAL, System::nanoTime, Clock.systemUTC());
  }

  private static void rates(Anvil anvil) {
    Node raw = new Node(service("raw", anvil.uri()));
    ChainClient one = endpoints(anvil.uri());
    ChainClient three = endpoints(anvil.uri(), anvil.uri(), anvil.uri());
    Map<String, Runnable> ways = new LinkedHashMap<>();
    ways.put(
        "block 7, raw",
        () -> {
          try {
            raw.ask(Question.block(7));
          } catch (RpcException e) {
            throw new AssertionError(e);
          }
        });
    ChainAddress somebody = new ChainAddress("0x" + "12".repeat(20));
    for (Map.Entry<String, ChainClient> each : Map.of("1", one, "3", three).entrySet()) {
      ChainClient client = each.getValue();
      String of = ", of " + each.getKey();
      ways.put("block 7" + of, () -> client.block(7));
      ways.put(
          "call on the newest" + of,
          () -> client.call(Call.to(somebody, new byte[0]), Finality.UNSAFE));
      ways.put("final head" + of, () -> client.head(Finality.FINALIZED));
      ways.put("no receipt" + of, () -> client.receipt(Hash256.ZERO));
    }
    for (int round = 0; round < 3; round++) {
      int shown = round;
      ways.forEach(
          (name, way) ->
              System.out.printf(
                  "round %d: %-24s %,7.0f/s on 1 thread, %,7.0f/s on 8%n",
                  shown, name, rate(way, 1), rate(way, 8)));
    }
  }

  private static double rate(Runnable way, int threads) {
    long start = System.nanoTime();
    long end = start + 500_000_000L;
    long[] done = new long[threads];
    List<Thread> all =
        IntStream.range(0, threads)
            .mapToObj(
                t ->
                    new Thread(
                        () -> {
                          while (System.nanoTime() < end) {
                            way.run();
                            done[t]++;
                          }
                        }))
            .toList();
    all.forEach(Thread::start);
    for (Thread each : all) {
      try {
        each.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return IntStream.range(0, threads).mapToLong(t -> done[t]).sum()
        * 1e9
        / (System.nanoTime() - start);
  }

  private static void dead(String death) {
    try (Anvil anvil = Anvil.start();
        LyingNode first = new LyingNode(anvil.uri())) {
      anvil.mine(30);
      Endpoints three = endpoints(first.uri(), anvil.uri(), anvil.uri());
      three.head(Finality.FINALIZED);
      three.block(7);
      if (death.equals("never answers")) {
        first.delays(java.time.Duration.ofMinutes(1));
      } else {
        first.close();
      }
      for (int call = 1; call <= 3; call++) {
        long start = System.nanoTime();
        three.block(7);
        System.out.printf(
            "%s: call %d took %.1f ms, it is %s%n",
            death, call, (System.nanoTime() - start) / 1e6, three.states().get(0).status());
      }
    }
  }
}
