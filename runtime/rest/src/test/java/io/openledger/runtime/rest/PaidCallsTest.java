package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.chain.connector.payments.ChannelTransactions;
import io.openledger.chain.connector.payments.PayingClient;
import io.openledger.chain.connector.payments.SpendingLimits;
import io.openledger.chain.connector.payments.VoucherWallet;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.PaymentChannels;
import io.openledger.rollup.outbox.JdbcOutbox;
import io.openledger.rollup.outbox.OutboxSettings;
import io.openledger.rollup.payments.PaymentService;
import io.openledger.rollup.payments.PaymentSettings;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.rollup.Rollup;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Paying over HTTP: the payer's client, the war's resources, the runtime with a scripted model, the
 * payee's service, a node and the contract. An answer costs 100 wei and 10 a word.
 */
class PaidCallsTest {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final String BODY =
      "{\"prompt\":\"one two three\",\"max_tokens\":20,\"temperature\":0}";

  @TempDir static Path data;
  @TempDir Path folder;

  private static Anvil anvil;
  private static ChainClient chain;
  private static ChannelDomain domain;
  private static TestDatabase database;
  private static TestServer server;
  private static RestServer rest;
  private static FlakyProxy proxy;
  private static PaymentService service;
  private static int payers = 2;

  private LocalSigner payer;
  private VoucherWallet wallet;
  private PayingClient client;

  @BeforeAll
  static void start() throws Exception {
    anvil = Anvil.start(io.openledger.chain.connector.support.AnvilOptions.USUAL.withAccounts(30));
    chain =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, THREADS));
    domain = ChannelDomain.of(1612, PaymentChannels.deploy(chain, anvil.signer(0)));
    database = TestDatabase.h2();
    server =
        TestServer.start(
            database,
            data,
            new PlainAttribution(),
            new ScriptedServing(),
            Map.of(
                "openledger.policy.fee-per-answer-wei", "100",
                "openledger.policy.fee-per-token-wei", "10"));
    service = service(Wei.of(1_000_000));
    rest = new RestServer();
    rest.serve(paid(server.server(), service));
    proxy = new FlakyProxy(rest.port());
  }

  private static PaymentService service(Wei open) {
    Store store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            Clock.systemUTC());
    store.prepare();
    LocalSigner payee = anvil.signer(1);
    PaymentSettings settings =
        new PaymentSettings(
            payee.address(),
            true,
            new PaymentSettings.Trust(100, Wei.of(1000), open, Wei.ZERO),
            new PaymentSettings.Times(
                Duration.ofMinutes(2), Duration.ofMinutes(5), Duration.ofHours(1), Duration.ZERO),
            new PaymentSettings.Settling(
                open, Duration.ofDays(1), PaymentChannels.CEILING, Wei.ZERO));
    return new PaymentService(
        settings,
        domain.contract(),
        chain,
        new JdbcOutbox(
            store,
            chain,
            payee,
            "test",
            OutboxSettings.usual(1612),
            server.executor(),
            System::nanoTime),
        store,
        server.executor(),
        Clock.systemUTC(),
        new SecureRandom());
  }

  /** The server with a rollup that has payments, those of the administrator, and nothing else. */
  private static OpenLedgerServer paid(OpenLedgerServer inner, PaymentService payments) {
    Rollup rollup =
        (Rollup)
            Proxy.newProxyInstance(
                Rollup.class.getClassLoader(),
                new Class<?>[] {Rollup.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("payments")) {
                    return Optional.of(payments.payments());
                  }
                  if (method.getName().equals("paysByCall")) {
                    return ((Caller) arguments[0]).is(Caller.Role.ADMIN);
                  }
                  throw new UnsupportedOperationException(method.getName());
                });
    return (OpenLedgerServer)
        Proxy.newProxyInstance(
            OpenLedgerServer.class.getClassLoader(),
            new Class<?>[] {OpenLedgerServer.class},
            (self, method, arguments) -> {
              if (method.getName().equals("rollup")) {
                return Optional.of(rollup);
              }
              try {
                return method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @AfterAll
  static void stop() {
    if (rest != null) {
      proxy.close();
      rest.close();
      service.close();
    }
    if (server != null) {
      server.close();
      database.close();
    }
    if (anvil != null) {
      anvil.close();
    }
    THREADS.shutdownNow();
  }

  @BeforeEach
  void payer() {
    payer = anvil.signer(payers++);
    wallet = open("wallet");
    ChannelTransactions transactions =
        new ChannelTransactions(wallet, chain, payer, PaymentChannels.CEILING);
    transactions.deposit(Wei.of(100_000));
    anvil.mine(12);
    assertThat(transactions.proceed(Finality.FINALIZED)).isTrue();
    client = client(wallet);
  }

  @AfterEach
  void closeWallet() {
    wallet.close();
    rest.serve(paid(server.server(), service));
  }

  private VoucherWallet open(String file) {
    return VoucherWallet.open(
        folder.resolve(file),
        domain,
        anvil.signer(1).address(),
        0,
        payer,
        new SpendingLimits(Wei.of(1000), Wei.of(1_000_000)),
        Clock.systemUTC());
  }

  private static PayingClient client(VoucherWallet wallet) {
    return new PayingClient(
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
        wallet,
        Duration.ofSeconds(20));
  }

  private static JsonObject json(String text) {
    return Json.createReader(new StringReader(text)).readObject();
  }

  private static JsonObject decoded(HttpResponse<?> response, String header) {
    return json(
        new String(
            Base64.getDecoder().decode(response.headers().firstValue(header).orElseThrow()),
            StandardCharsets.UTF_8));
  }

  private long owed() {
    return -database.number(
        "SELECT COALESCE(SUM(amount), 0) FROM ol_entries WHERE account_kind = 'PAYER'"
            + " AND account_name = 'channel-0x"
            + wallet.channel().id().hex()
            + "'");
  }

  private void agrees(long charged) {
    assertThat(owed()).isEqualTo(charged);
    assertThat(wallet.balance().charged()).isEqualTo(Wei.of(charged));
    assertThat(
            database.number(
                "SELECT charged FROM ol_channels WHERE channel = '"
                    + wallet.channel().id().hex()
                    + "'"))
        .isEqualTo(charged);
    assertThat(server.ledgerSum()).isEqualTo("0");
  }

  @Test
  void whoeverComesWithoutAPaymentIsToldThePriceAndHowItIsPaid() throws Exception {
    HttpResponse<String> response = rest.post("", "pay/v1/completions", BODY);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(402);
    JsonObject body = json(response.body());
    assertThat(body.getJsonObject("error").getString("code")).isEqualTo("OPENLEDGER-5020");
    JsonObject told = decoded(response, "PAYMENT-REQUIRED");
    assertThat(told.getInt("x402Version")).isEqualTo(2);
    assertThat(told.getString("error")).isEqualTo("payment_required");
    assertThat(told.get("accepts")).isEqualTo(body.get("accepts"));
    JsonObject offer = told.getJsonArray("accepts").getJsonObject(0);
    assertThat(offer.getString("scheme")).isEqualTo("openledger-channel");
    assertThat(offer.getString("network")).isEqualTo("eip155:1612");
    assertThat(offer.getString("amount")).isEqualTo("300");
    assertThat(offer.getString("payTo")).isEqualTo(anvil.signer(1).address().value());
    assertThat(offer.getJsonObject("extra").getString("contract"))
        .isEqualTo(domain.contract().value());
    // two offers are two quotes
    String second =
        decoded(rest.post("", "pay/v1/completions", BODY), "PAYMENT-REQUIRED").toString();
    assertThat(second).isNotEqualTo(told.toString());
  }

  @Test
  void aClientPaysAndTheChangePaysForTheNextCall() throws Exception {
    PayingClient.Paid paid = client.post(proxy.uri("pay/v1/completions"), BODY);
    assertThat(paid.response().statusCode()).isEqualTo(200);
    assertThat(paid.charged()).contains(Wei.of(130));
    JsonObject answer = json(paid.response().body());
    assertThat(answer.getJsonArray("choices").getJsonObject(0).getString("text"))
        .isEqualTo("one two three");
    assertThat(answer.getJsonObject("attribution").getString("fee")).isEqualTo("130");
    agrees(130);
    String chat =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"four five\"}],\"max_tokens\":20}";
    assertThat(client.post(proxy.uri("pay/v1/chat/completions"), chat).charged())
        .contains(Wei.of(120));
    agrees(250);
    assertThat(wallet.balance().issued()).isEqualTo(Wei.of(130 + 300));
  }

  @Test
  void anAnswerThatWasLostIsGivenAgainAndChargedOnce() throws Exception {
    proxy.loses.set(2);
    long receipts = database.number("SELECT COUNT(*) FROM ol_receipts");
    PayingClient.Paid paid = client.post(proxy.uri("pay/v1/completions"), BODY);
    assertThat(paid.charged()).contains(Wei.of(130));
    assertThat(database.number("SELECT COUNT(*) FROM ol_receipts")).isEqualTo(receipts + 1);
    agrees(130);
    int before = proxy.payments.size();
    assertThat(before).isGreaterThanOrEqualTo(3);
    // whoever reads the header under way has the answer to this request, and to no other
    String stolen = proxy.payments.get(before - 1);
    HttpResponse<String> again =
        rest.send(
            rest.request("", "pay/v1/completions")
                .header("Content-Type", "application/json")
                .header("PAYMENT-SIGNATURE", stolen)
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(BODY)));
    assertThat(again.body()).isEqualTo(paid.response().body());
    HttpResponse<String> other =
        rest.send(
            rest.request("", "pay/v1/completions")
                .header("Content-Type", "application/json")
                .header("X-PAYMENT", stolen)
                .POST(
                    java.net.http.HttpRequest.BodyPublishers.ofString(
                        BODY.replace("three", "else"))));
    assertThat(other.statusCode()).isEqualTo(402);
    assertThat(decoded(other, "PAYMENT-REQUIRED").getString("error")).isEqualTo("other_request");
    agrees(130);
  }

  @Test
  void aStreamIsChargedForWhatItSaidAndGivenAgain() throws Exception {
    proxy.loses.set(1);
    String stream = BODY.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
    PayingClient.Paid paid = client.post(proxy.uri("pay/v1/completions"), stream);
    assertThat(paid.response().headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(paid.response().body()).contains("one two three").endsWith("data: [DONE]\n\n");
    assertThat(paid.charged()).contains(Wei.of(130));
    agrees(130);
    // and one that is not lost
    PayingClient.Paid second =
        client.post(proxy.uri("pay/v1/completions"), stream.replace("three", "four"));
    assertThat(second.charged()).contains(Wei.of(130));
    assertThat(second.response().body()).contains("\"payment\":{\"success\":true");
    agrees(260);
  }

  @Test
  void aPriceThatRisesBetweenAdmissionAndAnswerIsAskedForAnewBeforeAnythingIsSaid()
      throws Exception {
    String stream = BODY.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
    for (String body : List.of(BODY, stream)) {
      long receipts = database.number("SELECT COUNT(*) FROM ol_receipts");
      int sent = proxy.payments.size();
      // the offer and the admission are a wei lower than what holds when the answer is begun
      AtomicInteger lower = new AtomicInteger(2);
      OpenLedgerServer cheap =
          (OpenLedgerServer)
              Proxy.newProxyInstance(
                  OpenLedgerServer.class.getClassLoader(),
                  new Class<?>[] {OpenLedgerServer.class},
                  (self, method, arguments) -> {
                    if (method.getName().equals("most") && lower.getAndDecrement() > 0) {
                      return Wei.of(299);
                    }
                    try {
                      return method.invoke(server.server(), arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  });
      rest.serve(paid(cheap, service));
      PayingClient.Paid paid = client.post(proxy.uri("pay/v1/completions"), body);
      assertThat(paid.response().statusCode()).as(paid.response().body()).isEqualTo(200);
      assertThat(paid.charged()).contains(Wei.of(130));
      // refused, sent again and told the new price, and paid by that
      assertThat(proxy.payments.subList(sent, proxy.payments.size())).hasSize(3);
      assertThat(database.number("SELECT COUNT(*) FROM ol_receipts")).isEqualTo(receipts + 1);
    }
    agrees(260);
  }

  @Test
  void aPayerThatDiesBetweenAnyTwoStepsGoesOn() throws Exception {
    client.post(proxy.uri("pay/v1/completions"), BODY);
    // signed, never sent
    wallet.pay(io.openledger.api.Hash256.ZERO, "a quote", Wei.of(300));
    wallet.close();
    wallet = open("wallet");
    client(wallet).post(proxy.uri("pay/v1/completions"), BODY);
    agrees(260);
    // sent and answered, but no answer came, and then it died
    proxy.loses.set(4);
    assertThatThrownBy(() -> client(wallet).post(proxy.uri("pay/v1/completions"), BODY))
        .isInstanceOf(java.io.IOException.class);
    wallet.close();
    wallet = open("wallet");
    assertThat(wallet.balance().charged()).isEqualTo(Wei.of(260));
    client(wallet).post(proxy.uri("pay/v1/completions"), BODY);
    agrees(4 * 130);
    // its file is lost
    wallet.close();
    Files.delete(folder.resolve("wallet"));
    wallet = open("wallet");
    new ChannelTransactions(wallet, chain, payer, PaymentChannels.CEILING)
        .proceed(Finality.FINALIZED);
    client(wallet).post(proxy.uri("pay/v1/completions"), BODY);
    agrees(5 * 130);
  }

  @Test
  void manyCallsOnOneChannelAddUpToTheWei() throws Exception {
    List<Callable<Wei>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String body = BODY.replace("three", "call" + i);
      calls.add(
          () -> {
            PayingClient.Paid paid = client.post(proxy.uri("pay/v1/completions"), body);
            assertThat(paid.response().statusCode()).as(paid.response().body()).isEqualTo(200);
            return paid.charged().orElseThrow();
          });
    }
    long sum = 0;
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (Future<Wei> each : threads.invokeAll(calls)) {
        sum += each.get().value().longValueExact();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(sum).isEqualTo(50 * 130);
    agrees(sum);
  }

  @Test
  void whoeverPaysWithoutCredentialsChoosesNoTermsOfAttribution() throws Exception {
    for (String terms :
        List.of(
            "{\"policy\":\"default\"}",
            "{\"policy\":\"cheap\"}",
            "{\"datanets\":[\"mine\"]}",
            "{\"mode\":\"BEST_EFFORT\"}")) {
      String body = BODY.replace("{", "{\"attribution\":" + terms + ",");
      for (String path : List.of("pay/v1/completions", "pay/v1/chat/completions")) {
        String sent =
            path.contains("chat")
                ? body.replace(
                    "\"prompt\":\"one two three\"",
                    "\"messages\":[{\"role\":\"user\",\"content\":\"one\"}]")
                : body;
        HttpResponse<String> response = rest.post("", path, sent);
        assertThat(response.statusCode()).as(terms + response.body()).isEqualTo(403);
        assertThat(response.headers().firstValue("PAYMENT-REQUIRED")).isEmpty();
        assertThat(json(response.body()).getJsonObject("error").getString("param"))
            .isEqualTo("attribution");
      }
    }
    // what holds anyway may be said
    String usual = BODY.replace("{", "{\"attribution\":{\"mode\":\"REQUIRED\"},");
    assertThat(client.post(proxy.uri("pay/v1/completions"), usual).charged()).contains(Wei.of(130));
    agrees(130);
  }

  @Test
  void whatCannotBeAnsweredCostsNothing() throws Exception {
    PayingClient.Paid unknown =
        client.post(proxy.uri("pay/v1/completions"), BODY.replace("{", "{\"model\":\"nobody\","));
    assertThat(unknown.response().statusCode()).isEqualTo(404);
    assertThat(unknown.charged()).isEmpty();
    assertThat(client.post(proxy.uri("pay/v1/completions"), "{}").response().statusCode())
        .isEqualTo(400);
    assertThat(owed()).isZero();
    assertThat(database.number("SELECT COUNT(*) FROM ol_payments WHERE state = 'RESERVED'"))
        .isZero();
    client.post(proxy.uri("pay/v1/completions"), BODY);
    agrees(130);
  }

  @Test
  void aChannelThatClosesIsRefusedWithThatReason() throws Exception {
    client.post(proxy.uri("pay/v1/completions"), BODY);
    new ChannelTransactions(wallet, chain, payer, PaymentChannels.CEILING).requestClose();
    service.round();
    assertThatThrownBy(() -> client.post(proxy.uri("pay/v1/completions"), BODY))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.PAYMENT_REQUIRED);
              assertThat(e.getMessage()).contains("closing_channel");
            });
    agrees(130);
  }

  @Test
  void usersWhoOweInTheLedgerAreAsBeforeAndOthersPay() throws Exception {
    HttpResponse<String> owing = rest.post("user", "v1/completions", BODY);
    assertThat(owing.statusCode()).isEqualTo(200);
    assertThat(owing.headers().firstValue("PAYMENT-RESPONSE")).isEmpty();
    assertThat(database.number("SELECT COUNT(*) FROM ol_entries WHERE account_name = 'user:user'"))
        .isPositive();
    assertThat(rest.post("", "v1/completions", BODY).statusCode()).isEqualTo(401);
    // set to pay call by call; the receipt is the user's, the debt the channel's
    assertThat(rest.post("admin", "v1/completions", BODY).statusCode()).isEqualTo(402);
    PayingClient.Paid paid =
        client.post(
            proxy.uri("v1/completions"),
            BODY,
            Map.of("Authorization", RestServer.basic("admin", "admin")));
    assertThat(paid.charged()).contains(Wei.of(130));
    agrees(130);
    String receipt = json(paid.response().body()).getJsonObject("attribution").getString("receipt");
    assertThat(rest.get("admin", "api/receipts/" + receipt).statusCode()).isEqualTo(200);
  }

  @Test
  void serversThatTakeNoPaymentsSaySo() throws Exception {
    rest.serve(server.server());
    assertThat(rest.post("", "pay/v1/completions", BODY).statusCode()).isEqualTo(400);
    HttpResponse<String> header =
        rest.send(
            rest.request("user", "v1/completions")
                .header("Content-Type", "application/json")
                .header("PAYMENT-SIGNATURE", "e30=")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(BODY)));
    assertThat(header.statusCode()).isEqualTo(400);
  }

  @Test
  void headersThatAreNoPaymentsAreMalformed() throws Exception {
    client.post(proxy.uri("pay/v1/completions"), BODY);
    String good = proxy.payments.get(proxy.payments.size() - 1);
    assertThat(PaymentHeader.read(good).payer()).isEqualTo(payer.address());
    byte[] text = Base64.getDecoder().decode(good);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = text.clone();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = (byte) random.nextInt(256);
          case 1 -> bytes[at] = (byte) "{}[]\",:0x".charAt(random.nextInt(9));
          default -> bytes = java.util.Arrays.copyOf(bytes, 1 + at);
        }
      }
      String header =
          random.nextInt(20) == 0
              ? new String(bytes, StandardCharsets.ISO_8859_1)
              : Base64.getEncoder().encodeToString(bytes);
      try {
        PaymentHeader.read(header);
        read++;
      } catch (RequestException e) {
        assertThat(e.code())
            .as("seed " + seed)
            .isIn(ErrorCode.MALFORMED_REQUEST, ErrorCode.INVALID_ARGUMENT);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", trial " + i, e);
      }
    }
    // a changed digit is still a payment: its signature is what it fails on
    assertThat(read).as("seed " + seed).isBetween(1, 15_000);
    for (String header :
        List.of("e30=", "x", "bnVsbA==", "W10=", "A".repeat(17 << 10), good.substring(4), "IiI=")) {
      HttpResponse<String> response =
          rest.send(
              rest.request("", "pay/v1/completions")
                  .header("Content-Type", "application/json")
                  .header("PAYMENT-SIGNATURE", header)
                  .POST(java.net.http.HttpRequest.BodyPublishers.ofString(BODY)));
      assertThat(response.statusCode()).as(header).isEqualTo(400);
    }
  }
}
