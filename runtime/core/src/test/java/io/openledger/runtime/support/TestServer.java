package io.openledger.runtime.support;

import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.Visibility;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.api.spi.Settlement;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.ServerEnvironment;
import io.openledger.runtime.ServerRuntime;
import io.openledger.runtime.config.OpenLedgerConfig;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A started feature over a test database.
 *
 * @param database its database, not closed with it
 * @param server the feature
 * @param executor its threads
 */
public record TestServer(
    TestDatabase database, OpenLedgerServer server, ScheduledExecutorService executor)
    implements AutoCloseable {

  public static final Caller APP = Caller.application("desk");
  public static final DatanetId CLAUSES = new DatanetId("clauses");

  /** Starts and waits until the model is loaded. */
  public static TestServer start(
      TestDatabase database,
      Path data,
      AttributionEngine attribution,
      ScriptedServing serving,
      Map<String, String> keys) {
    return launch(database, data, attribution, serving, keys).awaitModel();
  }

  /** Starts and does not wait. */
  public static TestServer launch(
      TestDatabase database,
      Path data,
      AttributionEngine attribution,
      ServingEngineFactory serving,
      Map<String, String> keys) {
    return launch(database, data, attribution, serving, keys, 1);
  }

  /**
   * The same.
   *
   * @param hurry the factor by which all that is done again and again, or later, comes sooner
   */
  public static TestServer launch(
      TestDatabase database,
      Path data,
      AttributionEngine attribution,
      ServingEngineFactory serving,
      Map<String, String> keys,
      int hurry) {
    Map<String, String> all = new HashMap<>(keys);
    all.putIfAbsent("openledger.data.directory", data.toString());
    all.putIfAbsent("openledger.epoch.interval", "PT0S");
    ScheduledExecutorService executor =
        new HurriedExecutor(
            ServerEnvironment.THREADS,
            task -> {
              Thread thread = new Thread(task, "openledger-test");
              thread.setDaemon(true);
              return thread;
            },
            hurry);
    Settlement settlement = ServiceLoader.load(Settlement.class).findFirst().orElseThrow();
    OpenLedgerServer server =
        ServerRuntime.start(
            new ServerEnvironment(
                database.pool(), database.transactions(), executor, Clock.systemUTC(), data),
            OpenLedgerConfig.from(key -> Optional.ofNullable(all.get(key))),
            attribution,
            serving,
            settlement);
    return new TestServer(database, server, executor);
  }

  /** Waits until the model is loaded. */
  public TestServer awaitModel() {
    await("the model is loaded", () -> !server.models(APP).list().isEmpty());
    return this;
  }

  /** Waits up to 20 s, and says for what in vain. */
  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("in vain: " + what);
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  public DatanetRepository datanets() {
    return server.datanets(APP);
  }

  public AttributedModel model() {
    return server.model(APP, Optional.empty());
  }

  public RewardLedger ledger() {
    return server.ledger(APP);
  }

  /** Creates the datanet that the tests use. */
  public void createClauses() {
    datanets().create(new DatanetDraft(CLAUSES, "Clauses", "", Visibility.PERMISSIONED));
  }

  /** A draft by one contributor. */
  public static ContributionDraft.Builder draft(String contributor, String text) {
    return ContributionDraft.builder(text)
        .title("by " + contributor)
        .licence("CC-BY-4.0")
        .contributors(
            List.of(
                ContributorShare.sole(
                    new ContributorId(contributor), Optional.of(address(contributor)))));
  }

  /** An address made of a name. */
  public static ChainAddress address(String name) {
    return new ChainAddress("0x" + io.openledger.api.Hash256.sha256(name).hex().substring(0, 40));
  }

  /** All lines of the ledger together: zero, or money came from nowhere. */
  public String ledgerSum() {
    return database.text("SELECT COALESCE(SUM(amount), 0) FROM ol_entries");
  }

  @Override
  public void close() {
    server.close();
    executor.shutdownNow();
    try {
      // a task that still runs would write into a directory that its test deletes
      if (!executor.awaitTermination(20, TimeUnit.SECONDS)) {
        throw new AssertionError("in vain: the feature's tasks end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
