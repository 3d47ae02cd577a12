package io.openledger.rollup.outbox;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/** Nodes of a cluster over one database; their turns are made by hand. */
final class Nodes {

  /** Never asked: no node here is started. */
  static final ScheduledExecutorService IDLE =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "outbox-test");
            thread.setDaemon(true);
            return thread;
          });

  private Nodes() {}

  static LocalSigner signer(int key) {
    byte[] secret = new byte[32];
    secret[0] = 1;
    secret[31] = (byte) key;
    return LocalSigner.fromSecret(secret);
  }

  /** Everything is due at once, and a lease lasts. */
  static OutboxSettings eager() {
    return settings(1000, Duration.ofMinutes(10), Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  static OutboxSettings settings(
      int maxWaiting, Duration lease, Duration resend, Duration bumpAfter, Duration deadAfter) {
    return new OutboxSettings(
        1612,
        Wei.of(500_000_000_000L),
        25,
        OutboxSettings.USUAL_GAS_CEILING,
        maxWaiting,
        64,
        Duration.ZERO,
        lease,
        resend,
        bumpAfter,
        15,
        deadAfter,
        Duration.ofDays(30));
  }

  static Store store(TestDatabase database) {
    return new Store(
        database.pool(),
        new Transactions(database.transactions(), database.pool()),
        c -> {},
        Clock.systemUTC());
  }

  static JdbcOutbox node(
      TestDatabase database, ChainClient chain, OutboxSettings settings, LongSupplier nanoTime) {
    return node(database, chain, signer(1), settings, nanoTime);
  }

  static JdbcOutbox node(
      TestDatabase database,
      ChainClient chain,
      LocalSigner signer,
      OutboxSettings settings,
      LongSupplier nanoTime) {
    return new JdbcOutbox(store(database), chain, signer, "test", settings, IDLE, nanoTime);
  }

  /** A node that is killed after some steps. */
  static JdbcOutbox mortal(
      Mortal fate,
      TestDatabase database,
      ChainClient chain,
      OutboxSettings settings,
      LongSupplier nanoTime) {
    javax.sql.DataSource pool = fate.over((javax.sql.DataSource) database.pool());
    Store store =
        new Store(
            pool,
            new Transactions(fate.over(database.transactions()), pool),
            c -> {},
            Clock.systemUTC());
    store.prepare();
    fate.arm();
    return new JdbcOutbox(store, fate.over(chain), signer(1), "mortal", settings, IDLE, nanoTime);
  }

  static ChainIntent intent(String key) {
    return intent(key, ScriptedChain.CONTRACT, key.getBytes(StandardCharsets.US_ASCII));
  }

  static ChainIntent intent(String key, ChainAddress to, byte[] data) {
    return new ChainIntent(key, to, Wei.ZERO, data, OptionalLong.of(100_000));
  }
}
