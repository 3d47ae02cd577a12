package io.openledger.rollup.payments;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.Channel;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestDatabase;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The round's lists against the same rules written plainly. */
class ChannelListsTest {

  private static final ChainAddress ADDRESS =
      new ChainAddress("0x00000000000000000000000000000000000000aa");
  private static final ChannelDomain DOMAIN = ChannelDomain.of(1612, ADDRESS);
  private static final ChannelDomain ELSEWHERE = ChannelDomain.of(5, ADDRESS);
  private static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");
  private static final Instant IDLE = NOW.minusSeconds(3600);
  private static final long LEAST = 50;

  private record Plain(
      Hash256 id,
      long closesAt,
      boolean finished,
      long checked,
      long risk,
      boolean handedOver,
      int attempts) {}

  @Test
  void eachKindHasItsPlacesAndMostAtRiskComesFirst() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (TestDatabase database = TestDatabase.h2()) {
      Store store =
          new Store(
              database.pool(),
              new Transactions(database.transactions(), database.pool()),
              c -> {},
              Clock.systemUTC());
      store.prepare();
      List<Plain> all = new ArrayList<>();
      store.requiresNew(
          "channels",
          c -> {
            for (int i = 0; i < 1500; i++) {
              all.add(insert(c, random, i, DOMAIN));
              if (i % 3 == 0) {
                insert(c, random, 1500 + i, ELSEWHERE);
              }
            }
            return true;
          });
      List<Hash256> round =
          List.copyOf(
              store.requiresNew("round", c -> ChannelLists.round(c, 1612, Wei.of(LEAST), IDLE, 5)));
      assertThat(round).as("seed " + seed).containsExactlyElementsOf(plain(all));
      long alive = store.requiresNew("count", c -> ChannelLists.alive(c, 1612, NOW));
      assertThat(alive)
          .as("seed " + seed)
          .isEqualTo(
              all.stream()
                  .filter(p -> !p.finished())
                  .filter(p -> p.closesAt() == 0 || p.closesAt() > NOW.getEpochSecond())
                  .count());
    }
  }

  private static Plain insert(java.sql.Connection c, Random random, int i, ChannelDomain domain)
      throws java.sql.SQLException {
    Channel channel = new Channel(ADDRESS, ADDRESS, Hash256.sha256("salt " + i));
    long deposit = random.nextInt(400);
    long early = deposit + (random.nextBoolean() ? random.nextInt(50) : 0);
    long settled = random.nextInt((int) deposit + 1);
    long charged = settled + random.nextInt(200);
    long held = random.nextInt(4) == 0 ? 1 + random.nextInt(100) : 0;
    long closesAt = random.nextInt(3) == 0 ? 0 : NOW.getEpochSecond() + random.nextInt(200) - 100;
    boolean finished = random.nextInt(10) == 0;
    // times that differ, so that there is one order
    long checked = NOW.toEpochMilli() - 7L * random.nextInt(1_000_000) * 2 - i;
    ChannelView view =
        new ChannelView(
            Wei.of(deposit),
            Wei.of(early),
            Wei.of(settled),
            closesAt == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(closesAt)),
            finished,
            Instant.ofEpochMilli(checked));
    ChannelRows.insert(c, channel.id(), channel, domain, view);
    ChannelRows.accept(c, channel.id(), Wei.of(charged + held), "00");
    ChannelRows.charge(c, channel.id(), Wei.of(charged), Optional.empty());
    boolean handedOver = random.nextInt(4) == 0;
    int attempts = random.nextInt(7);
    ChannelRows.submitted(c, channel.id(), Wei.of(handedOver ? settled + 1 : settled), attempts);
    if (held > 0) {
      PaymentRows.reserve(
          c,
          String.format("%032x", i),
          channel.id(),
          "attempt",
          new PaymentRows.Signed(Wei.of(charged + held), "00"),
          Wei.of(held),
          NOW);
    }
    long risk = Math.min(early, charged + held) - settled;
    return new Plain(channel.id(), closesAt, finished, checked, risk, handedOver, attempts);
  }

  private static Set<Hash256> plain(List<Plain> all) {
    Comparator<Plain> longest = Comparator.comparingLong(Plain::checked);
    Predicate<Plain> free = p -> !p.finished() && !p.handedOver();
    Set<Hash256> round = new LinkedHashSet<>();
    all.stream()
        .filter(free)
        .filter(p -> p.closesAt() > 0 && p.risk() >= LEAST && p.attempts() < 5)
        .sorted(
            Comparator.comparingLong(Plain::risk)
                .reversed()
                .thenComparingLong(Plain::closesAt)
                .thenComparing(p -> p.id().hex()))
        .limit(200)
        .forEach(p -> round.add(p.id()));
    all.stream()
        .filter(p -> !p.finished() && p.handedOver())
        .sorted(longest)
        .limit(200)
        .forEach(p -> round.add(p.id()));
    all.stream()
        .filter(free)
        .filter(p -> p.closesAt() == 0 && p.risk() >= LEAST)
        .sorted(longest)
        .limit(200)
        .forEach(p -> round.add(p.id()));
    all.stream()
        .filter(free)
        .filter(p -> p.closesAt() == 0 && p.risk() < LEAST)
        .filter(p -> p.checked() < IDLE.toEpochMilli())
        .sorted(longest)
        .limit(20)
        .forEach(p -> round.add(p.id()));
    return round;
  }
}
