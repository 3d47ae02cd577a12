package io.openledger.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.api.spi.Settlement.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CumulativeSettlementTest {

  private static final long SEED = 20261121;
  private static final ChainAddress ANNA = new ChainAddress("0x" + "a1".repeat(20));
  private static final ChainAddress BEN = new ChainAddress("0x" + "be".repeat(20));

  private final Settlement settlement = new CumulativeSettlement();

  @Test
  void isFoundAsTheOneSettlement() {
    assertThat(ServiceLoader.load(Settlement.class))
        .singleElement()
        .isInstanceOf(CumulativeSettlement.class);
  }

  @Test
  void anEpochInWhichNobodyEarnedHasTheZeroRootAndNoProof() {
    Tree tree = settlement.close(1, List.of(), List.of());
    assertThat(tree.root()).isEqualTo(Hash256.ZERO);
    assertThat(tree.leaves()).isZero();
    assertThat(tree.proof(ANNA)).isEmpty();
    assertThat(settlement.verify(new EpochProof(1, Hash256.ZERO, ANNA, Wei.of(1), List.of())))
        .isFalse();
  }

  @Test
  void aProofSaysWhatTheAddressEarnedInWhichEpoch() {
    Tree tree = settlement.close(7, totals(ANNA, 5, BEN, 3), List.of());
    EpochProof proof = tree.proof(BEN).orElseThrow();
    assertThat(proof.epoch()).isEqualTo(7);
    assertThat(proof.root()).isEqualTo(tree.root());
    assertThat(proof.address()).isEqualTo(BEN);
    assertThat(proof.cumulative()).isEqualTo(Wei.of(3));
    assertThat(settlement.verify(proof)).isTrue();
  }

  @Test
  void theOrderOfTheTotalsDoesNotMatter() {
    Random random = new Random(SEED);
    List<Total> totals = Entries.random(random, 100);
    Hash256 root = settlement.close(1, totals, List.of()).root();
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(totals, random);
      assertThat(settlement.close(1, totals, List.of()).root()).as("seed %d", SEED).isEqualTo(root);
    }
  }

  @Test
  void laterChangesOfTheListsDoNotReachTheTree() {
    List<Total> totals = new ArrayList<>(totals(ANNA, 5, BEN, 3));
    Tree tree = settlement.close(1, totals, List.of());
    totals.clear();
    assertThat(tree.leaves()).isEqualTo(2);
    assertThat(settlement.verify(tree.proof(ANNA).orElseThrow())).isTrue();
  }

  @Test
  void amountsMayGrowStayAndAppear() {
    Tree tree = settlement.close(2, totals(ANNA, 5, BEN, 3), List.of(new Total(ANNA, Wei.of(5))));
    assertThat(tree.leaves()).isEqualTo(2);
    assertThat(settlement.close(3, totals(ANNA, 6, BEN, 3), totals(BEN, 3, ANNA, 5)).root())
        .isNotEqualTo(tree.root());
  }

  @Test
  void refusesAnAmountThatShrank() {
    refuses(
        () -> settlement.close(2, totals(ANNA, 5, BEN, 2), totals(ANNA, 5, BEN, 3)),
        BEN + " has 2 wei, and had 3 in the epoch before",
        "amounts that do not shrink");
  }

  @Test
  void refusesAnAddressThatIsMissing() {
    refuses(
        () -> settlement.close(2, List.of(new Total(ANNA, Wei.of(9))), totals(ANNA, 5, BEN, 3)),
        BEN + " is missing, and had 3 wei in the epoch before",
        "every address of the epoch before");
  }

  @Test
  void refusesAnAddressThatStandsTwice() {
    refuses(
        () -> settlement.close(2, totals(ANNA, 5, ANNA, 5), List.of()),
        ANNA + " stands twice in epoch 2, with 5 and 5 wei",
        "each address once");
    refuses(
        () -> settlement.close(2, totals(ANNA, 5, BEN, 5), totals(BEN, 1, BEN, 2)),
        BEN + " stands twice in the epoch before, with 1 and 2 wei",
        "each address once");
  }

  @Test
  void refusesAnEpochBeforeTheFirstAndMoreTotalsThanATreeHolds() {
    assertThatThrownBy(() -> settlement.close(0, List.of(), List.of()))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("epoch is 0");
    List<Total> tooMany = Collections.nCopies((1 << 24) + 1, new Total(ANNA, Wei.of(1)));
    assertThatThrownBy(() -> settlement.close(1, tooMany, List.of()))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("number of totals is 16777217")
        .hasMessageContaining("at most 16777216");
  }

  /** Over many epochs in which random addresses earn: nobody's proven amount ever falls. */
  @Test
  void everyProofOfEveryEpochVerifiesAndAmountsNeverFall() {
    Random random = new Random(SEED);
    List<Total> before = List.of();
    for (int epoch = 1; epoch <= 30; epoch++) {
      List<Total> now = new ArrayList<>();
      for (Total total : before) {
        now.add(new Total(total.address(), grown(total.cumulative(), random)));
      }
      now.addAll(Entries.random(random, random.nextInt(40)));
      Tree tree = settlement.close(epoch, now, before);
      for (Total total : now) {
        EpochProof proof = tree.proof(total.address()).orElseThrow();
        assertThat(proof.cumulative()).isEqualTo(total.cumulative());
        assertThat(settlement.verify(proof)).as("seed %d, epoch %d", SEED, epoch).isTrue();
      }
      for (Total total : before) {
        assertThat(tree.proof(total.address()).orElseThrow().cumulative())
            .isGreaterThanOrEqualTo(total.cumulative());
      }
      before = now;
    }
    assertThat(before.size()).isGreaterThan(300);
  }

  private static Wei grown(Wei amount, Random random) {
    Wei more = Wei.of(random.nextInt(1000));
    return amount.value().bitLength() < 256 ? amount.plus(more) : amount;
  }

  private static List<Total> totals(ChainAddress a, long amountA, ChainAddress b, long amountB) {
    return List.of(new Total(a, Wei.of(amountA)), new Total(b, Wei.of(amountB)));
  }

  private static void refuses(ThrowingCallable close, String arrived, String allowed) {
    assertThatThrownBy(close)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_INCONSISTENT);
              assertThat(e.arrived()).isEqualTo(arrived);
              assertThat(e.allowed()).isEqualTo(allowed);
              assertThat(e.remedy()).contains("epoch");
            });
  }
}
