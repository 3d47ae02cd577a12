package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What storing a message promises. */
class SubmitTest extends OutboxFixture {

  @Test
  void sameKeyWithSameContentIsOneMessage() {
    OutboxMessage first = outbox.submit(Nodes.intent("epoch/1/root"));
    OutboxMessage second = node(Nodes.eager()).submit(Nodes.intent("epoch/1/root"));
    assertThat(second).isEqualTo(first);
    assertThat(first.state()).isEqualTo(State.STORED);
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox_attempts")).isEqualTo(1);
  }

  @Test
  void sameKeyWithOtherContentIsRefused() {
    outbox.submit(Nodes.intent("a"));
    for (ChainIntent other :
        List.of(
            Nodes.intent("a", ScriptedChain.CONTRACT, new byte[] {1}),
            Nodes.intent(
                "a", chain.account, "a".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
            new ChainIntent(
                "a",
                ScriptedChain.CONTRACT,
                Wei.of(1),
                Nodes.intent("a").data(),
                OptionalLong.empty()))) {
      assertThatThrownBy(() -> outbox.submit(other))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
          .hasMessageContaining("other content");
    }
  }

  @Test
  void limitOfGasIsNoContent() {
    OutboxMessage first = outbox.submit(Nodes.intent("a"));
    ChainIntent more =
        new ChainIntent(
            "a",
            ScriptedChain.CONTRACT,
            Wei.ZERO,
            Nodes.intent("a").data(),
            OptionalLong.of(7_000_000));
    assertThat(outbox.submit(more)).isEqualTo(first);
  }

  @Test
  void rollbackTakesAllBackAndLeavesNoGap() throws Exception {
    outbox.submit(Nodes.intent("a"));
    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      outbox.submit(Nodes.intent("b"));
                      throw new IllegalStateException("the caller's work fails");
                    }))
        .hasMessage("the caller's work fails");
    assertThat(outbox.find("b")).isEmpty();
    assertThat(outbox.submit(Nodes.intent("c")).nonce()).isEqualTo(1);
    turn();
    assertThat(chain.told).hasSize(2);
    settle("a", "c");
    assertOnce("a", "c");
  }

  @Test
  void nothingIsToldBeforeTheCallerCommits() throws Exception {
    database.inTransaction(
        () -> {
          outbox.submit(Nodes.intent("a"));
          // the sender's transactions are its own, whoever's thread it is
          turn();
          assertThat(chain.told).isEmpty();
        });
    turn();
    assertThat(chain.told).hasSize(1);
  }

  @Test
  void refusalLeavesTheCallersTransactionUsable() throws Exception {
    outbox.submit(Nodes.intent("a"));
    database.inTransaction(
        () -> {
          assertThatThrownBy(
                  () -> outbox.submit(Nodes.intent("a", ScriptedChain.CONTRACT, new byte[] {1})))
              .isInstanceOf(OpenLedgerException.class);
          outbox.submit(Nodes.intent("b"));
        });
    assertThat(outbox.find("b")).isPresent();
  }

  @Test
  void manyAtOnceOnTwoNodesTakeOneNonceEach() throws Exception {
    List<JdbcOutbox> nodes = List.of(outbox, node(Nodes.eager()));
    nodes.forEach(node -> node.find("nothing")); // opens the stores
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<OutboxMessage>> calls = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        int n = i;
        // every key comes twice, by different nodes
        calls.add(() -> nodes.get(n % 2).submit(Nodes.intent("k" + n / 2)));
      }
      List<Long> taken = new ArrayList<>();
      for (Future<OutboxMessage> each : threads.invokeAll(calls)) {
        taken.add(each.get().nonce());
      }
      assertThat(taken.stream().distinct().sorted().toList())
          .isEqualTo(java.util.stream.LongStream.range(0, 40).boxed().toList());
    } finally {
      threads.shutdown();
    }
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox")).isEqualTo(40);
  }

  @Test
  void chainIsAskedForItsNonceOnceInAKeysLife() {
    chain.foreign(7);
    List<String> asked = new ArrayList<>();
    chain.onCall = asked::add;
    assertThat(outbox.submit(Nodes.intent("a")).nonce()).isEqualTo(7);
    assertThat(asked).contains("nonce");
    asked.clear();
    JdbcOutbox restarted = node(Nodes.eager());
    assertThat(restarted.submit(Nodes.intent("b")).nonce()).isEqualTo(8);
    assertThat(asked).doesNotContain("nonce");
  }

  @Test
  void refusesWhatWouldBeRevertedNow() {
    chain.reverting.add(data("a"));
    ChainIntent estimated =
        new ChainIntent(
            "a", ScriptedChain.CONTRACT, Wei.ZERO, Nodes.intent("a").data(), OptionalLong.empty());
    assertThatThrownBy(() -> outbox.submit(estimated))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED))
        .hasMessageContaining("NothingToClaim()");
    assertThat(outbox.find("a")).isEmpty();
  }

  @Test
  void refusesMoreThanMayWait() {
    JdbcOutbox small =
        node(Nodes.settings(3, Duration.ofMinutes(1), Duration.ZERO, Duration.ZERO, Duration.ZERO));
    for (int i = 0; i < 3; i++) {
      small.submit(Nodes.intent("k" + i));
    }
    assertThatThrownBy(() -> small.submit(Nodes.intent("k3")))
        .isInstanceOfSatisfying(BusyException.class, e -> assertThat(e.retryAfter()).isPositive())
        .hasMessageContaining("3");
    // what is there already costs no room
    small.submit(Nodes.intent("k2"));
    outbox = small;
    settle("k0", "k1", "k2");
    assertThat(small.submit(Nodes.intent("k3")).nonce()).isEqualTo(3);
  }

  @Test
  void keyOutlivesItsBytes() {
    outbox.submit(Nodes.intent("a"));
    settle("a");
    OutboxSettings forgetful =
        new OutboxSettings(
            1612,
            Wei.of(500_000_000_000L),
            25,
            OutboxSettings.USUAL_GAS_CEILING,
            10,
            10,
            Duration.ZERO,
            Duration.ofMinutes(1),
            Duration.ZERO,
            Duration.ZERO,
            15,
            Duration.ZERO,
            Duration.ZERO);
    outbox = node(forgetful);
    expireLease();
    turn();
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox_attempts")).isZero();
    assertThat(outbox.submit(Nodes.intent("a")).state()).isEqualTo(State.FINALIZED);
    assertThatThrownBy(
            () -> outbox.submit(Nodes.intent("a", ScriptedChain.CONTRACT, new byte[] {1})))
        .hasMessageContaining("other content");
  }

  @Test
  void storesWhileTheChainIsDownIfTheCallerKnowsTheGas() {
    outbox.submit(Nodes.intent("a"));
    nanos.addAndGet(Market.MAX_AGE);
    chain.onCall =
        method -> {
          throw new OpenLedgerException(
              ErrorCode.CHAIN_UNAVAILABLE, method, "an answer", "call again");
        };
    assertThat(outbox.submit(Nodes.intent("b")).nonce()).isEqualTo(1);
    assertThatThrownBy(() -> outbox.turn()).hasMessageContaining("OPENLEDGER-5010");
    chain.onCall = method -> {};
    settle("a", "b");
    assertOnce("a", "b");
  }

  @Test
  void outboxesOwnKeysAreRefused() {
    assertThatThrownBy(() -> outbox.submit(Nodes.intent("outbox/gap/1")))
        .isInstanceOf(OpenLedgerException.class);
  }
}
