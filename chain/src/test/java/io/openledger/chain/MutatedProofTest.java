package io.openledger.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** One change to a right proof, anywhere in it, and it proves nothing. */
class MutatedProofTest {

  private static final long SEED = 20261121;

  private final Settlement settlement = new CumulativeSettlement();
  private final Random random = new Random(SEED);

  private enum Mutation {
    ROOT,
    ADDRESS,
    AMOUNT,
    SIBLING,
    DROPPED,
    DOUBLED,
    INVENTED,
    SWAPPED,
    OTHERS_AMOUNT,
    OTHERS_PATH
  }

  private interface Form {
    Settlement.Tree tree(Settlement settlement, List<Total> totals);
  }

  @Test
  void noMutatedProofOfMoreThanTenThousandVerifies() {
    refusesMutations((settlement, totals) -> settlement.close(1, totals, List.of()));
  }

  @Test
  void noMutatedProofOfAccountsThatKeepTheirPlacesVerifies() {
    refusesMutations(
        (settlement, totals) -> {
          // two epochs, so that the second section begins anywhere in the tree
          int first = 1 + random.nextInt(totals.size());
          Settlement.Accounts accounts = settlement.accounts(0, new TreeMap<>(), Runnable::run);
          accounts.update(1, totals.subList(0, first));
          accounts.update(2, totals.subList(first, totals.size()));
          return accounts;
        });
  }

  private void refusesMutations(Form form) {
    Map<Mutation, Integer> refused = new EnumMap<>(Mutation.class);
    for (int size : new int[] {1, 2, 3, 7, 8, 100, 333}) {
      // small enough that all amounts together fit into 256 bits
      List<Total> totals = Entries.random(random, size, 247);
      Settlement.Tree tree = form.tree(settlement, totals);
      for (int i = 0; i < 400; i++) {
        EpochProof right = proof(tree, totals);
        assertThat(settlement.verify(right)).isTrue();
        for (Mutation mutation : Mutation.values()) {
          EpochProof wrong = mutate(mutation, right, proof(tree, totals));
          if (!wrong.equals(right)) {
            assertThat(settlement.verify(wrong))
                .as("seed %d: %s of %s, made of %s", SEED, mutation, wrong, right)
                .isFalse();
            refused.merge(mutation, 1, Integer::sum);
          }
        }
      }
    }
    assertThat(refused).containsOnlyKeys(Mutation.values());
    assertThat(refused.values().stream().mapToInt(n -> n).sum()).isGreaterThan(10_000);
  }

  private EpochProof proof(Settlement.Tree tree, List<Total> totals) {
    return tree.proof(totals.get(random.nextInt(totals.size())).address()).orElseThrow();
  }

  private EpochProof mutate(Mutation mutation, EpochProof p, EpochProof other) {
    List<Hash256> path = new ArrayList<>(p.siblings());
    return switch (mutation) {
      case ROOT -> new EpochProof(p.epoch(), flip(p.root()), p.address(), p.cumulative(), path);
      case ADDRESS -> new EpochProof(p.epoch(), p.root(), flip(p.address()), p.cumulative(), path);
      case AMOUNT -> new EpochProof(p.epoch(), p.root(), p.address(), flip(p.cumulative()), path);
      case SIBLING -> {
        if (!path.isEmpty()) {
          int at = random.nextInt(path.size());
          path.set(at, flip(path.get(at)));
        }
        yield with(p, path);
      }
      case DROPPED -> {
        if (!path.isEmpty()) {
          path.remove(random.nextInt(path.size()));
        }
        yield with(p, path);
      }
      case DOUBLED -> {
        if (!path.isEmpty()) {
          path.add(path.get(random.nextInt(path.size())));
        }
        yield with(p, path);
      }
      case INVENTED -> {
        path.add(random.nextInt(path.size() + 1), flip(Hash256.ZERO));
        yield with(p, path);
      }
      case SWAPPED -> {
        Collections.shuffle(path, random);
        yield with(p, path);
      }
      case OTHERS_AMOUNT ->
          new EpochProof(p.epoch(), p.root(), p.address(), other.cumulative(), path);
      case OTHERS_PATH -> with(p, other.siblings());
    };
  }

  private static EpochProof with(EpochProof p, List<Hash256> path) {
    return new EpochProof(p.epoch(), p.root(), p.address(), p.cumulative(), path);
  }

  private Hash256 flip(Hash256 hash) {
    byte[] bytes = hash.toBytes();
    bytes[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
    return Hash256.of(bytes);
  }

  private ChainAddress flip(ChainAddress address) {
    byte[] bytes = HexFormat.of().parseHex(address.value().substring(2));
    bytes[random.nextInt(20)] ^= (byte) (1 << random.nextInt(8));
    return new ChainAddress("0x" + HexFormat.of().formatHex(bytes));
  }

  private Wei flip(Wei amount) {
    return new Wei(amount.value().flipBit(random.nextInt(256)));
  }
}
