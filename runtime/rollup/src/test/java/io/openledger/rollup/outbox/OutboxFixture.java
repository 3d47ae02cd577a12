package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.runtime.Caller;
import io.openledger.runtime.rollup.OutboxAdministration;
import io.openledger.runtime.support.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** A database, and a chain in memory and a node that are new for each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutboxFixture {

  static final Caller ADMIN = Caller.user("rest", "ann", Set.of(Caller.Role.ADMIN));

  final AtomicLong nanos = new AtomicLong();
  TestDatabase database;
  ScriptedChain chain;
  JdbcOutbox outbox;

  /** The database of all tests of a class. */
  TestDatabase open() throws Exception {
    return TestDatabase.h2();
  }

  @BeforeAll
  void openDatabase() throws Exception {
    database = open();
    Nodes.store(database).prepare();
  }

  @AfterAll
  void closeDatabase() throws Exception {
    if (database != null) {
      database.close();
    }
  }

  @BeforeEach
  void begin() {
    for (String table : new String[] {"attempts", "leases", "signers"}) {
      sql("DELETE FROM ol_outbox_" + table);
      if (table.equals("attempts")) {
        sql("DELETE FROM ol_outbox");
      }
    }
    chain = new ScriptedChain(Nodes.signer(1).address());
    chain.mine(10);
    outbox = node(Nodes.eager());
  }

  final JdbcOutbox node(OutboxSettings settings) {
    return Nodes.node(database, chain, settings, nanos::get);
  }

  /** Prices are asked for again, and whatever waits for a time has waited. */
  final void turn() {
    turn(outbox);
  }

  final void turn(JdbcOutbox node) {
    nanos.addAndGet(Market.MAX_AGE);
    assertThat(node.turn()).as("holds the lease").isTrue();
  }

  final State state(String key) {
    return message(key).state();
  }

  final OutboxMessage message(String key) {
    return outbox.find(key).orElseThrow();
  }

  final String detail(String key) {
    return message(key).detail().orElse("");
  }

  final OutboxAdministration admin() {
    return outbox.administration(ADMIN);
  }

  static String data(String key) {
    return HexFormat.of().formatHex(key.getBytes(StandardCharsets.US_ASCII));
  }

  final void assertOnce(String... keys) {
    Map<String, Integer> expected = new java.util.TreeMap<>();
    for (String key : keys) {
      expected.put(data(key), 1);
    }
    assertThat(chain.effects()).isEqualTo(expected);
  }

  /** Mines and turns until nothing waits any more. */
  final void settle(String... keys) {
    for (int i = 0; i < 60; i++) {
      chain.mine();
      turn();
      boolean all = true;
      for (String key : keys) {
        all &= state(key).settled();
      }
      if (all) {
        return;
      }
    }
    throw new AssertionError("not settled");
  }

  final void sql(String statement) {
    try (Connection c = database.pool().getConnection();
        Statement s = c.createStatement()) {
      s.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As if the holder had been silent for longer than the lease. */
  final void expireLease() {
    sql("UPDATE ol_outbox_leases SET expires = TIMESTAMP WITH TIME ZONE '2020-01-01 00:00:00+00'");
  }
}
