package io.openledger.rollup.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.Channel;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.chain.connector.payments.PaymentChannelContract;
import io.openledger.chain.connector.payments.Voucher;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.PaymentChannels;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.runtime.rollup.Admission;
import io.openledger.runtime.rollup.ChannelStanding;
import io.openledger.runtime.rollup.Payment;
import io.openledger.runtime.rollup.PaymentRefusal;
import io.openledger.runtime.rollup.PaymentRefusal.Reason;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaymentServiceTest {

  private static final String TEXT = "one two three";
  private static final int MOST = 20;

  private static Anvil anvil;
  private static ChannelDomain domain;

  @TempDir Path data;
  private PaidServer paid;

  @BeforeAll
  static void startNode() {
    anvil = Anvil.start();
    domain = PaidServer.deploy(anvil);
  }

  @AfterAll
  static void stopNode() {
    if (anvil != null) {
      anvil.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    paid = PaidServer.start(anvil, domain, database(), data);
  }

  TestDatabase database() throws Exception {
    return TestDatabase.h2();
  }

  @AfterEach
  void stop() {
    paid.close();
  }

  private Admission admit(Payment payment) {
    return paid.payments().admit(payment, PaidServer.request(TEXT), paid.price(MOST));
  }

  private Payment payment(Channel channel, long cumulative) {
    return paid.payment(channel, cumulative, TEXT, paid.price(MOST));
  }

  private static PaymentRefusal refused(Reason reason, ThrowableAssert.ThrowingCallable call) {
    PaymentRefusal[] refusal = new PaymentRefusal[1];
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            PaymentRefusal.class,
            e -> {
              assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason);
              refusal[0] = e;
            });
    return refusal[0];
  }

  private void consistent(Channel channel) {
    assertThat(paid.owed(channel)).isEqualTo(paid.column(channel, "charged"));
    assertThat(paid.column(channel, "charged"))
        .isLessThanOrEqualTo(paid.column(channel, "accepted"));
    assertThat(paid.column(channel, "exact")).isLessThanOrEqualTo(paid.column(channel, "charged"));
    assertThat(paid.server.ledgerSum()).isEqualTo("0");
  }

  @Test
  void anAnswerThatBecameDearerSinceItWasAdmittedIsRefusedBeforeAnythingIsMadeOfIt() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    // by the terms of then, a wei less than it may cost by those that hold when it is begun
    Wei then = Wei.of(299);
    Payment payment = paid.payment(channel, 299, TEXT, then);
    try (Admission.Admitted call =
        (Admission.Admitted) paid.payments().admit(payment, PaidServer.request(TEXT), then)) {
      assertThatThrownBy(() -> paid.answer(call, TEXT, MOST))
          .isInstanceOfSatisfying(
              OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY))
          .hasMessageContaining("300 wei")
          .hasMessageContaining("299")
          .hasMessageContaining("nothing was charged");
    }
    assertThat(paid.serving.requests).isEmpty();
    assertThat(paid.owed(channel)).isZero();
    // the same payment is told the new price
    refused(Reason.EXPIRED_QUOTE, () -> admit(payment));
    assertThat(paid.call(payment(channel, 300), TEXT, MOST).charged()).isEqualTo(Wei.of(130));
    consistent(channel);
  }

  @Test
  void whatTheAnswerCostIsChargedAndTheChangePaysForTheNext() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    Admission.Settled first = paid.call(payment(channel, 300), TEXT, MOST);
    // three words at 10 and an answer at 100, of the 300 that were held back
    assertThat(first.charged()).isEqualTo(Wei.of(130));
    ChannelStanding standing = first.standing();
    assertThat(List.of(standing.charged(), standing.reserved(), standing.accepted()))
        .containsExactly(Wei.of(130), Wei.ZERO, Wei.of(300));
    consistent(channel);
    // 130 charged and 300 to hold back: 429 is one wei too little, 430 is enough
    refused(Reason.TOO_LITTLE, () -> admit(payment(channel, 429)));
    assertThat(paid.call(payment(channel, 430), TEXT, MOST).standing().charged())
        .isEqualTo(Wei.of(260));
    consistent(channel);
    // no voucher is not above 260 but the first's, which is above it: nothing exact yet
    assertThat(paid.column(channel, "exact")).isZero();
    Payment third = payment(channel, 560);
    Voucher.Signed agreed = new Voucher(channel.id(), Wei.of(260)).sign(domain, paid.payer);
    Payment acknowledging =
        new Payment(
            third.chainId(),
            third.contract(),
            third.payer(),
            third.payee(),
            third.salt(),
            third.cumulative(),
            third.voucher(),
            third.quote(),
            third.authorization(),
            Optional.of(
                new Payment.Acknowledged(
                    Wei.of(260), PaidServer.hex(agreed.signature().toBytes()))));
    paid.call(acknowledging, TEXT, MOST);
    // the highest that is signed and not above 390 is the first voucher, for 300
    assertThat(paid.column(channel, "exact")).isEqualTo(300);
    consistent(channel);
  }

  @Test
  void thePaymentSentAgainGivesTheAnswerAgainAndChargesNothing() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    Payment payment = payment(channel, 300);
    paid.call(payment, TEXT, MOST);
    // long after the quote ended, on another server
    paid.clock.advance(Duration.ofMinutes(30));
    PaymentService other = paid.service(paid.settings());
    Admission again = other.payments().admit(payment, PaidServer.request(TEXT), paid.price(MOST));
    assertThat(again)
        .isInstanceOfSatisfying(
            Admission.Answered.class,
            a -> {
              assertThat(a.content().text()).isEqualTo(TEXT);
              assertThat(a.settled().charged()).isEqualTo(Wei.of(130));
            });
    assertThat(paid.owed(channel)).isEqualTo(130);
    assertThat(paid.serving.requests).hasSize(1);
    // when it is forgotten it is no payment any more either: its quote has ended
    paid.clock.advance(Duration.ofHours(1));
    paid.service.round();
    refused(Reason.EXPIRED_QUOTE, () -> admit(payment));
    assertThat(paid.owed(channel)).isEqualTo(130);
  }

  @Test
  void aVoucherThatSomebodyReadUnderWayPaysForNothingElse() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    Payment read = payment(channel, 300);
    // with a quote of his own for another request
    String quote = paid.payments().offer(PaidServer.request("his"), paid.price(MOST)).quote();
    Payment his =
        new Payment(
            read.chainId(),
            read.contract(),
            read.payer(),
            read.payee(),
            read.salt(),
            read.cumulative(),
            read.voucher(),
            quote,
            read.authorization(),
            Optional.empty());
    refused(
        Reason.INVALID_SIGNATURE,
        () -> paid.payments().admit(his, PaidServer.request("his"), paid.price(MOST)));
    refused(
        Reason.OTHER_REQUEST,
        () -> paid.payments().admit(read, PaidServer.request("his"), paid.price(MOST)));
    // the payer itself pays once with it
    paid.call(read, TEXT, MOST);
    PaymentRefusal replayed = refused(Reason.REPLAYED, () -> admit(payment(channel, 300)));
    ChannelStanding standing = replayed.standing().orElseThrow();
    assertThat(standing.accepted()).isEqualTo(Wei.of(300));
    assertThat(standing.voucher()).contains(read.voucher());
    assertThat(paid.owed(channel)).isEqualTo(130);
  }

  @Test
  void whatDoesNotPayIsRefusedWithItsReason() {
    Channel channel = paid.open(Wei.of(1000));
    Payment good = payment(channel, 300);
    refused(
        Reason.WRONG_NETWORK,
        () ->
            admit(
                new Payment(
                    1,
                    good.contract(),
                    good.payer(),
                    good.payee(),
                    good.salt(),
                    good.cumulative(),
                    good.voucher(),
                    good.quote(),
                    good.authorization(),
                    Optional.empty())));
    refused(
        Reason.WRONG_NETWORK,
        () ->
            admit(
                new Payment(
                    1612,
                    PaidServer.somebody(),
                    good.payer(),
                    good.payee(),
                    good.salt(),
                    good.cumulative(),
                    good.voucher(),
                    good.quote(),
                    good.authorization(),
                    Optional.empty())));
    refused(
        Reason.WRONG_PAYEE,
        () ->
            admit(
                paid.payment(
                    new Channel(paid.payer.address(), PaidServer.somebody(), channel.salt()),
                    300,
                    TEXT,
                    paid.price(MOST))));
    String flipped = (good.quote().charAt(40) == 'A' ? 'B' : 'A') + "";
    refused(
        Reason.INVALID_QUOTE,
        () ->
            admit(
                paid.payment(
                    channel,
                    300,
                    TEXT,
                    good.quote().substring(0, 40) + flipped + good.quote().substring(41))));
    refused(Reason.INVALID_QUOTE, () -> admit(paid.payment(channel, 300, TEXT, "")));
    refused(Reason.TOO_LITTLE, () -> admit(payment(channel, 299)));
    refused(Reason.EXHAUSTED_DEPOSIT, () -> admit(payment(channel, 1001)));
    refused(Reason.UNKNOWN_CHANNEL, () -> admit(payment(paid.channel(), 300)));
    refused(Reason.UNKNOWN_CHANNEL, () -> admit(payment(paid.open(Wei.of(999)), 300)));
    paid.clock.advance(Duration.ofMinutes(3));
    refused(Reason.EXPIRED_QUOTE, () -> admit(good));
    refused(
        Reason.EXPIRED_QUOTE,
        () -> paid.payments().admit(payment(channel, 300), PaidServer.request(TEXT), Wei.of(301)));
    assertThat(paid.owed(channel)).isZero();
    assertThat(paid.database.number("SELECT COUNT(*) FROM ol_payments")).isZero();
    paid.call(payment(channel, 300), TEXT, MOST);
  }

  @Test
  void channelsAndWhatTheyOweHaveLimits() {
    PaymentSettings tight =
        paid.settings()
            .with(
                new PaymentSettings.Settling(
                    Wei.of(400), Duration.ofDays(1), PaymentChannels.CEILING, Wei.ZERO))
            .with(new PaymentSettings.Trust(1, Wei.of(1000), Wei.of(400), Wei.ZERO));
    paid.service = paid.service(tight);
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.call(payment(channel, 300), TEXT, MOST);
    refused(Reason.TOO_MUCH_OPEN, () -> admit(payment(channel, 430)));
    refused(Reason.TOO_MANY_CHANNELS, () -> admit(payment(paid.open(PaidServer.DEPOSIT), 300)));
    consistent(channel);
  }

  @Test
  void anAnswerThatFailsCostsNothingAndItsVoucherStaysGood() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.serving.beforeAnswer(
        prompt -> {
          throw new OpenLedgerException(ErrorCode.DEVICE_LOST, "gone", "there", "open it again");
        });
    Payment payment = payment(channel, 300);
    assertThatThrownBy(() -> paid.call(payment, TEXT, MOST))
        .isInstanceOf(OpenLedgerException.class);
    assertThat(paid.owed(channel)).isZero();
    paid.serving.beforeAnswer(prompt -> {});
    // the very same payment, and then the same amount for another call: both are covered once
    assertThat(paid.call(payment, TEXT, MOST).charged()).isEqualTo(Wei.of(130));
    consistent(channel);
  }

  @Test
  void fiftyCallsAtOnceOnOneChannelAreEachChargedOnce() throws Exception {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    List<Payment> payments = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      payments.add(paid.payment(channel, 300L * i, TEXT + " " + i, paid.price(MOST)));
    }
    List<Callable<Wei>> calls = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      String text = TEXT + " " + i;
      Payment payment = payments.get(i - 1);
      calls.add(
          () -> {
            while (true) {
              try {
                return paid.call(payment, text, MOST).charged();
              } catch (OpenLedgerException e) {
                boolean later =
                    e.code() == ErrorCode.BUSY || e.code() == ErrorCode.LEDGER_UNAVAILABLE;
                if (!later) {
                  throw e;
                }
              }
            }
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(50);
    long sum = 0;
    try {
      for (Future<Wei> each : threads.invokeAll(calls)) {
        sum += each.get().value().longValueExact();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(sum).isEqualTo(50 * 140);
    assertThat(paid.owed(channel)).isEqualTo(sum);
    assertThat(paid.column(channel, "charged")).isEqualTo(sum);
    assertThat(paid.column(channel, "accepted")).isEqualTo(50 * 300);
    assertThat(paid.database.number("SELECT COUNT(*) FROM ol_payments WHERE state = 'RESERVED'"))
        .isZero();
    consistent(channel);
  }

  @Test
  void theSameAmountPaysOneOfTwoCallsAtOnce() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    try (Admission.Admitted first = (Admission.Admitted) admit(payment(channel, 300))) {
      assertThat(refused(Reason.REPLAYED, () -> admit(payment(channel, 300))).standing())
          .map(ChannelStanding::reserved)
          .contains(Wei.of(300));
      refused(Reason.TOO_LITTLE, () -> admit(payment(channel, 599)));
      try (Admission.Admitted second = (Admission.Admitted) admit(payment(channel, 600))) {
        paid.answer(second, TEXT, MOST);
      }
      paid.answer(first, TEXT, MOST);
    }
    assertThat(paid.owed(channel)).isEqualTo(260);
    consistent(channel);
  }

  @Test
  void aCallWhoseServerDiedIsLetGoAndCannotBeChargedLater() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    Payment payment = payment(channel, 300);
    Admission.Admitted dead = (Admission.Admitted) admit(payment);
    assertThatThrownBy(() -> admit(payment)).isInstanceOf(BusyException.class);
    paid.clock.advance(Duration.ofMinutes(6));
    // the quote has ended; the amount is good for another
    refused(Reason.EXPIRED_QUOTE, () -> admit(payment));
    assertThat(paid.call(payment(channel, 300), TEXT, MOST).charged()).isEqualTo(Wei.of(130));
    // it was not dead after all, only slow
    assertThatThrownBy(() -> paid.answer(dead, TEXT, MOST))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNAVAILABLE));
    dead.close();
    assertThat(paid.owed(channel)).isEqualTo(130);
    assertThat(paid.database.number("SELECT COUNT(*) FROM ol_receipts")).isEqualTo(1);
    consistent(channel);
  }

  @Test
  void anAnswerThatIsReadSlowlyIsChargedHoweverLongItTakes() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.serving.beforeAnswer(
        prompt -> {
          for (int minute = 0; minute < 90; minute += 2) {
            paid.clock.advance(Duration.ofMinutes(2));
            paid.service.renew();
            paid.service.round();
          }
          // nobody else has the amount, though it lapsed long ago
          refused(Reason.REPLAYED, () -> admit(payment(channel, 300)));
        });
    assertThat(paid.call(payment(channel, 300), TEXT, MOST).charged()).isEqualTo(Wei.of(130));
    consistent(channel);
    paid.serving.beforeAnswer(prompt -> {});
    // once it is closed nothing is held back any more
    paid.service.renew();
    assertThat(paid.database.number("SELECT COUNT(*) FROM ol_payments WHERE state = 'RESERVED'"))
        .isZero();
    assertThat(paid.call(payment(channel, 430), TEXT, MOST).charged()).isEqualTo(Wei.of(130));
  }

  @Test
  void anAnswerWhosePriceLapsedIsChargedAllTheSameWhileWhatWasSignedIsThere() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.serving.beforeAnswer(
        prompt -> {
          paid.clock.advance(Duration.ofMinutes(6));
          paid.service.round(); // forgets it
        });
    assertThat(paid.call(payment(channel, 300), TEXT, MOST).charged()).isEqualTo(Wei.of(130));
    assertThat(paid.owed(channel)).isEqualTo(130);
    consistent(channel);
  }

  @Test
  void anAnswerWhosePriceLapsedAndIsUsedIsEndedAndNeverChargedBeyondWhatWasSigned() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    Admission.Admitted slow = (Admission.Admitted) admit(payment(channel, 300));
    List<Boolean> held = new ArrayList<>();
    List<Admission.Admitted> others = new ArrayList<>();
    paid.serving.beforeAnswer(
        prompt -> {
          held.add(slow.held());
          paid.clock.advance(Duration.ofMinutes(6));
          others.add((Admission.Admitted) admit(payment(channel, 300)));
          paid.service.renew();
          held.add(slow.held());
        });
    assertThatThrownBy(() -> paid.answer(slow, TEXT, MOST))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_UNAVAILABLE));
    slow.close();
    assertThat(held).containsExactly(true, false);
    assertThat(paid.owed(channel)).isZero();
    // the one that has the amount now is charged
    paid.serving.beforeAnswer(prompt -> {});
    try (Admission.Admitted other = others.get(0)) {
      paid.answer(other, TEXT, MOST);
    }
    assertThat(paid.owed(channel)).isEqualTo(130);
    consistent(channel);
  }

  @Test
  void whatIsOwedInAnotherContractIsSettledThereAfterTheServerWasGivenANewOne() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.call(paid.payment(channel, 130, TEXT, Wei.of(130)), TEXT, 3);
    ChannelDomain newer = PaidServer.deploy(anvil);
    assertThat(newer).isNotEqualTo(domain);
    anvil.mine(12); // until then it says nothing of what is final
    PaymentService moved = paid.service(paid.settings(), newer.contract());
    moved.round();
    assertThat(paid.column(channel, "deposit"))
        .as("what the other contract has is asked of it")
        .isEqualTo(PaidServer.DEPOSIT.value().longValueExact());
    // the payer knows that the server has moved, and takes the rest
    paid.send(PaymentChannelContract.requestClose(channel));
    TestServer.await(
        "it is settled",
        () -> {
          moved.round();
          return paid.settled(channel) == 130;
        });
  }

  @Test
  void channelsOfAnotherChainAreLeftAsTheyAreUntilItIsAttachedAgain() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.call(paid.payment(channel, 130, TEXT, Wei.of(130)), TEXT, 3);
    paid.send(PaymentChannelContract.requestClose(channel));
    ofChain(5);
    paid.service.round();
    assertThat(paid.column(channel, "submitted")).isZero();
    assertThat(paid.column(channel, "closes_at")).as("not asked of this chain").isZero();
    ofChain(1612);
    paid.service.round();
    assertThat(paid.column(channel, "submitted")).isEqualTo(130);
  }

  private void ofChain(long id) {
    paid.store.requiresNew(
        "moving channels", c -> Sql.update(c, "UPDATE ol_channels SET chain_id = ?", id));
  }

  @Test
  void whatIsChargedIsSettledOnceByWhicheverServer() throws Exception {
    anvil.setNextBaseFee(Wei.of(1));
    PaymentSettings settings =
        paid.settings()
            .with(
                new PaymentSettings.Settling(
                    Wei.of(500), Duration.ofDays(1), PaymentChannels.CEILING, Wei.ZERO));
    paid.service = paid.service(settings);
    Channel channel = paid.open(PaidServer.DEPOSIT);
    for (int i = 1; i <= 3; i++) {
      paid.call(paid.payment(channel, 130L * i, TEXT, Wei.of(130)), TEXT, 3);
    }
    assertThat(paid.column(channel, "exact")).isEqualTo(390);
    paid.service.round();
    assertThat(paid.column(channel, "submitted")).as("less than 500 wei").isZero();
    paid.call(paid.payment(channel, 520, TEXT, Wei.of(130)), TEXT, 3);
    paid.service.round();
    assertThat(paid.column(channel, "submitted")).as("gas costs more").isZero();
    // from here on it is worth it whatever it costs: the payer closes, and a loss is borne
    paid.send(PaymentChannelContract.requestClose(channel));
    PaymentSettings bearing =
        settings.with(
            new PaymentSettings.Settling(
                Wei.of(500), Duration.ofDays(1), PaymentChannels.CEILING, PaidServer.coin()));
    List<PaymentService> nodes = List.of(paid.service(bearing), paid.service(bearing));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<Object> each :
          threads.invokeAll(
              nodes.stream()
                  .map(
                      n ->
                          (Callable<Object>)
                              () -> {
                                n.round();
                                return true;
                              })
                  .toList())) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    TestServer.await("it is settled", () -> paid.settled(channel) == 520);
    assertThat(
            paid.database.number(
                "SELECT COUNT(*) FROM ol_outbox WHERE business_key LIKE 'channel/%'"))
        .isEqualTo(1);
    assertThat(paid.outbox.find("channel/0x" + channel.id().hex() + "/settle/520")).isPresent();
    nodes.get(0).round();
    assertThat(paid.column(channel, "settled")).isEqualTo(520);
    assertThat(paid.owed(channel)).isEqualTo(520);
    refused(Reason.CLOSING_CHANNEL, () -> admit(payment(channel, 1000)));
  }

  @Test
  void aPayerWhoClosesWithAnOldVoucherIsSettledAtWhatWasChargedInTheWindow() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    Payment first = payment(channel, 300);
    paid.call(first, TEXT, MOST);
    paid.call(payment(channel, 430), TEXT, MOST);
    // the payer settles its first voucher itself, and begins to close
    paid.send(
        PaymentChannelContract.settle(
            channel, new Voucher(channel.id(), Wei.of(250)).sign(domain, paid.payer)));
    paid.send(PaymentChannelContract.requestClose(channel));
    paid.service.round();
    // 260 were charged; the least that is signed and pays that is the voucher for 300
    TestServer.await("it is settled", () -> paid.settled(channel) == 300);
    anvil.advance(Duration.ofSeconds(3601));
    paid.send(PaymentChannelContract.finish(channel));
    assertThat(paid.settled(channel)).isEqualTo(300);
    assertThat(paid.owed(channel)).isEqualTo(260);
  }

  @Test
  void settlingThatWasRevertedIsTriedAgainUnderAnotherKey() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.call(paid.payment(channel, 130, TEXT, Wei.of(130)), TEXT, 3);
    paid.send(PaymentChannelContract.requestClose(channel));
    Outbox real = paid.outbox;
    String first = "channel/0x" + channel.id().hex() + "/settle/130";
    List<String> submitted = new ArrayList<>();
    Outbox reverting =
        new Outbox() {
          @Override
          public OutboxMessage submit(ChainIntent intent) {
            submitted.add(intent.businessKey());
            return intent.businessKey().equals(first) ? message(first) : real.submit(intent);
          }

          @Override
          public Optional<OutboxMessage> find(String businessKey) {
            if (!submitted.contains(businessKey)) {
              return Optional.empty();
            }
            return businessKey.equals(first) ? Optional.of(message(first)) : real.find(businessKey);
          }

          private OutboxMessage message(String key) {
            return new OutboxMessage(
                key,
                paid.payee.address(),
                1,
                OutboxMessage.State.REVERTED,
                io.openledger.api.Hash256.ZERO,
                Optional.of("out of gas"),
                java.time.Instant.EPOCH);
          }
        };
    PaymentService service = paid.service(paid.settings(), reverting);
    service.round(); // submitted
    service.round(); // found reverted, and submitted under another key
    assertThat(submitted).containsExactly(first, first + "/again/1");
    TestServer.await("it is settled", () -> paid.settled(channel) == 130);
    service.round();
    assertThat(submitted).hasSize(2);
    assertThat(paid.column(channel, "attempts")).isZero();
  }

  @Test
  void anAmountThatKeepsFailingIsLeftToPeopleAndNoKeyIsUsedTwice() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.call(paid.payment(channel, 130, TEXT, Wei.of(130)), TEXT, 3);
    paid.send(PaymentChannelContract.requestClose(channel));
    List<String> submitted = new ArrayList<>();
    Outbox reverting =
        new Outbox() {
          @Override
          public OutboxMessage submit(ChainIntent intent) {
            submitted.add(intent.businessKey());
            return find(intent.businessKey()).orElseThrow();
          }

          @Override
          public Optional<OutboxMessage> find(String key) {
            return submitted.contains(key)
                ? Optional.of(
                    new OutboxMessage(
                        key,
                        paid.payee.address(),
                        1,
                        OutboxMessage.State.REVERTED,
                        io.openledger.api.Hash256.ZERO,
                        Optional.of("out of gas"),
                        java.time.Instant.EPOCH))
                : Optional.empty();
          }
        };
    PaymentService service = paid.service(paid.settings(), reverting);
    for (int round = 0; round < 12; round++) {
      service.round();
    }
    String first = "channel/0x" + channel.id().hex() + "/settle/130";
    List<String> tried =
        List.of(
            first, first + "/again/1", first + "/again/2", first + "/again/3", first + "/again/4");
    assertThat(submitted).containsExactlyElementsOf(tried);
    // that a part of it is settled by others does not begin it anew
    paid.send(
        PaymentChannelContract.settle(
            channel, new Voucher(channel.id(), Wei.of(100)).sign(domain, paid.payer)));
    for (int round = 0; round < 3; round++) {
      service.round();
    }
    assertThat(submitted).containsExactlyElementsOf(tried);
    assertThat(paid.column(channel, "attempts")).isEqualTo(5);
    // that it is settled does
    paid.send(
        PaymentChannelContract.settle(
            channel, new Voucher(channel.id(), Wei.of(130)).sign(domain, paid.payer)));
    service.round();
    assertThat(paid.column(channel, "attempts")).isZero();
    assertThat(submitted).containsExactlyElementsOf(tried);
  }

  @Test
  void aChannelThatClosesIsSettledInTheNextRoundHoweverManyOthersOweDust() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.call(payment(channel, 300), TEXT, MOST);
    // looked at long before the one that matters: open, closing, and left closed for ever
    long now = paid.clock.instant().getEpochSecond();
    paid.store.requiresNew(
        "dust",
        c -> {
          for (int i = 0; i < 900; i++) {
            Channel dust = paid.channel();
            ChannelView view =
                new ChannelView(
                    Wei.of(1000),
                    Wei.of(1000),
                    Wei.ZERO,
                    i % 3 == 0
                        ? Optional.empty()
                        : Optional.of(
                            java.time.Instant.ofEpochSecond(i % 3 == 1 ? now - 9 : now + 60)),
                    false,
                    paid.clock.instant().minusSeconds(3000));
            ChannelRows.insert(c, dust.id(), dust, domain, view);
            ChannelRows.accept(c, dust.id(), Wei.of(1), "00".repeat(65));
            ChannelRows.charge(c, dust.id(), Wei.of(1), Optional.empty());
          }
          return true;
        });
    paid.send(PaymentChannelContract.requestClose(channel));
    paid.service.round();
    TestServer.await("it is settled", () -> paid.settled(channel) == 300);
  }

  @Test
  void whoClosesWhileItReadsAnAnswerSlowlyPaysForIt() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    long[] submitted = new long[2];
    paid.serving.beforeAnswer(
        prompt -> {
          paid.send(PaymentChannelContract.requestClose(channel));
          paid.service.round();
          submitted[0] = paid.column(channel, "submitted");
          // until shortly before the window's end
          long closesAt = paid.column(channel, "closes_at");
          paid.clock.advance(
              Duration.ofSeconds(closesAt - paid.clock.instant().getEpochSecond() - 600));
          paid.service.renew();
          paid.service.round();
          submitted[1] = paid.column(channel, "submitted");
        });
    paid.call(payment(channel, 300), TEXT, MOST);
    assertThat(submitted).containsExactly(0, 300);
    TestServer.await("it is settled", () -> paid.settled(channel) == 300);
    consistent(channel);
  }

  @Test
  void whatTheOutboxDoesNotTakeIsNotNotedAndIsSubmittedLater() {
    Channel channel = paid.open(PaidServer.DEPOSIT);
    paid.call(paid.payment(channel, 130, TEXT, Wei.of(130)), TEXT, 3);
    paid.send(PaymentChannelContract.requestClose(channel));
    Outbox real = paid.outbox;
    boolean[] dies = {true};
    Outbox dying =
        new Outbox() {
          @Override
          public OutboxMessage submit(ChainIntent intent) {
            OutboxMessage stored = real.submit(intent);
            if (dies[0]) { // stored, and gone with the transaction
              throw new IllegalStateException("the server dies here");
            }
            return stored;
          }

          @Override
          public Optional<OutboxMessage> find(String businessKey) {
            return real.find(businessKey);
          }
        };
    PaymentService service = paid.service(paid.settings(), dying);
    service.round();
    assertThat(paid.column(channel, "submitted")).isZero();
    assertThat(paid.database.number("SELECT COUNT(*) FROM ol_outbox")).isZero();
    dies[0] = false;
    service.round();
    TestServer.await("it is settled", () -> paid.settled(channel) == 130);
  }

  @Test
  void onlyFinalizedDepositsCountUnlessLessIsTrustedForSmallAmounts() {
    Channel channel = paid.channel();
    paid.deposit(channel, PaidServer.DEPOSIT);
    refused(Reason.UNKNOWN_CHANNEL, () -> admit(payment(channel, 300)));
    anvil.mine(6); // safe, and not finalized
    refused(Reason.UNKNOWN_CHANNEL, () -> admit(payment(channel, 300)));
    PaymentSettings early =
        paid.settings()
            .with(new PaymentSettings.Trust(10, Wei.of(400), Wei.of(100_000), Wei.of(500)));
    PaymentService trusting = paid.service(early);
    paid.service = trusting;
    paid.call(payment(channel, 300), TEXT, MOST);
    refused(Reason.EXHAUSTED_DEPOSIT, () -> admit(payment(channel, 501)));
    // a reorganisation takes the deposit away: nothing more is taken, at most 500 were lost
    anvil.rollback(7);
    anvil.mine(7);
    paid.clock.advance(Duration.ofMinutes(11));
    refused(Reason.EXHAUSTED_DEPOSIT, () -> admit(payment(channel, 450)));
    assertThat(paid.owed(channel)).isEqualTo(130);
    assertThat(paid.column(channel, "early_deposit")).isZero();
  }
}
