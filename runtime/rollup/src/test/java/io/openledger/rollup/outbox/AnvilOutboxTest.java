package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.rpc.Broadcast;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import io.openledger.chain.connector.support.Wallet;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.runtime.support.TestDatabase;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The outbox against a real node. */
class AnvilOutboxTest {

  private static Anvil anvil;
  private static ExecutorService callbacks;
  private static int accounts;

  private final AtomicLong nanos = new AtomicLong();
  private LocalSigner signer;
  private ChainClient chain;
  private TestDatabase database;
  private JdbcOutbox outbox;

  @BeforeAll
  static void start() {
    anvil = Anvil.start(AnvilOptions.USUAL.withoutMining().withAccounts(30));
    callbacks = Executors.newCachedThreadPool();
    Counting.put(anvil);
    anvil.mine(12);
  }

  @AfterAll
  static void stop() {
    if (anvil != null) {
      anvil.close();
      callbacks.shutdown();
    }
  }

  @BeforeEach
  void fresh() {
    signer = anvil.signer(accounts++);
    chain = client(anvil);
    database = TestDatabase.h2();
    outbox = node();
  }

  @org.junit.jupiter.api.AfterEach
  void close() {
    database.close();
  }

  private static ChainClient client(Anvil anvil) {
    return new NodeClient(
        new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, callbacks));
  }

  private JdbcOutbox node() {
    return node(chain, Nodes.eager());
  }

  private JdbcOutbox node(ChainClient client, OutboxSettings settings) {
    return new JdbcOutbox(
        Nodes.store(database), client, signer, "test", settings, Nodes.IDLE, nanos::get);
  }

  private void submit(long number) {
    outbox.submit(Nodes.intent("n/" + number, Counting.AT, Counting.data(number)));
  }

  private State state(long number) {
    return outbox.find("n/" + number).orElseThrow().state();
  }

  private void turn() {
    nanos.addAndGet(Market.MAX_AGE);
    outbox.turn();
  }

  private void settle(long... numbers) {
    for (int i = 0; i < 40; i++) {
      anvil.mine(1);
      turn();
      if (LongStream.of(numbers).allMatch(n -> state(n).settled())) {
        return;
      }
    }
    throw new AssertionError("not settled");
  }

  private List<Long> arrived() {
    return Counting.arrived(chain, anvil.height()).stream()
        .filter(n -> n / 1000 == accounts)
        .map(n -> n % 1000)
        .sorted()
        .toList();
  }

  /** Numbers of this test alone. */
  private long n(long number) {
    return accounts * 1000L + number;
  }

  @Test
  void goesFromStoredToFinal() {
    submit(n(1));
    turn();
    assertThat(state(n(1))).isEqualTo(State.SENT);
    anvil.mine(1);
    turn();
    assertThat(state(n(1))).isEqualTo(State.UNSAFE);
    anvil.mine(5);
    turn();
    assertThat(state(n(1))).isEqualTo(State.SAFE);
    anvil.mine(5);
    turn();
    assertThat(state(n(1))).isEqualTo(State.FINALIZED);
    assertThat(arrived()).containsExactly(1L);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void survivesAReorganisationOfDepth(int depth) {
    for (int i = 0; i < 8; i++) {
      submit(n(i));
      turn();
      anvil.mine(1);
    }
    turn();
    anvil.reorg(depth);
    anvil.dropAll(); // this node remembers them; another would not
    turn();
    for (int i = 0; i < 8; i++) {
      assertThat(state(n(i)) == State.SENT).as("message %s", i).isEqualTo(i >= 8 - depth);
    }
    settle(LongStream.range(0, 8).map(this::n).toArray());
    assertThat(arrived()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
  }

  @Test
  void raisesFeesUntilTheyAreEnough() {
    submit(n(1));
    submit(n(2));
    turn();
    anvil.setNextBaseFee(Wei.of(30_000_000_000L));
    anvil.mine(1);
    assertThat(arrived()).isEmpty();
    settle(n(1), n(2));
    assertThat(arrived()).containsExactly(1L, 2L);
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox_attempts")).isGreaterThan(2);
  }

  @Test
  void waitsForFunds() {
    Wei before = chain.balance(signer.address());
    anvil.setBalance(signer.address(), Wei.of(1));
    submit(n(1));
    turn();
    assertThat(outbox.find("n/" + n(1)).orElseThrow().detail().orElse("")).contains("has 1 wei");
    anvil.setBalance(signer.address(), before);
    settle(n(1));
    assertThat(arrived()).containsExactly(1L);
  }

  @Test
  void nonceThatWasUsedFromOutsideCostsNoPayment() {
    submit(n(1));
    submit(n(2));
    Wallet outside = new Wallet(chain, signer, Wei.of(500_000_000_000L));
    assertThat(chain.broadcast(outside.transfer(Counting.AT, Wei.ZERO)))
        .isEqualTo(Broadcast.ACCEPTED);
    anvil.mine(1);
    settle(n(1), n(2));
    assertThat(arrived()).containsExactly(1L, 2L);
    assertThat(outbox.find("n/" + n(1)).orElseThrow().nonce()).isEqualTo(2);
  }

  @Test
  void tellsWhyACallWasReverted() {
    outbox.submit(Nodes.intent("n/" + n(1), Counting.AT, Counting.reverting()));
    settle(n(1));
    assertThat(state(n(1))).isEqualTo(State.REVERTED);
    assertThat(outbox.find("n/" + n(1)).orElseThrow().detail().orElse(""))
        .startsWith("reverted: ")
        .doesNotContain("all of its");
  }

  @Test
  void takesBack() {
    submit(n(1));
    submit(n(2));
    turn();
    outbox.administration(OutboxFixture.ADMIN).cancel("n/" + n(1));
    turn();
    settle(n(1), n(2));
    assertThat(state(n(1))).isEqualTo(State.CANCELLED);
    assertThat(arrived()).containsExactly(2L);
  }

  @Test
  void sendsNothingToAnotherChain() {
    try (Anvil other = Anvil.start(AnvilOptions.USUAL.withChainId(1613))) {
      submit(n(1));
      JdbcOutbox wrong = node(client(other), Nodes.eager());
      assertThatThrownBy(wrong::turn)
          .isInstanceOf(OpenLedgerException.class)
          .hasMessageContaining("1613");
      assertThat(other.height()).isZero();
    }
  }

  @Test
  void goesOnWhenTheNodeComesBack() {
    try (Anvil mortal = Anvil.start(AnvilOptions.USUAL.withoutMining())) {
      Counting.put(mortal);
      mortal.mine(12);
      signer = mortal.signer(0);
      chain = client(mortal);
      outbox = node();
      submit(n(1));
      turn();
      mortal.mine(1);
      submit(n(2));
      turn();
      mortal.kill();
      assertThatThrownBy(this::turn).hasMessageContaining("OPENLEDGER-5010");
      outbox.submit(Nodes.intent("n/" + n(3), Counting.AT, Counting.data(n(3))));
      mortal.restart();
      Duration patience = Duration.ofSeconds(20);
      long end = System.nanoTime() + patience.toNanos();
      while (!state(n(3)).settled() && System.nanoTime() < end) {
        mortal.mine(1);
        turn();
      }
      assertThat(List.of(state(n(1)), state(n(2)), state(n(3)))).containsOnly(State.FINALIZED);
      assertThat(Counting.arrived(chain, mortal.height()).stream().sorted())
          .containsExactly(n(1), n(2), n(3));
    }
  }

  @Test
  void balanceFallsByWhatWasSentOnce() {
    BigInteger before = chain.balance(Counting.AT).value();
    ChainIntent pays =
        new ChainIntent(
            "n/" + n(1),
            Counting.AT,
            Wei.of(12345),
            Counting.data(n(1)),
            java.util.OptionalLong.empty());
    outbox.submit(pays);
    for (int i = 0; i < 3; i++) {
      turn();
      anvil.mine(2);
      turn();
      anvil.reorg(2);
    }
    settle(n(1));
    assertThat(chain.balance(Counting.AT).value().subtract(before)).isEqualTo(12345);
  }
}
