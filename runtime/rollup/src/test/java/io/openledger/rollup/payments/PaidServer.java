package io.openledger.rollup.payments;

import io.openledger.api.AttributionMode;
import io.openledger.api.Hash256;
import io.openledger.api.model.Answer;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Handling;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.Sampling;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.payments.Channel;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.chain.connector.payments.PaidCall;
import io.openledger.chain.connector.payments.PaymentChannelContract;
import io.openledger.chain.connector.payments.Voucher;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.PaymentChannels;
import io.openledger.rollup.outbox.JdbcOutbox;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.support.QuickOutbox;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.rollup.Admission;
import io.openledger.runtime.rollup.PaidRequest;
import io.openledger.runtime.rollup.Payment;
import io.openledger.runtime.rollup.PaymentOffer;
import io.openledger.runtime.rollup.Payments;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestClock;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server that is paid, with a scripted model, over a real node, contract and outbox; and a payer
 * whose payments tests put together by hand. A token costs 10 wei, an answer 100.
 */
final class PaidServer implements AutoCloseable {

  static final Wei DEPOSIT = Wei.of(1_000_000);

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static int salts;

  final Anvil anvil;
  final ChainClient chain;
  final ChannelDomain domain;
  final LocalSigner payee;
  final LocalSigner payer;
  final ScriptedServing serving = new ScriptedServing();
  final TestClock clock = new TestClock();
  final TestDatabase database;
  final TestServer server;
  final Store store;
  JdbcOutbox outbox;
  PaymentService service;

  private PaidServer(Anvil anvil, ChannelDomain domain, TestDatabase database, Path data) {
    this.anvil = anvil;
    this.chain = client(anvil);
    this.domain = domain;
    this.payee = anvil.signer(1);
    this.payer = anvil.signer(2);
    this.database = database;
    this.server =
        TestServer.start(
            database,
            data,
            new PlainAttribution(),
            serving,
            Map.of(
                "openledger.policy.fee-per-answer-wei", "100",
                "openledger.policy.fee-per-token-wei", "10"));
    this.store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            Clock.systemUTC());
    store.prepare();
    this.outbox = outbox();
    this.service = service(settings());
  }

  static ChainClient client(Anvil anvil) {
    return new NodeClient(
        new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, THREADS));
  }

  static ChannelDomain deploy(Anvil anvil) {
    return ChannelDomain.of(1612, PaymentChannels.deploy(client(anvil), anvil.signer(0)));
  }

  static PaidServer start(Anvil anvil, ChannelDomain domain, TestDatabase database, Path data) {
    return new PaidServer(anvil, domain, database, data);
  }

  /** Deposits from 1 000 wei on, 100 000 wei open; settled at 10 000 wei or after a day. */
  PaymentSettings settings() {
    return new PaymentSettings(
        payee.address(),
        true,
        new PaymentSettings.Trust(10, Wei.of(1000), Wei.of(100_000), Wei.ZERO),
        new PaymentSettings.Times(
            Duration.ofMinutes(2), Duration.ofMinutes(5), Duration.ofHours(1), Duration.ZERO),
        new PaymentSettings.Settling(
            Wei.of(10_000), Duration.ofDays(1), PaymentChannels.CEILING, PaidServer.coin()));
  }

  static Wei coin() {
    return Wei.of(1_000_000_000_000_000_000L);
  }

  private JdbcOutbox outbox() {
    JdbcOutbox made =
        new JdbcOutbox(
            store,
            chain,
            payee,
            "node",
            QuickOutbox.settings(Duration.ofMillis(50), Duration.ofMillis(100)),
            server.executor(),
            System::nanoTime);
    made.start();
    return made;
  }

  PaymentService service(PaymentSettings settings) {
    return service(settings, outbox);
  }

  PaymentService service(PaymentSettings settings, Outbox submitting) {
    return service(settings, submitting, domain.contract());
  }

  /** A server that was given another contract. */
  PaymentService service(PaymentSettings settings, ChainAddress contract) {
    return service(settings, outbox, contract);
  }

  private PaymentService service(
      PaymentSettings settings, Outbox submitting, ChainAddress contract) {
    return new PaymentService(
        settings, contract, chain, submitting, store, server.executor(), clock, new SecureRandom());
  }

  Payments payments() {
    return service.payments();
  }

  /** A channel with a salt of its own, with a finalized deposit. */
  Channel open(Wei deposit) {
    Channel channel = channel();
    deposit(channel, deposit);
    anvil.mine(12);
    return channel;
  }

  Channel channel() {
    return new Channel(payer.address(), payee.address(), Hash256.sha256("salt " + ++salts));
  }

  void deposit(Channel channel, Wei deposit) {
    PaymentChannels.send(
        chain,
        payer,
        Optional.of(domain.contract()),
        deposit,
        PaymentChannelContract.deposit(channel, deposit));
  }

  /** Sent by the payer. */
  void send(byte[] data) {
    PaymentChannels.send(chain, payer, Optional.of(domain.contract()), Wei.ZERO, data);
  }

  static PaidRequest request(String text) {
    return new PaidRequest("POST", "/v1/completions", Hash256.sha256(text));
  }

  /** A payment for a request, of an offer that is made now. */
  Payment payment(Channel channel, long cumulative, String text, Wei price) {
    PaymentOffer offer = payments().offer(request(text), price);
    return payment(channel, cumulative, text, offer.quote());
  }

  Payment payment(Channel channel, long cumulative, String text, String quote) {
    Wei amount = Wei.of(cumulative);
    PaidCall call =
        new PaidCall(channel.id(), amount, request(text).digest(), Hash256.sha256(quote));
    return new Payment(
        1612,
        domain.contract(),
        channel.payer(),
        channel.payee(),
        channel.salt(),
        amount,
        hex(new Voucher(channel.id(), amount).sign(domain, payer).signature().toBytes()),
        quote,
        hex(payer.sign(call.in(domain)).toBytes()),
        Optional.empty());
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  /** What such a prompt costs at most. */
  Wei price(int maxTokens) {
    return Wei.of(100 + 10L * maxTokens);
  }

  static Prompt prompt(String text, int maxTokens) {
    return new Prompt(
        new Prompt.Text(text),
        GenerationOptions.of(maxTokens, Sampling.at(0), OptionalLong.empty(), java.util.List.of()),
        new Handling(0, Optional.empty(), false));
  }

  /** Admits and answers, as REST does. */
  Admission.Settled call(Payment payment, String text, int maxTokens) {
    try (Admission.Admitted call =
        (Admission.Admitted) payments().admit(payment, request(text), price(maxTokens))) {
      answer(call, text, maxTokens);
      return call.settled();
    }
  }

  Answer answer(Admission.Admitted call, String text, int maxTokens) {
    try (Boundary boundary =
        Boundary.enter(
            Optional.empty(),
            Set.of(),
            Optional.empty(),
            AttributionMode.REQUIRED,
            Optional.of(
                call.charge(
                    answers -> new Admission.Content("text/plain", answers.get(0).text()))))) {
      return server
          .server()
          .model(call.anonymous("openledger"), Optional.empty())
          .complete(prompt(text, maxTokens));
    }
  }

  /** What the ledger says that a channel owes. */
  long owed(Channel channel) {
    return -database.number(
        "SELECT COALESCE(SUM(amount), 0) FROM ol_entries WHERE account_kind = 'PAYER'"
            + " AND account_name = 'channel-0x"
            + channel.id().hex()
            + "'");
  }

  long column(Channel channel, String name) {
    return database.number(
        "SELECT " + name + " FROM ol_channels WHERE channel = '" + channel.id().hex() + "'");
  }

  long settled(Channel channel) {
    return new PaymentChannelContract(chain, domain)
        .state(channel.id(), io.openledger.chain.connector.rpc.Finality.UNSAFE)
        .settled()
        .value()
        .longValueExact();
  }

  static ChainAddress somebody() {
    return new ChainAddress("0x00000000000000000000000000000000000000aa");
  }

  @Override
  public void close() {
    service.close();
    outbox.close();
    server.close();
    database.close();
  }
}
