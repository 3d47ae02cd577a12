package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.APP;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.AttributionMode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.AdapterWeight;
import io.openledger.api.model.Answer;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.ServingEngine.WeightedAdapter;
import io.openledger.runtime.AdapterAdministration.Access;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import org.erdtman.jcs.JsonCanonicalizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that answer together: what the engine is asked, the receipt says and builders get. */
class MixesTest {

  private static final Prompt PROMPT = Prompt.text("one two three");
  private static final Caller ADMIN = Caller.user("rest", "root", Set.of(Role.ADMIN));

  /** Fees and builder's parts at which rounding shows. */
  private static final Map<String, Integer> FEES =
      Map.of("free", 0, "one", 1, "few", 7, "some", 101, "odd", 999_983);

  @TempDir Path data;
  private TestDatabase database;
  private ScriptedServing serving;
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    database = TestDatabase.h2();
    for (int i = 0; i < 8; i++) {
      Files.createDirectories(data.resolve("adapters/a" + i));
    }
    launch(ServiceLoader.load(AttributionEngine.class).findFirst().orElseThrow());
    server.createClauses();
  }

  private void launch(AttributionEngine attribution) {
    serving = new ScriptedServing();
    Map<String, String> keys = new HashMap<>();
    keys.put("openledger.model.name", "base");
    // a0 and a3 are one person's; a7 has no builder but the one that is there for such
    keys.put("openledger.adapters.a0.builder", "ann");
    keys.put("openledger.adapters.a3.builder", "ann");
    for (int i : new int[] {1, 2, 4, 5, 6}) {
      keys.put("openledger.adapters.a" + i + ".builder", "builder " + i);
    }
    keys.put("openledger.policies", String.join(",", FEES.keySet()));
    FEES.forEach(
        (name, fee) -> {
          keys.put("openledger.policies." + name + ".fee-per-answer-wei", fee.toString());
          keys.put("openledger.policies." + name + ".split.contributors", "333");
          keys.put("openledger.policies." + name + ".split.adapter-builder", "7667");
        });
    server = TestServer.start(database, data, attribution, serving, keys);
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  private Answer ask(Caller caller, AdapterMix mix) {
    return server.server().models(caller).open(mix).complete(PROMPT);
  }

  private Receipt.Body body(AdapterMix mix) {
    return ask(APP, mix).receipt().body();
  }

  private static List<Credit> builders(Receipt.Body body) {
    return body.credits().stream().filter(c -> c.role() == FeeRole.ADAPTER_BUILDER).toList();
  }

  private static AccountId party(String name) {
    return new AccountId(AccountId.Kind.PARTY, name);
  }

  private static OpenLedgerException refusal(ErrorCode code, Runnable call) {
    try {
      call.run();
    } catch (OpenLedgerException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
      return e;
    }
    throw new AssertionError("nothing was refused");
  }

  /** With the version that the receipt names. */
  private static WeightedAdapter meant(String adapter, double weight) {
    return new WeightedAdapter(new ModelId(adapter), weight, Optional.of(Hash256.sha256(adapter)));
  }

  @Test
  void theEngineIsAskedByNameWhateverTheOrder() {
    Answer answer = ask(APP, AdapterMix.of("a2", -0.25).and("a0", 0.5));
    ask(APP, AdapterMix.of("a0", 0.5).and("a2", -0.25));
    assertThat(answer.text()).isEqualTo("one two three");
    assertThat(serving.requests)
        .hasSize(2)
        .allSatisfy(
            r -> assertThat(r.adapters()).containsExactly(meant("a0", 0.5), meant("a2", -0.25)));
  }

  @Test
  void theReceiptNamesEachAdapterAndIsReadAgainAsItWas() {
    Receipt receipt = ask(APP, AdapterMix.of("a2", -0.25).and("a0", 0.5)).receipt();
    assertThat(receipt.body().model().id()).isEqualTo(new ModelId("base"));
    assertThat(receipt.body().model().parent()).isEmpty();
    assertThat(receipt.body().adapters())
        .containsExactly(
            new Receipt.AdapterPart(
                new ModelId("a0"), 1, Hash256.sha256("a0"), AdapterWeight.of(0.5), party("ann")),
            new Receipt.AdapterPart(
                new ModelId("a2"),
                1,
                Hash256.sha256("a2"),
                AdapterWeight.of(-0.25),
                party("builder 2")));
    // a tenth of 10^15 wei, as two thirds and one third
    assertThat(builders(receipt.body()))
        .extracting(c -> c.account() + " " + c.amount())
        .containsExactly("party:ann 66666666666667", "party:builder 2 33333333333333");
    Receipt read = server.server().reports(APP).receipt(receipt.id()).orElseThrow();
    assertThat(read.body()).isEqualTo(receipt.body());
    assertThat(read.hash()).isEqualTo(receipt.hash());
    assertThat(database.text("SELECT body FROM ol_receipts"))
        .contains("\"format\":\"openledger-receipt-3\"")
        .contains("\"weight\":-0.25}]");
  }

  @Test
  void oneWhoBuiltSeveralIsOneAccountAndOneWithoutABuilderHasTheCommonOne() {
    Receipt.Body body = body(AdapterMix.of("a0", 1).and("a3", -1).and("a7", 2));
    assertThat(builders(body))
        .extracting(c -> c.account() + " " + c.amount())
        .containsExactly("party:adapter-builder 50000000000000", "party:ann 50000000000000");
  }

  @Test
  void oneAdapterAtAnotherWeightIsToldAndItsBuilderGetsAll() {
    Receipt.Body body = body(AdapterMix.of("a1", 0.5));
    assertThat(body.adapters()).hasSize(1);
    assertThat(builders(body))
        .extracting(c -> c.amount().toString())
        .containsExactly("100000000000000");
    assertThat(serving.requests.get(0).adapters()).containsExactly(meant("a1", 0.5));
  }

  @Test
  void oneAdapterAsItWasTrainedIsThatModel() {
    Receipt.Body mixed = body(AdapterMix.of("a1", 1));
    assertThat(mixed.adapters()).isEmpty();
    assertThat(mixed.model().id()).isEqualTo(new ModelId("a1"));
    assertThat(database.text("SELECT body FROM ol_receipts")).contains("openledger-receipt-1");
    Receipt.Body named =
        server.server().models(APP).open(new ModelId("a1")).complete(PROMPT).receipt().body();
    assertThat(named.credits()).isEqualTo(mixed.credits());
    assertThat(serving.requests.get(1)).isEqualTo(serving.requests.get(0));
  }

  @Test
  void theInfoOfAMixIsTheBaseModels() {
    assertThat(server.server().models(APP).open(AdapterMix.of("a1", 2)).info())
        .isEqualTo(server.server().models(APP).find(new ModelId("base")).orElseThrow());
  }

  @Test
  void anAdapterThatIsNotGrantedIsUnknownInTheSameWords() {
    server
        .server()
        .adapters(ADMIN)
        .grant(new ModelId("a1"), new Access(Optional.of("user:bob"), Set.of()));
    OpenLedgerException hidden =
        refusal(ErrorCode.MODEL_UNKNOWN, () -> body(AdapterMix.of("a0", 1).and("a1", 0.5)));
    OpenLedgerException absent =
        refusal(ErrorCode.MODEL_UNKNOWN, () -> body(AdapterMix.of("a0", 1).and("nix", 0.5)));
    assertThat(hidden.getMessage()).isEqualTo(absent.getMessage().replace("nix", "a1"));
    refusal(ErrorCode.MODEL_UNKNOWN, () -> body(AdapterMix.of("a1", 1)));
    Caller bob = Caller.user("rest", "bob", Set.of(Role.USER));
    assertThat(ask(bob, AdapterMix.of("a0", 1).and("a1", 0.5)).receipt().body().adapters())
        .hasSize(2);
    assertThat(database.number("SELECT COUNT(*) FROM ol_receipts")).isEqualTo(1);
  }

  @Test
  void aModelThatWasOpenedIsLookedUpAtEachCall() {
    var model = server.server().models(APP).open(AdapterMix.of("a0", 1).and("a1", 0.5));
    model.complete(PROMPT);
    server
        .server()
        .adapters(ADMIN)
        .grant(new ModelId("a1"), new Access(Optional.of("user:bob"), Set.of()));
    refusal(ErrorCode.MODEL_UNKNOWN, () -> model.complete(PROMPT));
    server.server().adapters(ADMIN).reloadFolder(new ModelId("a0"));
    assertThat(body(AdapterMix.of("a0", 2)).adapters().get(0).version()).isEqualTo(2);
  }

  @Test
  void theBaseModelIsNoAdapter() {
    for (double weight : new double[] {1, 0.5}) {
      assertThat(
              refusal(
                  ErrorCode.INVALID_ARGUMENT,
                  () -> body(AdapterMix.of("a0", 1).and("base", weight))))
          .hasMessageContaining("base, the base model");
      refusal(ErrorCode.INVALID_ARGUMENT, () -> body(AdapterMix.of("base", weight)));
    }
  }

  @Test
  void aBoundaryRecordsTheReceiptAndItsModelDoesNotCount() {
    try (Boundary boundary =
        Boundary.enter(
            Optional.of(new ModelId("a5")),
            Set.of(),
            Optional.of("odd"),
            AttributionMode.REQUIRED)) {
      Receipt receipt = ask(APP, AdapterMix.of("a0", 1).and("a1", 1)).receipt();
      assertThat(boundary.receipts()).containsExactly(receipt);
      assertThat(receipt.body().policy().name()).isEqualTo("odd");
      assertThat(receipt.body().adapters())
          .extracting(a -> a.id().value())
          .containsExactly("a0", "a1");
    }
  }

  @Test
  void anAnswerThatCannotBeAttributedNamesItsAdaptersAndPaysNobody() {
    server.close();
    PlainAttribution plain = new PlainAttribution();
    launch(plain);
    server.datanets().contribute(CLAUSES, draft("ann", StoreContract.ONE).build());
    plain.failTraces(Optional.of(() -> new IllegalStateException("gone")));
    try (Boundary boundary =
        Boundary.enter(Optional.empty(), Set.of(), Optional.empty(), AttributionMode.BEST_EFFORT)) {
      Receipt.Body body = body(AdapterMix.of("a0", 1).and("a1", 1));
      assertThat(body.status()).isEqualTo(Receipt.Status.UNATTRIBUTED);
      assertThat(body.adapters()).hasSize(2);
      assertThat(body.credits()).isEmpty();
      assertThat(server.server().reports(APP).receipt(body.id()).orElseThrow().body())
          .isEqualTo(body);
      assertThat(boundary.receipts()).hasSize(1);
    }
    assertThat(database.number("SELECT COUNT(*) FROM ol_entries")).isZero();
  }

  /** The rule as documentation has it: from what a receipt says, and nothing else. */
  private static Map<AccountId, BigInteger> ruled(
      List<Receipt.AdapterPart> adapters, BigInteger part) {
    TreeMap<String, BigInteger> weights = new TreeMap<>();
    for (Receipt.AdapterPart a : adapters) {
      weights.merge(
          a.builder().name(),
          BigInteger.valueOf(Math.abs(Math.round(a.weight().value() * 1_000_000))),
          BigInteger::add);
    }
    BigInteger all = weights.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
    Map<AccountId, BigInteger> paid = new HashMap<>();
    List<String> byRemainder = new ArrayList<>(weights.keySet());
    byRemainder.sort(
        (x, y) ->
            part.multiply(weights.get(y))
                .mod(all)
                .compareTo(part.multiply(weights.get(x)).mod(all)));
    BigInteger left = part;
    for (String name : byRemainder) {
      BigInteger floor = part.multiply(weights.get(name)).divide(all);
      paid.put(party(name), floor);
      left = left.subtract(floor);
    }
    for (int i = 0; i < left.intValueExact(); i++) {
      paid.merge(party(byRemainder.get(i)), BigInteger.ONE, BigInteger::add);
    }
    paid.values().removeIf(amount -> amount.signum() == 0);
    return paid;
  }

  private static double weight(Random random) {
    double weight =
        switch (random.nextInt(4)) {
          case 0 -> 1 + random.nextInt(3);
          case 1 -> 1e-6 * (1 + random.nextInt(3));
          case 2 -> 1 / 3.0;
          default -> 1e-6 + 7.9 * random.nextDouble();
        };
    return random.nextInt(3) == 0 ? -weight : weight;
  }

  /** Every wei of every fee arrives, once, and who is named first gains nothing. */
  @Test
  void randomMixesPayTheirBuildersExactly() {
    long seed = 20261126;
    Random random = new Random(seed);
    List<String> policies = FEES.keySet().stream().sorted().toList();
    Map<AccountId, BigInteger> owed = new HashMap<>();
    int unpaid = 0;
    for (int i = 0; i < 150; i++) {
      List<AdapterMix.Part> parts = new ArrayList<>();
      for (int a = 0; a < 8; a++) {
        if (random.nextInt(3) == 0) {
          parts.add(new AdapterMix.Part(new ModelId("a" + a), AdapterWeight.of(weight(random))));
        }
      }
      if (parts.isEmpty() || new AdapterMix(parts).single()) {
        continue;
      }
      String claim = "seed " + seed + ", case " + i + ", " + parts;
      String policy = policies.get(random.nextInt(policies.size()));
      List<List<Credit>> credits = new ArrayList<>();
      for (int order = 0; order < 2; order++) {
        Collections.shuffle(parts, random);
        try (Boundary boundary =
            Boundary.enter(
                Optional.empty(), Set.of(), Optional.of(policy), AttributionMode.REQUIRED)) {
          Receipt.Body body = body(new AdapterMix(parts));
          assertThat(boundary.receipts()).hasSize(1);
          credits.add(body.credits());
          BigInteger part =
              builders(body).stream()
                  .map(c -> c.amount().value())
                  .reduce(BigInteger.ZERO, BigInteger::add);
          Map<AccountId, BigInteger> paid = new HashMap<>();
          builders(body).forEach(c -> paid.put(c.account(), c.amount().value()));
          assertThat(paid).as(claim).isEqualTo(ruled(body.adapters(), part));
          // 76.67 % of the fee, a remainder up or down
          BigInteger exact =
              BigInteger.valueOf(FEES.get(policy)).multiply(BigInteger.valueOf(7667));
          assertThat(part.multiply(BigInteger.valueOf(10_000)).subtract(exact).abs())
              .as(claim)
              .isLessThan(BigInteger.valueOf(10_000));
          body.credits().forEach(c -> owed.merge(c.account(), c.amount().value(), BigInteger::add));
          long named =
              body.adapters().stream().map(Receipt.AdapterPart::builder).distinct().count();
          unpaid += paid.size() < named ? 1 : 0;
        }
      }
      assertThat(credits.get(0)).as(claim).isEqualTo(credits.get(1));
    }
    assertThat(unpaid).as("answers too cheap for each builder to get a wei").isGreaterThan(20);
    assertThat(server.ledgerSum()).isEqualTo("0");
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM (SELECT transaction_id FROM ol_entries"
                    + " GROUP BY transaction_id HAVING SUM(amount) <> 0) AS unbalanced"))
        .isZero();
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM ol_entries WHERE account_kind <> 'PAYER' AND amount <= 0"))
        .isZero();
    owed.forEach(
        (account, amount) ->
            assertThat(
                    database.text(
                        "SELECT SUM(amount) FROM ol_entries WHERE account_kind = '"
                            + account.kind()
                            + "' AND account_name = '"
                            + account.name()
                            + "'"))
                .as("seed %d, %s", seed, account)
                .isEqualTo(amount.toString()));
  }

  private Receipt linked(AdapterMix mix) {
    Receipt receipt = ask(APP, mix).receipt();
    TestServer.await(
        "the receipt is linked",
        () -> server.server().reports(APP).receipt(receipt.id()).orElseThrow().link().isPresent());
    return receipt;
  }

  private String export(Receipt receipt, ReportFormat format) {
    return new String(
        server.server().reports(APP).export(receipt.id(), format), StandardCharsets.UTF_8);
  }

  /** With no class of ours: the report is JSON, and the rule is in it. */
  @Test
  void aReportProvesItsHashAndThatBuildersGotTheirParts() throws Exception {
    Receipt receipt = linked(AdapterMix.of("a2", -0.25).and("a0", 1 / 3.0).and("a3", 0.1));
    String json = export(receipt, ReportFormat.JSON);
    assertThat(new JsonCanonicalizer(json).getEncodedString()).isEqualTo(json);
    JsonObject report = Json.createReader(new StringReader(json)).readObject();
    JsonObject body = report.getJsonObject("receipt");
    assertThat(Hash256.sha256(new JsonCanonicalizer(body.toString()).getEncodedString()).hex())
        .isEqualTo(report.getString("hash"));
    assertThat(report.getJsonObject("verification").getString("builders")).contains("|weight|");

    Map<String, Long> weights = new TreeMap<>();
    for (JsonObject a : body.getJsonArray("adapters").getValuesAs(JsonObject.class)) {
      long millionths =
          a.getJsonNumber("weight").bigDecimalValue().movePointRight(6).abs().longValueExact();
      weights.merge(a.getString("builder"), millionths, Long::sum);
    }
    assertThat(weights).isEqualTo(Map.of("party:ann", 433_333L, "party:builder 2", 250_000L));
    Map<String, String> paid = new TreeMap<>();
    for (JsonObject c : body.getJsonArray("credits").getValuesAs(JsonObject.class)) {
      if (c.getString("role").equals("ADAPTER_BUILDER")) {
        paid.put(c.getString("account"), c.getString("amount"));
      }
    }
    // 10^14 · 433333 / 683333 = 63414616299… .6, and 10^14 · 250000 / 683333 = 36585383700… .3
    BigInteger part = BigInteger.TEN.pow(14);
    BigInteger all = BigInteger.valueOf(683_333);
    BigInteger[] ann = part.multiply(BigInteger.valueOf(433_333)).divideAndRemainder(all);
    BigInteger[] other = part.multiply(BigInteger.valueOf(250_000)).divideAndRemainder(all);
    assertThat(ann[1].add(other[1])).isEqualTo(all);
    boolean up = ann[1].compareTo(other[1]) > 0;
    assertThat(paid)
        .isEqualTo(
            Map.of(
                "party:ann", ann[0].add(up ? BigInteger.ONE : BigInteger.ZERO).toString(),
                "party:builder 2", other[0].add(up ? BigInteger.ZERO : BigInteger.ONE).toString()));
  }

  @Test
  void reportsForPeopleNameTheAdapters() {
    Receipt receipt = linked(AdapterMix.of("a2", -0.25).and("a0", 0.5));
    String csv = export(receipt, ReportFormat.CSV);
    assertThat(csv.lines().skip(1))
        .isNotEmpty()
        .allMatch(
            line ->
                line.endsWith(
                    ",a0 weight 0.5 version 1 by party:ann;"
                        + " a2 weight -0.25 version 1 by party:builder 2"));
    assertThat(csv.lines().skip(1).filter(line -> line.contains("ADAPTER_BUILDER"))).hasSize(2);
    String html = export(receipt, ReportFormat.HTML);
    assertThat(html)
        .contains("base with 0.5 a0, -0.25 a2 answered")
        .contains("<dt>Adapter a2</dt><dd>weight -0.25, version 1, built by party:builder 2, ");
    Receipt alone = server.server().models(APP).open(new ModelId("a0")).complete(PROMPT).receipt();
    assertThat(export(alone, ReportFormat.CSV).lines()).allMatch(l -> !l.contains("weight"));
    assertThat(export(alone, ReportFormat.HTML))
        .contains("a0 answered")
        .doesNotContain("Adapter a");
    assertThat(export(alone, ReportFormat.JSON)).doesNotContain("builders");
  }

  @Test
  void aReceiptOfALaterReleaseIsRefusedAndTheChainGoesOn() throws Exception {
    Receipt receipt = linked(AdapterMix.of("a2", -0.25).and("a0", 0.5));
    database.inTransaction(
        () -> {
          try (var c = database.pool().getConnection();
              var s = c.createStatement()) {
            s.executeUpdate(
                "UPDATE ol_receipts SET body ="
                    + " REPLACE(body, 'openledger-receipt-3', 'openledger-receipt-4')");
          }
        });
    OpenLedgerException unread =
        refusal(ErrorCode.RECEIPT_FORM, () -> server.server().reports(APP).receipt(receipt.id()));
    assertThat(unread)
        .hasMessageContaining("form 'openledger-receipt-4'")
        .hasMessageContaining("a later one");
    refusal(
        ErrorCode.RECEIPT_FORM,
        () -> server.server().reports(APP).export(receipt.id(), ReportFormat.HTML));
    assertThat(linked(AdapterMix.of("a1", 2)).hash()).isNotEqualTo(receipt.hash());
    assertThatThrownBy(() -> server.server().reports(APP).proofs(receipt.id()))
        .isInstanceOf(OpenLedgerException.class);
  }
}
