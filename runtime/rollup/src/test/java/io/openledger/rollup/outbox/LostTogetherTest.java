package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is lost beside much else, or late, is found out too. */
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

  @Test
  void moreThanATurnLooksAtAreAllSignedAnew() {
    String[] keys = lost(505);
    settle(keys);
    assertOnce(keys);
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
}
