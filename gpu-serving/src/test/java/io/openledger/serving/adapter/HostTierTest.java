package io.openledger.serving.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.adapter.HostTier.Claim;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much of adapters is in host memory, for whom, and how often it is read. */
@Timeout(60)
class HostTierTest {

  private static final AdapterWeights WEIGHTS =
      new AdapterWeights(Map.of(0, new Change(1, new float[] {1}, new float[] {1})));
  private static final long EACH = WEIGHTS.bytes();

  private final AtomicInteger reads = new AtomicInteger();

  private HostTier tier(int adapters) {
    return Adapters.host(
        name -> {
          reads.incrementAndGet();
          return WEIGHTS;
        },
        adapters * EACH);
  }

  private static FolderAdapter adapter(HostTier tier, int number) {
    return Adapters.source("a" + number, WEIGHTS, tier);
  }

  @Test
  void givesNoMorePlacesThanItHasHoweverManyWait() {
    HostTier tier = tier(3);
    List<Claim> claims = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      adapter(tier, i).claim(false).ifPresent(claims::add);
      assertThat(tier.bytes()).isLessThanOrEqualTo(3 * EACH);
    }
    assertThat(claims).hasSize(3);
    claims.forEach(Claim::load);
    assertThat(reads).hasValue(3);
    assertThat(tier.bytes()).isEqualTo(3 * EACH);
  }

  @Test
  void readsOnceForAllWhoWaitForTheSameVersion() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    HostTier tier =
        Adapters.host(
            name -> {
              reads.incrementAndGet();
              begun.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return WEIGHTS;
            },
            EACH);
    FolderAdapter adapter = adapter(tier, 1);
    Claim first = adapter.claim(false).orElseThrow();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<?> reading = thread.submit(first::load);
      begun.await();
      List<Claim> others = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        Claim other = adapter.claim(i % 2 == 0).orElseThrow();
        // It comes back at once: another reads.
        other.load();
        assertThat(other.loaded()).isFalse();
        others.add(other);
      }
      go.countDown();
      reading.get();
      others.forEach(other -> assertThat(other.weights()).containsSame(WEIGHTS));
    } finally {
      go.countDown();
      thread.shutdown();
    }
    assertThat(reads).hasValue(1);
    assertThat(tier.bytes()).isEqualTo(EACH);
  }

  @Test
  void givesWhatOthersOnlyWaitForToThoseWhoseTurnItIs() {
    HostTier tier = tier(2);
    Claim waiting = adapter(tier, 1).claim(false).orElseThrow();
    waiting.load();
    Claim urgent = adapter(tier, 2).claim(true).orElseThrow();
    Claim next = adapter(tier, 3).claim(true).orElseThrow();
    assertThat(waiting.gone()).isTrue();
    assertThat(waiting.loaded()).isFalse();
    assertThat(adapter(tier, 4).claim(true)).isEmpty();
    assertThat(urgent.gone()).isFalse();
    assertThat(next.gone()).isFalse();
    waiting.close();
    waiting.load();
    assertThat(reads).hasValue(1);
    urgent.close();
    assertThat(adapter(tier, 4).claim(true)).isPresent();
    assertThat(tier.bytes()).isEqualTo(2 * EACH);
  }

  @Test
  void letsInOneThatIsLargerThanAllOfItWhenNothingElseIsHeld() {
    HostTier tier = tier(0);
    FolderAdapter first = adapter(tier, 1);
    assertThat(first.claim(false)).isEmpty();
    Claim claim = first.claim(true).orElseThrow();
    assertThat(adapter(tier, 2).claim(true)).isEmpty();
    claim.load();
    assertThat(claim.loaded()).isTrue();
    claim.close();
    assertThat(tier.bytes()).isZero();
    assertThat(adapter(tier, 2).claim(true)).isPresent();
  }

  @Test
  void makesRoomOfWhatNobodyWaitsForTheLeastRecentlyUsedFirst() {
    HostTier tier = tier(2);
    FolderAdapter first = adapter(tier, 1);
    FolderAdapter second = adapter(tier, 2);
    first.load();
    second.load();
    first.load();
    assertThat(reads).hasValue(2);
    // Looking is no use.
    assertThat(tier.contains(second)).isTrue();
    adapter(tier, 3).load();
    assertThat(tier.contains(second)).isFalse();
    assertThat(tier.held()).contains(first).doesNotContain(second);
    // Not for what is only brought near: somebody waits for both.
    Claim one = first.claim(false).orElseThrow();
    Claim two = second.claim(false).orElseThrow();
    two.load();
    adapter(tier, 4).load();
    assertThat(tier.held()).containsExactlyInAnyOrder(first, second);
    assertThat(one.loaded() && two.loaded()).isTrue();
  }

  @Test
  void forgetsOneThatWasTakenAwayWithTheLastWhoWaitsForIt() {
    HostTier tier = tier(4);
    FolderAdapter adapter = adapter(tier, 1);
    Claim claim = adapter.claim(false).orElseThrow();
    claim.load();
    adapter.retire();
    tier.drop(adapter);
    assertThat(claim.loaded()).isTrue();
    claim.close();
    claim.close();
    assertThat(tier.bytes()).isZero();
    adapter.load();
    assertThat(tier.bytes()).as("read again, and not kept").isZero();
  }

  @Test
  void countsAMixWithItsPartsWhileItIsReadAndForgetsItWhenItIsUsed() {
    HostTier tier = tier(8);
    MixedAdapter mix =
        new MixedAdapter(
            List.of(
                new MixedAdapter.Part(adapter(tier, 1), 0.5),
                new MixedAdapter.Part(adapter(tier, 2), 2)),
            8);
    Claim claim = mix.claim(false).orElseThrow();
    assertThat(tier.bytes()).isEqualTo(4 * EACH);
    claim.load();
    assertThat(claim.weights().orElseThrow().bytes()).isEqualTo(2 * EACH);
    // The mix, and its parts, which were read into their own places.
    assertThat(tier.bytes()).isEqualTo(4 * EACH);
    claim.close();
    assertThat(tier.bytes()).isEqualTo(2 * EACH);
  }

  @Test
  void leavesTheNextToReadWhatOneCouldNot() {
    HostTier tier =
        Adapters.host(
            name -> {
              if (reads.incrementAndGet() == 1) {
                throw new IllegalStateException("no file");
              }
              return WEIGHTS;
            },
            EACH);
    FolderAdapter adapter = adapter(tier, 1);
    Claim first = adapter.claim(true).orElseThrow();
    Claim second = adapter.claim(false).orElseThrow();
    assertThatThrownBy(first::load).hasMessage("no file");
    first.close();
    assertThat(second.failures()).isEqualTo(1);
    second.load();
    assertThat(second.loaded()).isTrue();
    second.close();
    assertThat(tier.bytes()).isEqualTo(EACH);
  }

  @Test
  void staysWithinItsBytesWhateverIsClaimedReadAndGivenBack() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int most = random.nextInt(6);
      HostTier tier = tier(most);
      List<FolderAdapter> adapters = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        adapters.add(adapter(tier, i));
      }
      List<Claim> claims = new ArrayList<>();
      for (int step = 0; step < 300; step++) {
        int which = random.nextInt(adapters.size());
        if (random.nextInt(3) > 0) {
          Optional<Claim> claim = adapters.get(which).claim(random.nextInt(3) == 0);
          claim.ifPresent(claims::add);
        } else if (!claims.isEmpty()) {
          claims.remove(random.nextInt(claims.size())).close();
        }
        if (!claims.isEmpty()) {
          Claim one = claims.get(random.nextInt(claims.size()));
          one.load();
          assertThat(one.loaded()).as("seed %d", seed).isNotEqualTo(one.gone());
        }
        if (random.nextInt(20) == 0) {
          FolderAdapter gone = adapters.set(which, adapter(tier, which));
          gone.retire();
          tier.drop(gone);
        }
        assertThat(tier.bytes()).as("seed %d", seed).isBetween(0L, EACH * Math.max(1, most));
      }
      claims.forEach(Claim::close);
      assertThat(tier.bytes()).as("seed %d", seed).isBetween(0L, EACH * most);
      assertThat(tier.held().size() * EACH).as("seed %d", seed).isEqualTo(tier.bytes());
    }
  }
}
