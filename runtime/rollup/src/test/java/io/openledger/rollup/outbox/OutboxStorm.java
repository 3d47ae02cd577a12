package io.openledger.rollup.outbox;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import io.openledger.runtime.support.PostgresCluster;
import io.openledger.runtime.support.TestDatabase;
import java.io.File;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The program that tries to make the outbox pay twice, or lose a payment. Some nodes store
 * messages, each with a row of an application in one transaction, and send them to a real chain's
 * node; they are killed between any two statements or calls, processes with SIGKILL too; the chain
 * is reorganised, restarted, forgets what waits, wants more than was offered, and somebody else
 * uses the key. In the end each row must have one event in final blocks, and what was rolled back
 * none.
 *
 * <p>Arguments are {@link StormPlan}'s, such as {@code messages=100000 kills=2000 seed=7}; {@code
 * child} as the first is for the program itself.
 */
final class OutboxStorm {

  private static final AnvilOptions NODE =
      AnvilOptions.USUAL.withoutMining().withEpoch(6).withAccounts(2);

  private static final java.util.logging.Logger MIGRATIONS =
      java.util.logging.Logger.getLogger("org.flywaydb");

  /** Children's numbers begin here, so that they need not ask the parent. */
  private static final long CHILDREN = 1_000_000_000L;

  private final StormPlan plan;
  private final Random random;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong killed = new AtomicLong();
  private final AtomicLong processKills = new AtomicLong();
  private final ConcurrentLinkedQueue<Long> again = new ConcurrentLinkedQueue<>();
  private final Set<Long> committed = ConcurrentHashMap.newKeySet();
  private final Set<Long> rolledBack = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private volatile boolean storing = true;

  private OutboxStorm(StormPlan plan) {
    this.plan = plan;
    this.random = new Random(plan.seed());
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 0 && arguments[0].equals("child")) {
      child(arguments);
      return;
    }
    // each node tells of the migrations that it finds done
    MIGRATIONS.setLevel(java.util.logging.Level.WARNING);
    StormPlan plan = StormPlan.parse(arguments);
    System.out.println(plan);
    StormResult result = run(plan);
    System.out.println(result);
    System.exit(result.duplicates() + result.losses() + result.ghosts() == 0 ? 0 : 1);
  }

  static StormResult run(StormPlan plan) throws Exception {
    try (Anvil anvil = Anvil.start(NODE)) {
      if (!plan.postgres()) {
        try (TestDatabase database = TestDatabase.h2()) {
          return new OutboxStorm(plan).run(anvil, database);
        }
      }
      Path programs = PostgresCluster.programs().orElseThrow();
      try (PostgresCluster cluster = PostgresCluster.start(programs);
          TestDatabase database = cluster.database("storm")) {
        return new OutboxStorm(plan).run(anvil, database);
      }
    }
  }

  static ChainClient client(URI uri, ExecutorService callbacks) {
    return new NodeClient(
        new HttpService(new RpcEndpoint("anvil", uri), RpcLimits.USUAL, callbacks));
  }

  private final StormNode.Work work =
      new StormNode.Work() {
        @Override
        public long next() {
          Long before = again.poll();
          if (before != null) {
            return before;
          }
          return storing && next.get() < plan.messages() ? next.getAndIncrement() : -1;
        }

        @Override
        public void again(long number) {
          again.add(number);
        }

        @Override
        public void committed(long number) {
          committed.add(number);
        }

        @Override
        public void rolledBack(long number) {
          rolledBack.add(number);
        }
      };

  private StormResult run(Anvil anvil, TestDatabase database) throws Exception {
    long start = System.nanoTime();
    ExecutorService callbacks = Executors.newCachedThreadPool();
    List<Process> children = new ArrayList<>();
    try (LocalSigner signer = anvil.signer(0)) {
      ChainClient chain = client(anvil.uri(), callbacks);
      StormMeter meter = new StormMeter();
      ChainClient metered = meter.over(chain);
      anvil.setBalance(signer.address(), new Wei(BigInteger.TEN.pow(30)));
      Counting.put(anvil);
      anvil.mine(20);
      Nodes.store(database).prepare();
      try (Connection c = database.pool().getConnection();
          Statement s = c.createStatement()) {
        s.execute(StormNode.TABLE);
      }
      List<java.util.concurrent.Future<?>> nodes = new ArrayList<>();
      for (int i = 0; i < plan.nodes(); i++) {
        Random own = new Random(random.nextLong());
        nodes.add(threads.submit(() -> lives(database, metered, signer, own)));
      }
      StormChain stirred =
          new StormChain(anvil, chain, signer, plan, new Random(random.nextLong()));
      StormTally tally = new StormTally();
      long told = 0;
      while (!over() && seconds(start) < plan.seconds()) {
        stirred.stir(committed.size() / (double) plan.messages());
        tendChildren(children, database, anvil);
        for (java.util.concurrent.Future<?> node : nodes) {
          if (node.isDone()) {
            node.get(); // a node that ended by itself tells why
          }
        }
        if (seconds(start) - told >= 20) {
          told = (long) seconds(start);
          tally.readOn(chain);
          System.out.printf(
              "%d s: %d committed, %d arrived, %d not final, %d kills, %d reorgs, block %d;%s%n",
              told,
              committed.size(),
              tally.arrived(),
              database.number("SELECT COUNT(*) FROM ol_outbox WHERE open_nonce >= 0"),
              killed.get(),
              stirred.reorgs,
              anvil.height(),
              meter.took());
        }
        StormChain.pause(10);
      }
      storing = false;
      for (Process child : children) {
        child.destroyForcibly();
        child.waitFor(30, TimeUnit.SECONDS);
      }
      threads.shutdown();
      if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
        throw new AssertionError("a node does not end");
      }
      // what is not known to be committed is in the table or not: the table decides
      settle(anvil, database, chain, signer);
      tally.readOn(chain);
      System.out.printf("the node forgot %d events that were final%n", tally.forgotten(chain));
      return count(database, tally, stirred, seconds(start));
    } catch (RuntimeException e) {
      throw new IllegalStateException("the storm ends; of the node: " + anvil.told(), e);
    } finally {
      children.forEach(Process::destroyForcibly);
      threads.shutdownNow();
      callbacks.shutdownNow();
    }
  }

  private boolean over() {
    return next.get() >= plan.messages()
        && again.isEmpty()
        && committed.size() + rolledBack.size() >= plan.messages();
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** One node after the other at one place in the cluster; each is killed. */
  private void lives(TestDatabase database, ChainClient chain, LocalSigner signer, Random own) {
    while (storing) {
      // as many deaths as the plan has, spread over the messages
      double due = plan.kills() * (0.05 + committed.size() / (double) plan.messages());
      long mean = killed.get() < due ? 400 : 15_000;
      long steps = 1 + (long) (-Math.log(1 - own.nextDouble()) * mean);
      Mortal fate = new Mortal(steps);
      StormNode node = new StormNode(database, chain, signer, fate, own);
      // one that stores and one that sends, as in a server; both die together
      CompletableFuture<Void> sends = CompletableFuture.runAsync(() -> until(node::turn), threads);
      until(() -> node.store(work));
      sends.join();
      if (fate.dead()) {
        killed.incrementAndGet();
      }
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  /** Again and again until the node dies, or the storm is over. */
  private void until(Step step) {
    try {
      while (storing) {
        try {
          step.run();
        } catch (OpenLedgerException e) {
          // database or chain are in trouble: the node lives on
          StormChain.pause(5);
        }
      }
    } catch (Mortal.Killed e) {
      // the end
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void tendChildren(List<Process> children, TestDatabase database, Anvil anvil)
      throws Exception {
    for (int i = 0; i < children.size(); i++) {
      // about once in five seconds each
      if (random.nextInt(300) == 0) {
        children.get(i).destroyForcibly();
        processKills.incrementAndGet();
        children.set(i, spawn(database, anvil));
      }
    }
    while (children.size() < plan.children()) {
      children.add(spawn(database, anvil));
    }
  }

  private Process spawn(TestDatabase database, Anvil anvil) throws Exception {
    long base = CHILDREN + 1_000_000L * (processKills.get() + random.nextInt(1000) * 1000L);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            OutboxStorm.class.getName(),
            "child",
            database.url(),
            anvil.uri().toString(),
            "" + base,
            "" + random.nextLong());
    // not an argument, which others can read: this key is anvil's own and public, but habits are
    // not
    builder.environment().put("STORM_KEY", anvil.key(0));
    return builder.redirectErrorStream(true).redirectOutput(new File("/dev/null")).start();
  }

  private static void child(String[] arguments) throws Exception {
    TestDatabase database = TestDatabase.open(arguments[1], "openledger", "");
    ChainClient chain = client(URI.create(arguments[2]), Executors.newCachedThreadPool());
    AtomicLong number = new AtomicLong(Long.parseLong(arguments[3]));
    LocalSigner signer = LocalSigner.fromDigits(System.getenv("STORM_KEY").toCharArray());
    StormNode node =
        new StormNode(
            database,
            chain,
            signer,
            new Mortal(Long.MAX_VALUE),
            new Random(Long.parseLong(arguments[4])));
    StormNode.Work own =
        new StormNode.Work() {
          @Override
          public long next() {
            return number.getAndIncrement();
          }

          @Override
          public void again(long unknown) {}

          @Override
          public void committed(long kept) {}

          @Override
          public void rolledBack(long lost) {}
        };
    while (true) {
      try {
        node.store(own);
        node.turn();
      } catch (OpenLedgerException e) {
        Thread.sleep(20);
      }
    }
  }

  private void settle(Anvil anvil, TestDatabase database, ChainClient chain, LocalSigner signer) {
    StormNode last =
        new StormNode(database, chain, signer, new Mortal(Long.MAX_VALUE), new Random(1));
    long end = System.nanoTime() + 300_000_000_000L;
    while (System.nanoTime() < end) {
      anvil.mine(1);
      try {
        if (last.done()) {
          return;
        }
      } catch (OpenLedgerException e) {
        StormChain.pause(20);
      }
      StormChain.pause(10);
    }
    throw new AssertionError("not everything became final");
  }

  private StormResult count(
      TestDatabase database, StormTally tally, StormChain stirred, double seconds)
      throws Exception {
    Map<Long, Integer> events = tally.events();
    Set<Long> expected = new HashSet<>(StormNode.numbers(database));
    if (!expected.containsAll(committed)) {
      throw new AssertionError("the database lost what it acknowledged");
    }
    long losses = expected.stream().filter(n -> !events.containsKey(n)).count();
    long duplicates = events.values().stream().mapToLong(n -> n - 1).sum();
    long ghosts = events.keySet().stream().filter(n -> !expected.contains(n)).count();
    return new StormResult(
        expected.size(),
        killed.get(),
        processKills.get(),
        stirred.reorgs,
        stirred.restarts,
        stirred.foreign,
        stirred.lostCode,
        database.number("SELECT COUNT(*) FROM ol_outbox_attempts")
            - database.number("SELECT COUNT(*) FROM ol_outbox"),
        database.number(
            "SELECT COUNT(*) FROM (SELECT business_key FROM ol_outbox_attempts"
                + " GROUP BY business_key HAVING COUNT(DISTINCT nonce) > 1) AS moved"),
        rolledBack.size(),
        seconds,
        duplicates,
        losses,
        ghosts);
  }
}
