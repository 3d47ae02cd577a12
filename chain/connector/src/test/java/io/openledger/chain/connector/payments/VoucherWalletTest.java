package io.openledger.chain.connector.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SigningPayload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoucherWalletTest {

  private static final ChannelDomain DOMAIN =
      ChannelDomain.of(1612, new ChainAddress("0x5fbdb2315678afecb367f032d93f642f64180aa3"));
  private static final ChainAddress PAYEE =
      new ChainAddress("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
  private static final SpendingLimits LIMITS = new SpendingLimits(Wei.of(100), Wei.of(1000));
  private static final Hash256 REQUEST = Hash256.sha256("request");

  @TempDir Path folder;
  private final Moving clock = new Moving();
  private final LocalSigner signer = LocalSigner.fromDigits("11".repeat(32).toCharArray());

  private static final class Moving extends Clock {
    Instant now = Instant.parse("2026-11-26T10:00:00Z");

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  @BeforeEach
  void deposit() {
    try (VoucherWallet wallet = open()) {
      wallet.deposited(new ChannelState(Wei.of(500), Wei.ZERO, Optional.empty(), false));
    }
  }

  private VoucherWallet open() {
    return open(signer, LIMITS);
  }

  private VoucherWallet open(Signer by, SpendingLimits limits) {
    return VoucherWallet.open(folder.resolve("wallet"), DOMAIN, PAYEE, 0, by, limits, clock);
  }

  private static PayeeView payee(long charged, long reserved, long accepted) {
    return new PayeeView(Wei.of(charged), Wei.of(reserved), Wei.of(accepted), Optional.empty());
  }

  private static long amount(VoucherWallet.Issued issued) {
    return issued.voucher().voucher().cumulative().value().longValueExact();
  }

  private static void refused(ErrorCode code, ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void theChangeOfACallPaysForTheNext() {
    try (VoucherWallet wallet = open()) {
      VoucherWallet.Issued first = wallet.pay(REQUEST, "q1", Wei.of(100));
      assertThat(amount(first)).isEqualTo(100);
      assertThat(first.acknowledged()).isEmpty();
      wallet.answered(first, Wei.of(30), payee(30, 0, 100));
      VoucherWallet.Issued second = wallet.pay(REQUEST, "q2", Wei.of(100));
      assertThat(amount(second)).isEqualTo(130);
      assertThat(second.acknowledged().orElseThrow().voucher().cumulative()).isEqualTo(Wei.of(30));
      assertThat(second.acknowledged().orElseThrow().by(wallet.channel(), DOMAIN)).isTrue();
      wallet.answered(second, Wei.of(10), payee(40, 0, 130));
      // what was signed covers this one
      assertThat(amount(wallet.pay(REQUEST, "q3", Wei.of(50)))).isEqualTo(130);
    }
  }

  @Test
  void callsBesideEachOtherEachHaveTheirOwnPart() {
    try (VoucherWallet wallet = open()) {
      VoucherWallet.Issued one = wallet.pay(REQUEST, "q1", Wei.of(50));
      VoucherWallet.Issued two = wallet.pay(REQUEST, "q2", Wei.of(50));
      assertThat(amount(one)).isEqualTo(50);
      assertThat(amount(two)).isEqualTo(100);
      wallet.refused(one);
      // what was refused is there for the next one
      assertThat(amount(wallet.pay(REQUEST, "q3", Wei.of(50)))).isEqualTo(100);
    }
  }

  @Test
  void anAmountIsOnTheDiskBeforeItIsSigned() {
    long[] found = new long[2];
    Signer looking =
        new Signer() {
          @Override
          public ChainAddress address() {
            return signer.address();
          }

          @Override
          public Signature sign(SigningPayload payload) {
            try {
              // what a process that died here would find: another wallet's file has the same bytes
              byte[] bytes = Files.readAllBytes(folder.resolve("wallet"));
              Path copy = folder.resolve("copy");
              Files.write(copy, bytes);
              try (VoucherWallet other =
                  VoucherWallet.open(copy, DOMAIN, PAYEE, 0, signer, LIMITS, clock)) {
                found[0] = other.balance().issued().value().longValueExact();
                found[1] = other.balance().signedToday().value().longValueExact();
              }
            } catch (java.io.IOException e) {
              throw new AssertionError(e);
            }
            return signer.sign(payload);
          }

          @Override
          public void close() {}
        };
    try (VoucherWallet wallet = open(looking, LIMITS)) {
      wallet.pay(REQUEST, "q", Wei.of(70));
    }
    assertThat(found).containsExactly(70, 70);
  }

  @Test
  void aKeyThatCannotBeUsedTakesNothing() {
    Signer broken =
        new Signer() {
          @Override
          public ChainAddress address() {
            return signer.address();
          }

          @Override
          public Signature sign(SigningPayload payload) {
            throw new OpenLedgerException(ErrorCode.SIGNING_KEY, "gone", "there", "bring it back");
          }

          @Override
          public void close() {}
        };
    try (VoucherWallet wallet = open(broken, LIMITS)) {
      refused(ErrorCode.SIGNING_KEY, () -> wallet.pay(REQUEST, "q", Wei.of(70)));
      // nobody knows how far the key came: it stays counted
      assertThat(wallet.balance().signedToday()).isEqualTo(Wei.of(70));
    }
    try (VoucherWallet wallet = open()) {
      // and is there for the next call
      assertThat(amount(wallet.pay(REQUEST, "q", Wei.of(70)))).isEqualTo(70);
      assertThat(wallet.balance().signedToday()).isEqualTo(Wei.of(70));
    }
  }

  @Test
  void limitsHoldByCallByDayAndByDepositAcrossRestarts() {
    try (VoucherWallet wallet = open(signer, new SpendingLimits(Wei.of(60), Wei.of(100)))) {
      refused(ErrorCode.FORBIDDEN, () -> wallet.pay(REQUEST, "q", Wei.of(61)));
      refused(ErrorCode.FORBIDDEN, () -> wallet.pay(REQUEST, "q", Wei.ZERO));
      wallet.answered(wallet.pay(REQUEST, "q", Wei.of(60)), Wei.of(60), payee(60, 0, 60));
    }
    try (VoucherWallet wallet = open(signer, new SpendingLimits(Wei.of(60), Wei.of(100)))) {
      refused(ErrorCode.FORBIDDEN, () -> wallet.pay(REQUEST, "q", Wei.of(41)));
      wallet.answered(wallet.pay(REQUEST, "q", Wei.of(40)), Wei.of(40), payee(100, 0, 100));
      clock.now = Instant.parse("2026-11-25T10:00:00Z");
      refused(ErrorCode.FORBIDDEN, () -> wallet.pay(REQUEST, "q", Wei.of(1)));
      clock.now = Instant.parse("2026-11-27T00:00:00Z");
      assertThat(amount(wallet.pay(REQUEST, "q", Wei.of(60)))).isEqualTo(160);
    }
    SpendingLimits wide = new SpendingLimits(Wei.of(1000), Wei.of(10_000));
    try (VoucherWallet wallet = open(signer, wide)) {
      refused(ErrorCode.CHAIN_REFUSED, () -> wallet.pay(REQUEST, "q", Wei.of(401)));
      assertThat(amount(wallet.pay(REQUEST, "q", Wei.of(400)))).isEqualTo(500);
    }
  }

  @Test
  void aPayeeThatRefusesAndThenClaimsWhatItHasSpendsTheDaysLimitAndNoMore() {
    SpendingLimits limits = new SpendingLimits(Wei.of(60), Wei.of(100));
    try (VoucherWallet wallet = open(signer, limits)) {
      VoucherWallet.Issued first = wallet.pay(REQUEST, "q1", Wei.of(60));
      wallet.refused(first);
      wallet.adopt(payee(60, 0, 60));
      refused(ErrorCode.FORBIDDEN, () -> wallet.pay(REQUEST, "q2", Wei.of(41)));
      VoucherWallet.Issued second = wallet.pay(REQUEST, "q3", Wei.of(40));
      wallet.answered(second, Wei.ZERO, payee(100, 0, 100));
      refused(ErrorCode.FORBIDDEN, () -> wallet.pay(REQUEST, "q4", Wei.of(1)));
      clock.now = Instant.parse("2026-11-27T00:00:00Z");
      assertThat(amount(wallet.pay(REQUEST, "q5", Wei.of(60)))).isEqualTo(160);
    }
  }

  @Test
  void aPayeeThatClaimsToHoldMuchBackHasNoMoreSignedThanCallsCost() {
    try (VoucherWallet wallet = open()) {
      wallet.answered(wallet.pay(REQUEST, "q1", Wei.of(100)), Wei.of(10), payee(10, 0, 100));
      wallet.adopt(payee(10, 400, 100));
      // 100 are signed; of those 90 may be held back
      assertThat(amount(wallet.pay(REQUEST, "q2", Wei.of(20)))).isEqualTo(120);
    }
  }

  @Test
  void aCallWithoutAnAnswerCountsUntilThePayeeTells() {
    try (VoucherWallet wallet = open()) {
      VoucherWallet.Issued lost = wallet.pay(REQUEST, "q1", Wei.of(50));
      wallet.unanswered(lost);
      wallet.unanswered(lost);
      assertThat(amount(wallet.pay(REQUEST, "q2", Wei.of(50)))).isEqualTo(100);
      // it was charged 20, and the other one is under way
      wallet.adopt(payee(20, 50, 100));
      assertThat(amount(wallet.pay(REQUEST, "q3", Wei.of(30)))).isEqualTo(100);
    }
  }

  /**
   * A payee that says anything at any time: refusals of what it keeps, amounts it never charged,
   * calls it does not answer, old vouchers as proof. Whatever it says, on no day does the highest
   * amount that has a signature rise by more than the limit.
   */
  @Test
  void onNoDayIsMoreSignedThanItsLimitWhateverThePayeeSays() {
    for (long seed = 1; seed <= 15; seed++) {
      Random random = new Random(seed);
      long perCall = 1 + random.nextInt(100);
      long perDay = perCall + random.nextInt(300);
      SpendingLimits limits = new SpendingLimits(Wei.of(perCall), Wei.of(perDay));
      Path file = folder.resolve("h" + seed);
      Instant begin = Instant.parse("2026-11-26T00:00:00Z");
      clock.now = begin;
      List<VoucherWallet.Issued> given = new ArrayList<>();
      long highest = 0;
      long before = 0;
      int reached = 0;
      VoucherWallet wallet = VoucherWallet.open(file, DOMAIN, PAYEE, 0, signer, limits, clock);
      wallet.deposited(new ChannelState(Wei.of(1_000_000), Wei.ZERO, Optional.empty(), false));
      for (int day = 0; day < 3; day++) {
        for (int i = 0; i < 60; i++) {
          // within the day, also backwards
          clock.now = begin.plusSeconds(day * 86_400L + random.nextInt(86_400));
          try {
            VoucherWallet.Issued issued =
                wallet.pay(REQUEST, "q" + i, Wei.of(1 + random.nextInt((int) perCall)));
            given.add(issued);
            highest = Math.max(highest, amount(issued));
            assertThat(issued.acknowledged().map(a -> a.voucher().cumulative()).orElse(Wei.ZERO))
                .as("seed " + seed)
                .isLessThanOrEqualTo(Wei.of(highest));
          } catch (OpenLedgerException e) {
            assertThat(e.code()).as("seed " + seed).isEqualTo(ErrorCode.FORBIDDEN);
            reached++;
          }
          assertThat(highest - before).as("seed " + seed).isLessThanOrEqualTo(perDay);
          hostile(random, wallet, given, highest);
          if (random.nextInt(20) == 0) {
            wallet.close();
            wallet = VoucherWallet.open(file, DOMAIN, PAYEE, 0, signer, limits, clock);
          }
        }
        before = highest;
      }
      assertThat(reached).as("seed " + seed).isPositive();
      wallet.close();
    }
  }

  private static void hostile(
      Random random, VoucherWallet wallet, List<VoucherWallet.Issued> given, long highest) {
    if (given.isEmpty()) {
      return;
    }
    VoucherWallet.Issued call = given.get(given.size() - 1 - random.nextInt(given.size()) / 10);
    VoucherWallet.Issued shown = given.get(random.nextInt(given.size()));
    PayeeView view =
        new PayeeView(
            Wei.of(random.nextBoolean() ? highest : random.nextInt((int) highest + 50)),
            Wei.of(random.nextInt(3) == 0 ? random.nextInt(1_000_000) : 0),
            Wei.of(random.nextBoolean() ? amount(shown) : random.nextInt((int) highest + 50)),
            Optional.of(shown.voucher().signature()));
    try {
      switch (random.nextInt(5)) {
        case 0 -> wallet.refused(call);
        case 1 -> wallet.unanswered(call);
        case 2 -> wallet.answered(call, Wei.of(random.nextInt(100)), view);
        case 3 -> {
          wallet.refused(call);
          wallet.adopt(view);
        }
        default -> wallet.adopt(view);
      }
    } catch (OpenLedgerException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_DISPUTED); // and it goes on all the same
    }
  }

  @Test
  void whatWasNotSignedIsNotBelieved() {
    try (VoucherWallet wallet = open()) {
      VoucherWallet.Issued call = wallet.pay(REQUEST, "q", Wei.of(50));
      refused(ErrorCode.CHAIN_DISPUTED, () -> wallet.answered(call, Wei.of(51), payee(51, 0, 51)));
      refused(ErrorCode.CHAIN_DISPUTED, () -> wallet.answered(call, Wei.of(50), payee(51, 0, 50)));
      refused(ErrorCode.CHAIN_DISPUTED, () -> wallet.adopt(payee(50, 0, 80)));
      LocalSigner stranger = LocalSigner.fromDigits("22".repeat(32).toCharArray());
      PayeeView forged =
          new PayeeView(
              Wei.of(50),
              Wei.ZERO,
              Wei.of(80),
              Optional.of(
                  stranger.sign(new Voucher(wallet.channel().id(), Wei.of(80)).in(DOMAIN))));
      refused(ErrorCode.CHAIN_DISPUTED, () -> wallet.adopt(forged));
      assertThat(wallet.balance().issued()).isEqualTo(Wei.of(50));
      assertThat(wallet.balance().charged()).isEqualTo(Wei.ZERO);
    }
  }

  @Test
  void aWalletWithoutItsFileGoesOnWhereThePayeeProvesThatItWas() throws Exception {
    VoucherWallet.Issued last;
    try (VoucherWallet wallet = open()) {
      last = wallet.pay(REQUEST, "q", Wei.of(100));
      wallet.answered(last, Wei.of(90), payee(90, 0, 100));
    }
    Files.delete(folder.resolve("wallet"));
    deposit();
    try (VoucherWallet wallet = open()) {
      assertThat(amount(wallet.pay(REQUEST, "q2", Wei.of(20)))).isEqualTo(20); // the payee refuses
      wallet.adopt(
          new PayeeView(
              Wei.of(90), Wei.of(30), Wei.of(100), Optional.of(last.voucher().signature())));
      // 90 charged, at most 10 under way of what another run signed, 20 of this one, 20 for this
      assertThat(amount(wallet.pay(REQUEST, "q3", Wei.of(20)))).isEqualTo(140);
      // the day of what a lost file had signed is forgotten: it counts as of today
      assertThat(wallet.balance().signedToday()).isEqualTo(Wei.of(140));
    }
  }

  @Test
  void aFileThatIsDamagedOfAnotherChannelOrInUseIsRefused() throws Exception {
    Path file = folder.resolve("wallet");
    try (VoucherWallet wallet = open()) {
      refused(ErrorCode.STORAGE_UNAVAILABLE, this::open);
      assertThat(wallet.toString()).contains(wallet.channel().id().hex());
    }
    byte[] good = Files.readAllBytes(file);
    refused(
        ErrorCode.STORAGE_UNAVAILABLE,
        () -> VoucherWallet.open(file, DOMAIN, PAYEE, 1, signer, LIMITS, clock));
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] torn = good.clone();
      if (i % 2 == 0) {
        torn = java.util.Arrays.copyOf(good, random.nextInt(good.length));
      } else {
        torn[random.nextInt(torn.length)] ^= (byte) (1 << random.nextInt(8));
      }
      Files.write(file, torn);
      refused(ErrorCode.STORAGE_UNAVAILABLE, this::open);
    }
    Files.write(file, good);
    open().close();
  }

  /**
   * A payee and a wallet whose process dies at any point; the payee's rule is the plain one: what
   * was charged and is under way is covered by the highest voucher.
   */
  @Test
  void noTwoCallsEverCountTheSameAmountWhereverTheProcessDies() {
    for (long seed = 1; seed <= 30; seed++) {
      Random random = new Random(seed);
      long charged = 0;
      long accepted = 0;
      Optional<Signature> proof = Optional.empty();
      Map<Long, String> meanings = new HashMap<>();
      VoucherWallet wallet =
          VoucherWallet.open(
              folder.resolve("w" + seed),
              DOMAIN,
              PAYEE,
              0,
              signer,
              new SpendingLimits(Wei.of(100), Wei.of(1_000_000)),
              clock);
      wallet.deposited(new ChannelState(Wei.of(100_000), Wei.ZERO, Optional.empty(), false));
      for (int i = 0; i < 40; i++) {
        long price = 1 + random.nextInt(50);
        VoucherWallet.Issued issued = wallet.pay(Hash256.sha256("r" + i), "q" + i, Wei.of(price));
        long signed = amount(issued);
        boolean arrived = random.nextInt(4) != 0;
        boolean covered = charged + price <= Math.max(accepted, signed);
        if (arrived && covered) {
          if (signed > accepted) {
            accepted = signed;
            proof = Optional.of(issued.voucher().signature());
          }
          charged += 1 + random.nextInt((int) price);
          meanings.put(charged, "r" + i);
        }
        switch (random.nextInt(3)) {
          case 0 -> { // it dies before it learns anything
            wallet.close();
            wallet =
                VoucherWallet.open(
                    folder.resolve("w" + seed),
                    DOMAIN,
                    PAYEE,
                    0,
                    signer,
                    new SpendingLimits(Wei.of(100), Wei.of(1_000_000)),
                    clock);
          }
          default -> {
            PayeeView view = new PayeeView(Wei.of(charged), Wei.ZERO, Wei.of(accepted), proof);
            if (arrived && covered) {
              long before = wallet.balance().charged().value().longValueExact();
              assertThat(charged).isGreaterThanOrEqualTo(before);
              wallet.answered(
                  issued, Wei.of(Math.min(price, charged - Math.min(before, charged))), view);
            } else {
              wallet.refused(issued);
              if (arrived) {
                wallet.adopt(view);
              }
            }
          }
        }
        assertThat(charged).as("seed " + seed).isLessThanOrEqualTo(accepted);
        assertThat(accepted)
            .as("seed " + seed)
            .isLessThanOrEqualTo(wallet.balance().issued().value().longValueExact());
      }
      // whatever was lost under way, the payer goes on: after what the payee tells, it is taken
      wallet.adopt(new PayeeView(Wei.of(charged), Wei.ZERO, Wei.of(accepted), proof));
      assertThat(amount(wallet.pay(REQUEST, "last", Wei.of(10))))
          .as("seed " + seed)
          .isGreaterThanOrEqualTo(charged + 10);
      wallet.close();
    }
  }
}
