package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SigningPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A key that is elsewhere, whose signer is slow, silent or broken. */
// the limit is against a hang, not a measure
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RemoteSigningTest extends OutboxFixture {

  private ExecutorService threads;
  private Remote signer;
  private JdbcOutbox remote;

  /** Signs as all nodes here do, when a test lets it. */
  private static final class Remote implements Signer {
    private final Signer signer = Nodes.signer(1);
    private final AtomicInteger asked = new AtomicInteger();
    private volatile CountDownLatch begun = new CountDownLatch(1);
    private volatile CountDownLatch mayGoOn = new CountDownLatch(0);
    private volatile boolean broken;

    @Override
    public ChainAddress address() {
      return signer.address();
    }

    @Override
    public boolean remote() {
      return true;
    }

    @Override
    public Signature sign(SigningPayload payload) {
      asked.incrementAndGet();
      begun.countDown();
      try {
        if (!mayGoOn.await(60, TimeUnit.SECONDS)) {
          throw new AssertionError("nobody let it go on");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      if (broken) {
        throw new OpenLedgerException(
            ErrorCode.SIGNING_KEY, "no whole answer", "a signer that answers", "look at it");
      }
      return signer.sign(payload);
    }

    void holds() {
      begun = new CountDownLatch(1);
      mayGoOn = new CountDownLatch(1);
    }

    @Override
    public void close() {}
  }

  @BeforeEach
  void signElsewhere() {
    threads = Executors.newCachedThreadPool();
    signer = new Remote();
    remote =
        new JdbcOutbox(
            Nodes.store(database), chain, signer, "remote", Nodes.eager(), Nodes.IDLE, nanos::get);
    remote.find("nothing"); // opens the store
    outbox.find("nothing");
  }

  /** Until it was asked so often. */
  private void awaitAsked(int times) throws InterruptedException {
    while (signer.asked.get() < times) {
      Thread.sleep(5);
    }
  }

  @AfterEach
  void end() {
    signer.mayGoOn.countDown();
    threads.shutdown();
  }

  @Test
  void othersGoOnWhileASignerThinks() throws Exception {
    outbox.submit(Nodes.intent("first"));
    signer.holds();
    Future<OutboxMessage> slow = threads.submit(() -> remote.submit(Nodes.intent("slow")));
    assertThat(signer.begun.await(60, TimeUnit.SECONDS)).isTrue();
    // another node with the key at hand, which would queue behind a row that is held
    for (int i = 0; i < 3; i++) {
      assertThat(outbox.submit(Nodes.intent("quick" + i)).nonce()).isEqualTo(1 + i);
    }
    assertThat(slow.isDone()).isFalse();
    signer.mayGoOn.countDown();
    assertThat(slow.get(60, TimeUnit.SECONDS).nonce()).as("signed once more").isEqualTo(4);
    assertThat(signer.asked.get()).isEqualTo(2);
    settle("first", "slow", "quick0", "quick1", "quick2");
    assertOnce("first", "slow", "quick0", "quick1", "quick2");
  }

  @Test
  void oneSignatureIsEnoughWhereNobodyElseStores() {
    assertThat(remote.submit(Nodes.intent("a")).nonce()).isZero();
    assertThat(remote.submit(Nodes.intent("b")).nonce()).isEqualTo(1);
    assertThat(signer.asked.get()).isEqualTo(2);
    settle("a", "b");
    assertOnce("a", "b");
  }

  @Test
  void severalInOneTransactionHaveTheirOwnNonces() throws Exception {
    database.inTransaction(
        () -> {
          for (String key : List.of("a", "b", "c")) {
            remote.submit(Nodes.intent(key));
          }
        });
    assertThat(signer.asked.get()).isEqualTo(3);
    settle("a", "b", "c");
    assertOnce("a", "b", "c");
  }

  @Test
  void brokenSignerStoresNothingAndTakesNoNonce() {
    signer.broken = true;
    assertThatThrownBy(() -> remote.submit(Nodes.intent("a")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNING_KEY));
    assertThat(outbox.find("a")).isEmpty();
    assertThat(outbox.submit(Nodes.intent("b")).nonce()).isZero();
    signer.broken = false;
    assertThat(remote.submit(Nodes.intent("a")).nonce()).isEqualTo(1);
    settle("a", "b");
    assertOnce("a", "b");
  }

  /** The signer dies between the first signature and the one under the lock. */
  @Test
  void whereItHasJustFailedThoseWhoHoldTheNonceDoNotAskIt() throws Exception {
    outbox.submit(Nodes.intent("first"));
    signer.holds();
    List<Future<OutboxMessage>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String key = "k" + i;
      all.add(threads.submit(() -> remote.submit(Nodes.intent(key))));
    }
    awaitAsked(3);
    outbox.submit(Nodes.intent("between"));
    // their first signatures are good, and for a nonce that is gone
    CountDownLatch second = new CountDownLatch(1);
    CountDownLatch now = signer.mayGoOn;
    signer.mayGoOn = second;
    now.countDown();
    awaitAsked(4);
    signer.broken = true;
    second.countDown();
    for (Future<OutboxMessage> each : all) {
      assertThatThrownBy(() -> each.get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(OpenLedgerException.class)
          .hasMessageContaining(ErrorCode.SIGNING_KEY.id());
    }
    assertThat(signer.asked.get()).as("one of three asked again").isEqualTo(4);
    signer.broken = false;
    nanos.addAndGet(Signing.PAUSE.toNanos());
    remote.submit(Nodes.intent("k0"));
    settle("first", "between", "k0");
    assertOnce("first", "between", "k0");
  }

  @Test
  void moreThanSomeAreRefusedAndNotKeptWaiting() throws Exception {
    outbox.submit(Nodes.intent("first"));
    signer.holds();
    List<Future<OutboxMessage>> all = new ArrayList<>();
    for (int i = 0; i < JdbcOutbox.MOST_ELSEWHERE; i++) {
      String key = "k" + i;
      all.add(threads.submit(() -> remote.submit(Nodes.intent(key))));
    }
    awaitAsked(JdbcOutbox.MOST_ELSEWHERE);
    assertThatThrownBy(() -> remote.submit(Nodes.intent("more")))
        .isInstanceOfSatisfying(
            BusyException.class, e -> assertThat(e.retryAfter()).isGreaterThan(Duration.ZERO))
        .hasMessageContaining("where the key is elsewhere");
    // what is there already needs no signature
    assertThat(remote.submit(Nodes.intent("first")).nonce()).isZero();
    signer.mayGoOn.countDown();
    List<Long> nonces = new ArrayList<>();
    for (Future<OutboxMessage> each : all) {
      nonces.add(each.get(60, TimeUnit.SECONDS).nonce());
    }
    assertThat(nonces).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
  }

  /** Raises are due, and cannot be signed: what is stored is told all the same. */
  @Test
  void deadSignerHoldsUpNothingThatIsSigned() {
    remote.submit(Nodes.intent("a"));
    turn(remote);
    outbox.submit(Nodes.intent("b"));
    signer.broken = true;
    chain.baseFee = io.openledger.api.reward.Wei.of(20_000_000_000L);
    int before = chain.told.size();
    turn(remote);
    assertThat(chain.told.size()).as("a again, and b").isEqualTo(before + 2);
    assertThat(remote.trouble().orElse("")).contains(ErrorCode.SIGNING_KEY.id());
    signer.broken = false;
    turn(remote);
    assertThat(remote.trouble()).isEmpty();
    outbox = remote;
    settle("a", "b");
    assertOnce("a", "b");
  }
}
