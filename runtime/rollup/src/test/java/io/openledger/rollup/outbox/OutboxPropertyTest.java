package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever happens in whatever order: at no moment has a message two effects, and in the end each
 * one that was committed has one, or is cancelled and has none. Two nodes take turns; both are
 * killed at random steps.
 */
class OutboxPropertyTest extends OutboxFixture {

  private static final int OPERATIONS = 160;

  private Random random;
  private final JdbcOutbox[] nodes = new JdbcOutbox[2];
  private final Set<String> submitted = new HashSet<>();
  private final List<String> history = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void paysOnceWhateverHappens(long seed) {
    random = new Random(seed);
    submitted.clear();
    history.clear();
    try {
      for (int i = 0; i < OPERATIONS; i++) {
        operate();
        assertThat(chain.effects().values()).allMatch(n -> n == 1);
      }
      calm();
      for (int i = 0; i < 200 && anythingOpen(); i++) {
        chain.mine();
        turn();
      }
      verify();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + " after " + history, e);
    }
  }

  private JdbcOutbox node(int at) {
    if (nodes[at] == null || random.nextInt(40) == 0) {
      nodes[at] =
          Nodes.mortal(
              new Mortal(random.nextInt(400)),
              database,
              chain,
              Nodes.settings(
                  1000,
                  Duration.ofMinutes(10),
                  random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(5),
                  random.nextBoolean() ? Duration.ZERO : Duration.ofMinutes(10),
                  Duration.ZERO),
              nanos::get);
    }
    return nodes[at];
  }

  private void operate() {
    int at = random.nextInt(2);
    int what = random.nextInt(100);
    nanos.addAndGet(random.nextInt(4) * 1_000_000_000L);
    if (what < 25) {
      // sometimes one that is there already
      String key = "k" + random.nextInt(submitted.size() + 2);
      mortal(at, "submit " + key, node -> node.submit(Nodes.intent(key)));
      submitted.add(key);
    } else if (what < 60) {
      mortal(at, "turn", JdbcOutbox::turn);
    } else if (what < 75) {
      did("mine");
      chain.mine();
    } else if (what < 83) {
      int depth = 1 + random.nextInt(5);
      did("reorg " + depth);
      chain.reorg(depth);
    } else if (what < 86) {
      did("forget");
      chain.pool.clear();
    } else if (what < 88) {
      did("foreign");
      chain.foreign(1);
    } else if (what < 91) {
      chain.baseFee = Wei.of(1_000_000_000L * (1 + random.nextInt(30)));
      did("base fee " + chain.baseFee);
    } else if (what < 92) {
      chain.balance = random.nextBoolean() ? Wei.of(5) : new Wei(BigInteger.TEN.pow(24));
      did("balance " + chain.balance);
    } else if (what < 93) {
      chain.mute = !chain.mute;
      did("mute");
    } else if (what < 97) {
      did("the lease ends");
      expireLease();
    } else if (!submitted.isEmpty()) {
      String key = "k" + random.nextInt(submitted.size());
      boolean cancel = random.nextBoolean();
      mortal(
          at,
          (cancel ? "cancel " : "retry ") + key,
          node -> {
            if (cancel) {
              node.administration(ADMIN).cancel(key);
            } else {
              node.administration(ADMIN).retry(key);
            }
          });
    }
  }

  private void did(String what) {
    history.add(what);
  }

  private interface Step {
    void by(JdbcOutbox node);
  }

  private void mortal(int at, String what, Step step) {
    try {
      step.by(node(at));
      did(at + " " + what);
    } catch (Mortal.Killed e) {
      nodes[at] = null;
      did(at + " dies in " + what);
    } catch (OpenLedgerException e) {
      did(at + " is refused to " + what + ": " + e.code());
    }
  }

  private void calm() {
    chain.mute = false;
    chain.balance = new Wei(BigInteger.TEN.pow(24));
    chain.baseFee = Wei.of(1_000_000_000);
    outbox = node(Nodes.eager());
    expireLease();
    turn();
  }

  private boolean anythingOpen() {
    return outbox.figures().waiting() > 0
        || database.number("SELECT COUNT(*) FROM ol_outbox WHERE wish = 'RETRY'") > 0;
  }

  private void verify() {
    Map<String, Integer> effects = chain.effects();
    int expected = 0;
    for (String key : submitted) {
      java.util.Optional<OutboxMessage> message = outbox.find(key);
      boolean paid = effects.containsKey(data(key));
      if (message.isEmpty()) {
        assertThat(paid).as("%s was never committed", key).isFalse();
        continue;
      }
      assertThat(message.get().state()).isIn(State.FINALIZED, State.CANCELLED);
      assertThat(paid).as(key).isEqualTo(message.get().state() == State.FINALIZED);
      expected += paid ? 1 : 0;
    }
    assertThat(effects).hasSize(expected);
  }
}
