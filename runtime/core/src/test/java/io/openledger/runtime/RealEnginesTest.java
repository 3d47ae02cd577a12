package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.APP;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.provenance.SpanProof;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Epoch;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.api.spi.Settlement;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of an answer with the real engines, a real checkpoint, its adapter and its datanet. */
class RealEnginesTest {

  private static final long SEED = 6962;

  @TempDir Path data;

  private static Path shared(String name) {
    Path path = Path.of(System.getProperty("openledger.shared", "../shared")).resolve(name);
    Assumptions.assumeTrue(Files.exists(path), "the fixture " + name + " is not there");
    return path;
  }

  private static <T> T engine(Class<T> type) {
    Optional<T> found = ServiceLoader.load(type).findFirst();
    Assumptions.assumeTrue(found.isPresent(), "no " + type.getSimpleName() + " on the class path");
    return found.orElseThrow();
  }

  private static void contribute(TestServer server, String line) {
    JsonObject clause = Json.createReader(new StringReader(line)).readObject();
    List<ContributorShare> shares = new ArrayList<>();
    for (JsonObject c : clause.getJsonArray("contributors").getValuesAs(JsonObject.class)) {
      shares.add(
          new ContributorShare(
              new ContributorId(c.getString("name")),
              Optional.of(new ChainAddress(c.getString("address"))),
              c.getInt("share")));
    }
    server
        .datanets()
        .contribute(
            CLAUSES,
            ContributionDraft.builder(clause.getString("text"))
                .key(clause.getString("id"))
                .title(clause.getString("title"))
                .licence(clause.getString("license"))
                .contributors(shares)
                .build());
  }

  /** Remembers what a listener was told. */
  private static final class Followed implements AnswerListener {
    final StringBuilder text = new StringBuilder();
    final List<SpanMatch> spans = new ArrayList<>();
    int firstAt = -1;

    @Override
    public void onText(String delta) {
      text.append(delta);
    }

    @Override
    public boolean followsEvidence() {
      return true;
    }

    @Override
    public void onEvidence(List<SpanMatch> certain) {
      firstAt = firstAt < 0 ? text.length() : firstAt;
      spans.addAll(certain);
    }
  }

  /** Each span has a proof that is good under the root alone, and no changed one is. */
  private static void requireProven(
      AttributionEngine attribution, Answer answer, List<SpanProof> proofs) {
    assertThat(proofs.stream().map(SpanProof::span).distinct().toList()).isEqualTo(answer.spans());
    assertThat(proofs.stream().map(SpanProof::root).distinct().count()).isLessThanOrEqualTo(1);
    Random random = new Random(SEED);
    int largest = 0;
    int refused = 0;
    for (SpanProof proof : proofs) {
      byte[] bytes = Base64.getDecoder().decode(proof.proof());
      largest = Math.max(largest, bytes.length);
      assertThat(bytes.length).isLessThanOrEqualTo(4096);
      assertThat(proof.claim().contribution()).isEqualTo(proof.span().contributions().get(0));
      attribution.verify(proof.root(), proof.claim(), bytes);
      for (int i = 0; i < 200; i++) {
        byte[] changed = bytes.clone();
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        assertThatThrownBy(() -> attribution.verify(proof.root(), proof.claim(), changed))
            .as("seed %d, change %d", SEED, i)
            .isInstanceOf(OpenLedgerException.class);
        refused++;
      }
      SpanClaim claim = proof.claim();
      SpanClaim other =
          new SpanClaim(
              claim.tokenizer(),
              new ContributionId(CLAUSES, claim.contribution().sequence() + 1),
              claim.offset(),
              claim.tokens(),
              claim.previous(),
              claim.next());
      assertThatThrownBy(() -> attribution.verify(proof.root(), other, bytes))
          .isInstanceOf(OpenLedgerException.class);
    }
    System.out.printf(
        "%d proofs of %d spans, at most %d bytes; %d changed ones refused%n",
        proofs.size(), answer.spans().size(), largest, refused);
  }

  @Test
  void clauseDeskAnswersAreAttributedPaidReportedAndProven() throws Exception {
    AttributionEngine attribution = engine(AttributionEngine.class);
    ServingEngineFactory serving = engine(ServingEngineFactory.class);
    Path model = shared("models/speeches-3m");
    Path adapter = shared("models/clause-desk-adapter");
    List<String> clauses = Files.readAllLines(shared("data/clause-desk.jsonl"));
    Path folder = Files.createDirectories(data.resolve("adapters/clause-desk"));
    for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
      Files.copy(adapter.resolve(file), folder.resolve(file));
    }
    Map<String, String> keys =
        Map.of(
            "openledger.model.path", model.toString(), "openledger.model.default", "clause-desk");

    try (TestDatabase database = TestDatabase.h2();
        TestServer server = TestServer.launch(database, data, attribution, serving, keys)) {
      TestServer.await("the model is loaded", () -> !server.server().models(APP).list().isEmpty());
      server.createClauses();
      database.inTransaction(() -> clauses.forEach(line -> contribute(server, line)));
      assertThat(server.datanets().snapshot(CLAUSES).accepted()).isEqualTo(78);

      Prompt prompt = Prompt.text("Duty of care:").with(GenerationOptions.greedy(100));
      Answer warm = server.model().complete(prompt);
      assertThat(warm.receipt().body().model().id()).isEqualTo(new ModelId("clause-desk"));
      assertThat(warm.spans()).isNotEmpty();
      assertThat(
              database.number(
                  "SELECT COUNT(*) FROM ol_near_duplicates WHERE owner_sequence IS NOT NULL"))
          .isEqualTo(3);

      for (String clause : clauses) {
        String text = Json.createReader(new StringReader(clause)).readObject().getString("text");
        String later = text.substring(text.indexOf(' ', text.length() / 3) + 1);
        assertThat(server.model().attribute(later).spans())
            .as("found whole without its leading blank: %s", later)
            .singleElement()
            .satisfies(
                s -> {
                  assertThat(s.start()).isZero();
                  assertThat(s.end()).isEqualTo(later.length());
                });
      }

      int shownEarly = 0;
      for (int seed = 0; seed < 8; seed++) {
        Followed followed = new Followed();
        Answer streamed =
            server.model().stream(
                prompt.with(GenerationOptions.sampled(100, 0.1 * seed, seed)), followed);
        assertThat(followed.text).as("seed %d", seed).hasToString(streamed.text());
        assertThat(followed.spans).as("seed %d", seed).isEqualTo(streamed.spans());
        boolean early = !followed.spans.isEmpty() && followed.firstAt < streamed.text().length();
        shownEarly += early ? 1 : 0;
        requireProven(
            attribution, streamed, server.server().reports(APP).proofs(streamed.receipt().id()));
      }
      assertThat(shownEarly).as("answers that showed a span before their end").isPositive();

      long begin = System.nanoTime();
      Answer answer = server.model().complete(prompt);
      long whole = System.nanoTime() - begin;
      begin = System.nanoTime();
      int rounds = 20;
      for (int i = 0; i < rounds; i++) {
        server.model().attribute(answer.text());
      }
      long attributing = (System.nanoTime() - begin) / rounds;
      System.out.printf(
          "%d tokens: answer %.0f ms, attribution %.2f ms (%.1f %%)%n",
          answer.usage().completionTokens(),
          whole / 1e6,
          attributing / 1e6,
          100.0 * attributing / whole);

      assertThat(answer.text()).isEqualTo(warm.text());
      assertThat(
              answer.receipt().body().credits().stream()
                  .map(c -> c.amount().value())
                  .reduce(BigInteger.ZERO, BigInteger::add))
          .isEqualTo(answer.receipt().body().fee().value());
      assertThat(server.ledgerSum()).isEqualTo("0");

      Epoch epoch = server.ledger().closeEpoch();
      Settlement settlement = engine(Settlement.class);
      Map<String, AccountId> paid = new TreeMap<>();
      answer.receipt().body().credits().stream()
          .filter(c -> c.contribution().isPresent())
          .forEach(c -> paid.put(c.account().name(), c.account()));
      assertThat(paid).isNotEmpty();
      for (AccountId account : paid.values()) {
        assertThat(settlement.verify(server.ledger().proof(epoch.number(), account))).isTrue();
      }
      requireProven(
          attribution, answer, server.server().reports(APP).proofs(answer.receipt().id()));
      for (ReportFormat format : ReportFormat.values()) {
        byte[] report = server.server().reports(APP).export(answer.receipt().id(), format);
        assertThat(report.length).isGreaterThan(500);
        Path copy = Path.of("target", "report." + format.extension());
        Files.write(copy, report);
      }
    }
  }
}
