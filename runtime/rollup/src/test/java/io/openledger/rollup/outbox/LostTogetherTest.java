package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is lost beside much else, late, or while an administrator decides, is found out too. */
class LostTogetherTest extends OutboxFixture {

  private String[] lost(int count) {
    String[] keys = new String[count];
    for (int i = 0; i < count; i++) {
      keys[i] = "k" + i;
      outbox.submit(Nodes.intent(keys[i]));
    }
    chain.foreign(count);
    chain.mine(8);
    return keys;
  }

  private void turns(int count) {
    for (int i = 0; i < count; i++) {
      turn();
      chain.mine();
    }
  }

  /** Its nonce is used from outside, and no endpoint shows by what. */
  private Hash256 standing(String key) {
    Hash256 bytes = outbox.submit(Nodes.intent(key)).transaction();
    chain.foreign(1);
    chain.mine(8);
    chain.bodiesFrom = Long.MAX_VALUE;
    turns(4);
    assertThat(detail(key)).contains("not known by what");
    return bytes;
  }

  @Test
  void moreThanATurnLooksAtAreAllSignedAnew() {
    String[] keys = lost(505);
    settle(keys);
    assertOnce(keys);
  }

  @Test
  void moreThanATurnLooksAtHoldUpNothingThatIsSentMeanwhile() {
    lost(505);
    for (int i = 0; i < 25; i++) {
      outbox.submit(Nodes.intent("m" + i));
      turn();
      chain.mine();
      turn();
    }
    assertThat(message("k0").nonce()).as("while new ones came").isGreaterThan(504);
    assertThat(state("m0")).isEqualTo(State.FINALIZED);
  }

  @Test
  void moreThanAreLookedAtOfWhatIsNotKnownAreAllSignedAnew() {
    String[] keys = lost(66);
    settle(keys);
    assertOnce(keys);
  }

  @Test
  void moreBlocksThanATurnReadsAreReadInSeveral() {
    String[] keys = new String[70];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "k" + i;
      outbox.submit(Nodes.intent(keys[i]));
    }
    for (int i = 0; i < keys.length; i++) {
      chain.foreign(1);
    }
    chain.mine(8);
    chain.onCall =
        method -> {
          if (method.equals("sent")) {
            nanos.addAndGet(Duration.ofSeconds(10).toNanos());
          }
        };
    settle(keys);
    assertOnce(keys);
  }

  @Test
  void receiptsThatTakeAllTheirTimeLeaveSomeForProofs() {
    chain.onCall =
        method -> {
          if (method.equals("receipt")) {
            nanos.addAndGet(Duration.ofMinutes(1).toNanos());
          }
        };
    String[] keys = lost(6);
    settle(keys);
    assertOnce(keys);
  }

  @Test
  void searchThatLastsIsTold() {
    outbox.submit(Nodes.intent("a"));
    chain.mine(900);
    chain.foreign(1);
    chain.mine(8);
    chain.statesFrom = Long.MAX_VALUE;
    chain.onCall =
        method -> {
          if (method.equals("sent")) {
            nanos.addAndGet(Duration.ofSeconds(50).toNanos());
          }
        };
    outbox = node(Nodes.eager());
    expireLease();
    turns(14);
    assertThat(message("a").nonce()).isZero();
    assertThat(outbox.trouble().orElse("")).contains("it is being looked for", ": 1;");
    chain.onCall = method -> {};
    settle("a");
    turn();
    assertThat(outbox.trouble()).isEmpty();
    assertOnce("a");
  }

  @Test
  void anotherTryIsMadeWhereEndpointsContradictEachOtherAboutABlock() {
    standing("a");
    chain.onCall =
        method -> {
          if (method.equals("sent")) {
            throw new OpenLedgerException(
                ErrorCode.CHAIN_DISPUTED, "two say otherwise", "agreement", "wait");
          }
        };
    chain.bodiesFrom = 0;
    admin().retry("a");
    settle("a");
    assertThat(message("a").nonce()).isEqualTo(1);
    assertOnce("a");
  }

  @Test
  void anotherTryIsMadeWhileTheSearchGoesOn() {
    standing("a");
    chain.bodiesFrom = 0;
    chain.foreign(1); // and what is there is not final for long
    admin().retry("a");
    turn();
    assertThat(message("a").nonce()).isEqualTo(1);
    settle("a");
    assertOnce("a");
  }

  @Test
  void anotherTryOfWhatIsInDisputeWaitsAndSaysSo() {
    Hash256 bytes = standing("a");
    chain.disputed.add(bytes);
    admin().retry("a");
    for (int i = 0; i < 8; i++) {
      turn();
      chain.mine();
      assertThat(outbox.trouble().orElse(""))
          .contains("another try of message a waits", "no two endpoints say the same");
    }
    assertThat(message("a").nonce()).isZero();
    assertOnce();
    chain.disputed.clear();
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    settle("a");
    assertThat(message("a").nonce()).isEqualTo(1);
    assertOnce("a");
  }

  @Test
  void anotherTryThatIsWishedWhileItIsProvedIsNotForgotten() {
    standing("a");
    admin().cancel("a");
    turn();
    chain.bodiesFrom = 0;
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    chain.onCall =
        method -> {
          if (method.equals("sent")) {
            chain.onCall = more -> {};
            CompletableFuture<Void> request =
                CompletableFuture.runAsync(
                    () -> assertThat(admin().retry("a").message().wish()).contains("RETRY"));
            request.orTimeout(60, TimeUnit.SECONDS).join();
          }
        };
    turn();
    assertThat(outbox.figures().cancelled()).isZero();
    settle("a");
    assertThat(state("a")).as("the administrator changed his mind").isEqualTo(State.FINALIZED);
    assertOnce("a");
  }
}
