package io.openledger.chain;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.chain.merkle.AccountTree;
import java.io.IOException;
import java.lang.ref.Reference;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * What an epoch of many accounts costs: the whole tree at once, an epoch that changes 1000 of them
 * and brings 100 new ones, a proof, and the leaf data written (to the medium) and read (with the
 * tree rebuilt and checked), and the heap that a tree takes. The tree also with the machine's other
 * processors helping. Beside each, in the same run, the plain way: a {@link CumulativeSettlement},
 * which builds its whole tree for each epoch and has no leaf data.
 *
 * <p>Each is the median of so many runs after one that does not count, by the clock. One thread
 * where nothing else is said. Arguments: accounts (1048576), runs (5), seed (1). From the project's
 * root:
 *
 * <pre>
 * mvn -Dquick -pl chain -am test-compile
 * mvn -q -pl chain dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -Xmx3g -cp chain/target/classes:chain/target/test-classes:api/target/classes:BCPROV.jar \
 *     io.openledger.chain.SettlementBenchmark 1048576 5 1
 * </pre>
 */
final class SettlementBenchmark {

  private static final int CHANGED = 1000;
  private static final int NEW = 100;
  private static final int PROOFS = 10_000;

  private final Random random;
  private final int runs;
  private final List<Total> totals = new ArrayList<>();

  private SettlementBenchmark(long seed, int runs) {
    this.random = new Random(seed);
    this.runs = runs;
  }

  public static void main(String[] args) throws IOException {
    int accounts = args.length > 0 ? Integer.parseInt(args[0]) : 1 << 20;
    int runs = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    long seed = args.length > 2 ? Long.parseLong(args[2]) : 1;
    System.out.printf(
        "%d accounts, median of %d, seed %d, %s%n", accounts, runs, seed, Runtime.version());
    new SettlementBenchmark(seed, runs).run(accounts);
  }

  private void run(int accounts) throws IOException {
    for (int i = 0; i < accounts; i++) {
      totals.add(fresh());
    }
    AccountTree[] tree = {new AccountTree()};
    Settlement.Tree[] plain = new Settlement.Tree[1];
    CumulativeSettlement settlement = new CumulativeSettlement();
    double build =
        median(
            i -> {
              tree[0] = new AccountTree();
              tree[0].update(1, totals);
            });
    double plainBuild = median(i -> plain[0] = settlement.close(1, totals, List.of()));
    print("the whole tree, s", build, plainBuild, 1);
    int helping = Runtime.getRuntime().availableProcessors() - 1;
    ExecutorService helpers = Executors.newFixedThreadPool(Math.max(1, helping));
    try {
      double helped =
          median(
              i -> {
                tree[0] = new AccountTree();
                tree[0].update(1, totals, helpers);
              });
      print("the whole tree with " + helping + " helping, s", helped, plainBuild, 1);
      double copy = median(i -> tree[0].copy());
      print("a copy of it, ms", copy, plainBuild, 1e3);
    } finally {
      helpers.shutdown();
    }

    List<List<Total>> epochs = new ArrayList<>();
    for (int i = 0; i <= runs; i++) {
      epochs.add(changes());
    }
    double update = median(i -> tree[0].update(2 + i, epochs.get(i)));
    print("an epoch of 1000 changed and 100 new, ms", update, plainBuild, 1e3);

    ChainAddress[] asked = new ChainAddress[PROOFS];
    Arrays.setAll(asked, i -> totals.get(random.nextInt(totals.size())).address());
    Settlement.Tree standard = plain[0];
    int[] siblings = new int[1];
    double proof =
        median(
            i -> {
              for (ChainAddress a : asked) {
                siblings[0] += tree[0].proof(a).orElseThrow().siblings().size();
              }
            });
    double plainProof =
        median(
            i -> {
              for (ChainAddress a : asked) {
                siblings[0] += standard.proof(a).orElseThrow().siblings().size();
              }
            });
    print("a proof, µs", proof / PROOFS, plainProof / PROOFS, 1e6);
    file(tree[0]);
    memory(
        () -> {
          AccountTree again = new AccountTree();
          again.update(1, totals);
          return again;
        },
        () -> settlement.close(1, totals, List.of()));
  }

  /** What a tree keeps from collection, the amounts that it was made of not counted. */
  private void memory(Supplier<Object> ours, Supplier<Object> plain) {
    System.out.printf(
        Locale.ROOT,
        "heap an account, bytes: %.0f; plain %.0f%n",
        kept(ours) / (double) totals.size(),
        kept(plain) / (double) totals.size());
  }

  private static long kept(Supplier<Object> made) {
    long before = used();
    Object tree = made.get();
    long after = used();
    Reference.reachabilityFence(tree);
    return after - before;
  }

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void file(AccountTree tree) throws IOException {
    Path file = Files.createTempFile("leaves", ".bin");
    try {
      Hash256[] digest = new Hash256[1];
      double write = median(i -> digest[0] = LeafFile.write(file, tree).digest());
      double read = median(i -> LeafFile.read(file, tree.root(), digest[0]));
      double mega = Files.size(file) / 1e6;
      System.out.printf(
          Locale.ROOT,
          "leaf data of %.1f MB: written %.0f MB/s, read and rebuilt %.1f MB/s (%.2f s)%n",
          mega,
          mega / write,
          mega / read,
          read);
    } finally {
      Files.delete(file);
    }
  }

  private List<Total> changes() {
    List<Total> changes = new ArrayList<>();
    // each account at most once
    int step = totals.size() / CHANGED;
    int from = random.nextInt(step);
    for (int i = 0; i < CHANGED; i++) {
      int at = from + i * step;
      Total was = totals.get(at);
      Total now = new Total(was.address(), was.cumulative().plus(Wei.of(1 + random.nextInt(9))));
      totals.set(at, now);
      changes.add(now);
    }
    for (int i = 0; i < NEW; i++) {
      changes.add(fresh());
    }
    return changes;
  }

  private Total fresh() {
    byte[] address = new byte[20];
    random.nextBytes(address);
    BigInteger amount = new BigInteger(80, random).add(BigInteger.ONE);
    return new Total(new ChainAddress("0x" + HexFormat.of().formatHex(address)), new Wei(amount));
  }

  /** Seconds. */
  private double median(IntConsumer work) {
    double[] seconds = new double[runs];
    for (int i = 0; i <= runs; i++) {
      long before = System.nanoTime();
      work.accept(i);
      if (i > 0) {
        seconds[i - 1] = (System.nanoTime() - before) / 1e9;
      }
    }
    Arrays.sort(seconds);
    return seconds[runs / 2];
  }

  private static void print(String what, double ours, double plain, double unit) {
    System.out.printf(
        Locale.ROOT,
        "%s: %.3f; plain %.3f; %.1f times as fast%n",
        what,
        ours * unit,
        plain * unit,
        plain / ours);
  }
}
