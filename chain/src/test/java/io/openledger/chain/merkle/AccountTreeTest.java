package io.openledger.chain.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.chain.ContractProofs;
import io.openledger.chain.CumulativeSettlement;
import io.openledger.chain.Entries;
import io.openledger.chain.merkle.AccountTree.Builder;
import io.openledger.chain.merkle.AccountTree.Section;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccountTreeTest {

  private static final long SEED = 20261126;
  private static final BigInteger MOST = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
  private static final ChainAddress ANNA = new ChainAddress("0x" + "a1".repeat(20));
  private static final ChainAddress BEN = new ChainAddress("0x" + "be".repeat(20));
  private static final ChainAddress CLEO = new ChainAddress("0x" + "c1".repeat(20));

  private final Random random = new Random(SEED);

  @Test
  void beginsWithNobody() {
    AccountTree tree = new AccountTree();
    assertThat(tree.epoch()).isZero();
    assertThat(tree.leaves()).isZero();
    assertThat(tree.root()).isEqualTo(Hash256.ZERO);
    assertThat(tree.total()).isEqualTo(Wei.ZERO);
    assertThat(tree.proof(ANNA)).isEmpty();
    assertThat(tree.amount(ANNA)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32, 33, 4095, 4096, 4097, 8193})
  void hasTheRootOfThePlainTreeAtEverySizeAtOnce(int count) {
    List<Total> totals = small(Entries.golden(count));
    AccountTree tree = new AccountTree();
    PlainAccounts plain = new PlainAccounts();
    tree.update(1, totals);
    plain.update(totals);
    assertThat(tree.root()).isEqualTo(plain.root());
    assertThat(tree.leaves()).isEqualTo(count);
    assertThat(tree.sections()).containsExactly(new Section(1, count));
  }

  @Test
  void hasTheRootOfThePlainTreeAtEverySizeOneByOne() {
    AccountTree tree = new AccountTree();
    PlainAccounts plain = new PlainAccounts();
    for (Total total : small(Entries.golden(70))) {
      tree.update(tree.epoch() + 1, List.of(total));
      plain.update(List.of(total));
      assertThat(tree.root()).isEqualTo(plain.root());
    }
  }

  /** Epoch after epoch: some grow, some stay, some are told without having grown, some are new. */
  @Test
  void everyEpochHasTheRootOfThePlainTreeAndEveryProofIsPaid() {
    for (int world = 0; world < 6; world++) {
      AccountTree tree = new AccountTree();
      PlainAccounts plain = new PlainAccounts();
      Wei before = Wei.ZERO;
      for (int epoch = 1; epoch <= 25; epoch++) {
        List<Total> changes = changes(plain.amounts(), world);
        tree.update(epoch, changes);
        plain.update(changes);
        assertThat(tree.root()).as("seed %d, epoch %d", SEED, epoch).isEqualTo(plain.root());
        assertThat(tree.total().value()).isEqualTo(plain.total());
        assertThat(tree.total()).isGreaterThanOrEqualTo(before);
        before = tree.total();
        assertPays(tree, plain);
      }
      assertRebuilt(tree);
    }
  }

  @Test
  void paysTheLargestAmountThatThereIs() {
    AccountTree tree = tree(1, ANNA, Wei.of(1), BEN, new Wei(MOST.subtract(BigInteger.ONE)));
    assertThat(tree.total().value()).isEqualTo(MOST);
    assertThat(ContractProofs.pays(tree.proof(BEN).orElseThrow())).isTrue();
  }

  @Test
  void aSingleAccountsLeafIsTheRoot() {
    AccountTree tree = new AccountTree();
    tree.update(1, List.of(new Total(ANNA, new Wei(MOST))));
    assertThat(tree.root()).isEqualTo(AmountLeaf.hash(ANNA, new Wei(MOST)));
    assertThat(tree.proof(ANNA).orElseThrow().siblings()).isEmpty();
    assertThat(ContractProofs.pays(tree.proof(ANNA).orElseThrow())).isTrue();
  }

  /** Cumulative totals prove only what they say, and to no one else. */
  @Test
  void noProofPaysAnotherAmountOrAnother() {
    AccountTree tree = tree(3, ANNA, Wei.of(5), BEN, Wei.of(3));
    EpochProof p = tree.proof(ANNA).orElseThrow();
    assertThat(p.epoch()).isEqualTo(3);
    assertThat(ContractProofs.pays(p)).isTrue();
    Wei more = Wei.of(6);
    assertThat(pays(new EpochProof(3, p.root(), ANNA, more, p.siblings()))).isFalse();
    assertThat(pays(new EpochProof(3, p.root(), BEN, p.cumulative(), p.siblings()))).isFalse();
    assertThat(tree.proof(CLEO)).isEmpty();
  }

  /** Addresses are chosen by people: these share their first 5 to 19 bytes. */
  @Test
  void findsAddressesThatAreNearlyAlike() {
    List<Total> alike = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      String tail = String.format("%02x%04x", i % 7, i);
      alike.add(new Total(new ChainAddress("0x" + "00".repeat(17) + tail), Wei.of(i + 1)));
    }
    Collections.shuffle(alike, random);
    AccountTree tree = new AccountTree();
    tree.update(1, alike.subList(0, 900));
    tree.update(2, alike);
    PlainAccounts plain = new PlainAccounts();
    plain.update(alike.subList(0, 900));
    plain.update(alike);
    assertThat(tree.root()).isEqualTo(plain.root());
    assertPays(tree, plain);
    assertRebuilt(tree);
  }

  @Test
  void theOrderOfTheTotalsDoesNotMatter() {
    List<Total> totals = small(Entries.golden(500));
    AccountTree first = new AccountTree();
    first.update(1, totals);
    for (int i = 0; i < 10; i++) {
      Collections.shuffle(totals, random);
      AccountTree tree = new AccountTree();
      tree.update(1, totals);
      assertThat(tree.root()).as("seed %d", SEED).isEqualTo(first.root());
    }
  }

  @Test
  void aCopyStaysAtItsEpoch() {
    AccountTree tree = tree(1, ANNA, Wei.of(5), BEN, Wei.of(3));
    AccountTree copy = tree.copy();
    Hash256 root = tree.root();
    tree.update(2, List.of(new Total(ANNA, Wei.of(9)), new Total(CLEO, Wei.of(1))));
    assertThat(copy.root()).isEqualTo(root).isNotEqualTo(tree.root());
    assertThat(copy.epoch()).isEqualTo(1);
    assertThat(copy.total()).isEqualTo(Wei.of(8));
    assertThat(copy.amount(ANNA)).contains(Wei.of(5));
    assertThat(copy.proof(CLEO)).isEmpty();
    assertThat(ContractProofs.pays(copy.proof(ANNA).orElseThrow())).isTrue();
    copy.update(2, List.of(new Total(ANNA, Wei.of(9)), new Total(CLEO, Wei.of(1))));
    assertThat(copy.root()).isEqualTo(tree.root());
  }

  @Test
  void refusesATotalThatShrankAndChangesNothing() {
    refusesUpdate(
        List.of(new Total(CLEO, Wei.of(1)), new Total(ANNA, Wei.of(9)), new Total(BEN, Wei.of(2))),
        ErrorCode.LEDGER_INCONSISTENT,
        BEN + " has 2 wei, and had 3 in epoch 1");
  }

  @Test
  void refusesAnAddressThatStandsTwiceAndChangesNothing() {
    refusesUpdate(
        List.of(new Total(CLEO, Wei.of(1)), new Total(ANNA, Wei.of(9)), new Total(CLEO, Wei.of(2))),
        ErrorCode.LEDGER_INCONSISTENT,
        CLEO + " stands twice, with ");
  }

  @Test
  void refusesAmountsThatOverflowTogetherAndChangesNothing() {
    refusesUpdate(
        List.of(new Total(ANNA, new Wei(MOST.subtract(BigInteger.TWO)))),
        ErrorCode.LEDGER_INCONSISTENT,
        "more than 2^256 - 1 wei");
    refusesUpdate(
        List.of(new Total(CLEO, new Wei(MOST))),
        ErrorCode.LEDGER_INCONSISTENT,
        "more than 2^256 - 1 wei");
  }

  @Test
  void refusesAnEpochThatIsNotNewer() {
    AccountTree tree = tree(7, ANNA, Wei.of(5), BEN, Wei.of(3));
    for (long epoch : new long[] {7, 6, 0, -1}) {
      refuses(() -> tree.update(epoch, List.of()), ErrorCode.INVALID_ARGUMENT, "epoch is " + epoch);
    }
  }

  @Test
  void refusesMoreTotalsThanATreeHoldsBeforeItTouchesThem() {
    AccountTree tree = new AccountTree();
    refuses(
        () -> tree.update(1, Collections.nCopies((1 << 24) + 1, new Total(ANNA, Wei.of(1)))),
        ErrorCode.INVALID_ARGUMENT,
        "number of totals is 16777217");
  }

  @Test
  void refusesARecordThatIsNotThere() {
    AccountTree tree = tree(1, ANNA, Wei.of(5), BEN, Wei.of(3));
    for (int index : new int[] {-1, 2}) {
      refuses(
          () -> tree.record(index, new byte[52], 0),
          ErrorCode.INVALID_ARGUMENT,
          "index is " + index);
    }
  }

  @Test
  void refusesToBuildWhatNoTreeWrites() {
    byte[] anna = record(ANNA, 5);
    byte[] ben = record(BEN, 3);
    broken(() -> two(1).account(ben, 0).account(anna, 0), "after " + BEN);
    broken(() -> two(1).account(anna, 0).account(anna, 0), "after " + ANNA);
    broken(() -> two(1).account(anna, 0).build(1), "1 accounts fewer in the section of epoch 1");
    broken(() -> two(1).account(anna, 0).section(new Section(2, 1)), "1 accounts fewer");
    broken(
        () -> two(1).account(anna, 0).account(ben, 0).account(ben, 0),
        "an account after a full section");
    broken(() -> two(2).account(anna, 0).account(ben, 0).build(1), "of epoch 2 in the tree of");
    broken(
        () -> two(2).account(anna, 0).account(ben, 0).section(new Section(2, 1)),
        "a section of epoch 2 after one of 2");
    broken(
        () ->
            two(2)
                .account(anna, 0)
                .account(ben, 0)
                .section(new Section(3, 1))
                .account(ben, 0)
                .build(3),
        BEN + " stands twice, with 3 and 3 wei");
    broken(() -> two(1).account(record(ANNA, 0), 0), ANNA + " with 0 wei");
    broken(() -> two(1).section(new Section(2, 1)), "2 accounts fewer");
    broken(
        () -> new Builder().section(new Section(1, (1 << 24) + 1)), "a section of 16777217 more");
    byte[] most = record(BEN, 0);
    java.util.Arrays.fill(most, 20, 52, (byte) 0xff);
    broken(() -> two(1).account(anna, 0).account(most, 0), "more than 2^256 - 1 wei");
    refuses(() -> new Section(0, 1), ErrorCode.INVALID_ARGUMENT, "epoch of a section is 0");
    refuses(() -> new Section(1, 0), ErrorCode.INVALID_ARGUMENT, "accounts of a section is 0");
  }

  private static Builder two(long epoch) {
    return new Builder().section(new Section(epoch, 2));
  }

  private static byte[] record(ChainAddress address, int amount) {
    byte[] record = new byte[52];
    System.arraycopy(Records.bytes(address), 0, record, 0, 20);
    record[51] = (byte) amount;
    return record;
  }

  private List<Total> changes(Map<ChainAddress, Wei> amounts, int world) {
    List<Total> changes = new ArrayList<>();
    amounts.forEach(
        (address, amount) -> {
          int what = random.nextInt(3);
          if (what == 0) {
            changes.add(new Total(address, amount.plus(Wei.of(1 + random.nextInt(1000)))));
          } else if (what == 1) {
            changes.add(new Total(address, amount));
          }
        });
    int fresh = random.nextInt(world == 0 ? 2 : 12);
    for (int i = 0; i < fresh; i++) {
      byte[] address = new byte[20];
      random.nextBytes(address);
      BigInteger amount = new BigInteger(1 + random.nextInt(240), random).max(BigInteger.ONE);
      changes.add(
          new Total(
              new ChainAddress("0x" + java.util.HexFormat.of().formatHex(address)),
              new Wei(amount)));
    }
    Collections.shuffle(changes, random);
    return changes;
  }

  private static void assertPays(AccountTree tree, PlainAccounts plain) {
    plain
        .amounts()
        .forEach(
            (address, amount) -> {
              EpochProof proof = tree.proof(address).orElseThrow();
              assertThat(proof.cumulative()).isEqualTo(amount);
              assertThat(tree.amount(address)).contains(amount);
              assertThat(proof.root()).isEqualTo(tree.root());
              assertThat(ContractProofs.pays(proof)).isTrue();
              assertThat(new CumulativeSettlement().verify(proof)).isTrue();
              int n = tree.leaves();
              int depth = 32 - Integer.numberOfLeadingZeros(n - 1);
              assertThat(proof.siblings().size()).isLessThanOrEqualTo(depth);
            });
  }

  private static void assertRebuilt(AccountTree tree) {
    Builder builder = new Builder();
    byte[] record = new byte[60];
    int index = 0;
    for (Section section : tree.sections()) {
      builder.section(section);
      for (int i = 0; i < section.accounts(); i++) {
        tree.record(index++, record, 8);
        builder.account(record, 8);
      }
    }
    AccountTree rebuilt = builder.build(tree.epoch());
    assertThat(rebuilt.root()).isEqualTo(tree.root());
    assertThat(rebuilt.total()).isEqualTo(tree.total());
    assertThat(rebuilt.sections()).isEqualTo(tree.sections());
    // and goes on as the other one does
    Total more = new Total(ANNA, new Wei(BigInteger.ONE.shiftLeft(250)));
    AccountTree copy = tree.copy();
    copy.update(100, List.of(more));
    rebuilt.update(100, List.of(more));
    assertThat(rebuilt.root()).isEqualTo(copy.root());
  }

  private void refusesUpdate(List<Total> changes, ErrorCode code, String arrived) {
    AccountTree tree = tree(1, ANNA, Wei.of(5), BEN, Wei.of(3));
    Hash256 root = tree.root();
    refuses(() -> tree.update(2, changes), code, arrived);
    assertThat(tree.root()).isEqualTo(root);
    assertThat(tree.epoch()).isEqualTo(1);
    assertThat(tree.total()).isEqualTo(Wei.of(8));
    assertThat(tree.leaves()).isEqualTo(2);
    assertThat(tree.amount(ANNA)).contains(Wei.of(5));
    tree.update(2, List.of(new Total(ANNA, Wei.of(6))));
    assertThat(ContractProofs.pays(tree.proof(ANNA).orElseThrow())).isTrue();
  }

  private static void broken(ThrowingCallable call, String arrived) {
    refuses(call, ErrorCode.LEAF_DATA_BROKEN, arrived);
  }

  private static void refuses(ThrowingCallable call, ErrorCode code, String arrived) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.arrived()).contains(arrived);
            });
  }

  private static boolean pays(EpochProof proof) {
    return ContractProofs.pays(proof);
  }

  private static AccountTree tree(
      long epoch, ChainAddress a, Wei amountA, ChainAddress b, Wei amountB) {
    AccountTree tree = new AccountTree();
    tree.update(epoch, List.of(new Total(b, amountB), new Total(a, amountA)));
    return tree;
  }

  /** Amounts of at most 240 bits, so that thousands fit together into 256. */
  private static List<Total> small(List<Total> totals) {
    return new ArrayList<>(
        totals.stream()
            .map(
                t ->
                    new Total(
                        t.address(),
                        new Wei(t.cumulative().value().shiftRight(16).max(BigInteger.ONE))))
            .toList());
  }
}
