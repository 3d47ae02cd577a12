package io.openledger.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerAccountsTest {

  private static final long SEED = 20261126;

  @TempDir Path folder;

  private final Random random = new Random(SEED);
  private final Settlement settlement = new CumulativeSettlement();

  /** What a ledger keeps: what each epoch changed. */
  private final Map<Long, List<Total>> rows = new TreeMap<>();

  private List<Total> epoch(Settlement.Accounts accounts, long number, List<Total> all) {
    List<Total> changed = new ArrayList<>();
    for (int i = 0; i < 1 + random.nextInt(40); i++) {
      if (all.isEmpty() || random.nextBoolean()) {
        Total fresh = Entries.random(random, 1, 80).get(0);
        all.add(fresh);
        changed.add(fresh);
      }
    }
    for (int i = 0; i < all.size(); i += 1 + random.nextInt(5)) {
      Total was = all.get(i);
      if (!changed.contains(was)) {
        Total now = new Total(was.address(), was.cumulative().plus(Wei.of(1 + random.nextInt(9))));
        all.set(i, now);
        changed.add(now);
      }
    }
    rows.put(number, changed);
    accounts.update(number, changed);
    return changed;
  }

  private SortedMap<Long, List<Total>> firstEarned(long upTo) {
    Map<Object, Long> first = new HashMap<>();
    Map<Object, Total> last = new HashMap<>();
    rows.forEach(
        (number, changed) -> {
          if (number <= upTo) {
            changed.forEach(t -> first.putIfAbsent(t.address(), number));
            changed.forEach(t -> last.put(t.address(), t));
          }
        });
    SortedMap<Long, List<Total>> sections = new TreeMap<>();
    last.values().stream()
        .sorted(Comparator.comparing(Total::address))
        .forEach(
            t -> sections.computeIfAbsent(first.get(t.address()), n -> new ArrayList<>()).add(t));
    return sections;
  }

  @Test
  void areTheSameWhetherFollowedOrMadeOfWhatWasKept() {
    ExecutorService helpers = Executors.newFixedThreadPool(2);
    try {
      Settlement.Accounts followed = settlement.accounts(0, new TreeMap<>(), Runnable::run);
      List<Total> all = new ArrayList<>();
      for (long number = 1; number <= 25; number++) {
        epoch(followed, number, all);
        Settlement.Accounts made = settlement.accounts(number, firstEarned(number), helpers);
        assertThat(made.root()).as("seed %d, epoch %d", SEED, number).isEqualTo(followed.root());
        assertThat(made.total()).isEqualTo(followed.total());
        assertThat(made.epoch()).isEqualTo(number);
        assertThat(made.digest()).isEqualTo(followed.digest());
        for (Total t : all) {
          EpochProof proof = made.proof(t.address()).orElseThrow();
          assertThat(proof).isEqualTo(followed.proof(t.address()).orElseThrow());
          assertThat(proof.cumulative()).isEqualTo(t.cumulative());
          assertThat(settlement.verify(proof)).isTrue();
        }
      }
    } finally {
      helpers.shutdown();
    }
  }

  @Test
  void copyIsNotChangedByWhatComesLater() {
    Settlement.Accounts accounts = settlement.accounts(0, new TreeMap<>(), Runnable::run);
    List<Total> all = new ArrayList<>();
    epoch(accounts, 1, all);
    Settlement.Accounts copy = accounts.copy();
    Hash256 root = copy.root();
    List<EpochProof> proofs = all.stream().map(t -> copy.proof(t.address()).orElseThrow()).toList();
    List<Total> first = List.copyOf(all);
    for (long number = 2; number < 20; number++) {
      epoch(accounts, number, all);
    }
    assertThat(copy.epoch()).isEqualTo(1);
    assertThat(copy.root()).isEqualTo(root);
    assertThat(first.stream().map(t -> copy.proof(t.address()).orElseThrow())).isEqualTo(proofs);
  }

  @Test
  void digestIsThatOfTheFile() throws Exception {
    Settlement.Accounts accounts = settlement.accounts(0, new TreeMap<>(), Runnable::run);
    Path file = folder.resolve("leaves");
    Hash256 empty = accounts.publish(file);
    assertThat(empty).isEqualTo(accounts.digest());
    // more than a buffer of them
    accounts.update(7, Entries.random(random, 3000, 200));
    assertThat(accounts.publish(file))
        .isEqualTo(accounts.digest())
        .isEqualTo(Hash256.sha256(Files.readAllBytes(file)))
        .isNotEqualTo(empty);
    assertThat(LeafFile.read(file, accounts.root(), accounts.digest()).summary().epoch())
        .isEqualTo(7);
  }

  @Test
  void publishesTheFormBefore() {
    List<Total> totals = Entries.random(random, 50, 200);
    Settlement.Tree tree = settlement.close(3, totals, List.of());
    Path file = folder.resolve("leaves");
    Hash256 digest = settlement.publish(file, 3, totals);
    assertThat(LeafFile.read(file, tree.root(), digest).summary().form())
        .isEqualTo(LeafFile.Form.STANDARD);
  }

  @Test
  void refusesRowsThatAreNotInOrder() {
    List<Total> two = Entries.random(random, 2, 80);
    two.sort(Comparator.comparing(Total::address).reversed());
    SortedMap<Long, List<Total>> falling = new TreeMap<>(Map.of(1L, two));
    SortedMap<Long, List<Total>> twice =
        new TreeMap<>(Map.of(1L, List.of(two.get(0)), 2L, List.of(two.get(0))));
    for (SortedMap<Long, List<Total>> wrong : List.of(falling, twice)) {
      assertThatThrownBy(() -> settlement.accounts(2, wrong, Runnable::run))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.LEAF_DATA_BROKEN));
    }
  }
}
