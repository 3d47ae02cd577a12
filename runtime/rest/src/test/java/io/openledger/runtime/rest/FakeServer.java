package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.ModelRegistry;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.TokenScore;
import io.openledger.api.model.Usage;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.provenance.SpanProof;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import io.openledger.runtime.AdapterAdministration;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A server in memory. It answers with the words that it is told to, credits the contribution that
 * it is told to, and keeps what it was asked, so that tests see what crossed the HTTP boundary.
 */
final class FakeServer implements OpenLedgerServer {

  static final Instant NOW = Instant.parse("2026-11-21T07:00:00Z");
  static final ReceiptId RECEIPT = new ReceiptId("11111111-2222-3333-4444-555555555555");
  static final BigInteger HUGE = BigInteger.ONE.shiftLeft(200);

  final List<Prompt> prompts = new CopyOnWriteArrayList<>();
  final List<AdapterMix> mixes = new CopyOnWriteArrayList<>();
  volatile List<String> adapterNames = List.of("desk");
  final List<Caller> callers = new CopyOnWriteArrayList<>();
  final List<Boundary> boundaries = new CopyOnWriteArrayList<>();
  final CountDownLatch cancelled = new CountDownLatch(1);
  final Map<ReceiptId, Receipt> receipts = new ConcurrentHashMap<>();
  final FakeAdapters adapters = new FakeAdapters();
  final FakeDatanets datanets = new FakeDatanets();
  volatile List<String> words = List.of("An ", "answer ", "— ", "complete.");
  volatile Optional<RuntimeException> failure = Optional.empty();
  volatile int failAfterWords;
  volatile List<SpanMatch> evidenceAfterWord = List.of();
  volatile boolean endless;
  volatile List<Check> checks = List.of(new Check("store", true, "1 ms"));
  volatile CountDownLatch betweenWords = new CountDownLatch(0);

  @Override
  public DatanetRepository datanets(Caller caller) {
    callers.add(caller);
    return datanets.as(caller);
  }

  @Override
  public ModelRegistry models(Caller caller) {
    callers.add(caller);
    return new ModelRegistry() {
      @Override
      public List<ModelInfo> list() {
        Optional<ModelId> base = Optional.of(new ModelId("base"));
        List<ModelInfo> all = new ArrayList<>();
        all.add(info(base.get(), Optional.empty()));
        adapterNames.forEach(name -> all.add(info(new ModelId(name), base)));
        return all;
      }

      @Override
      public Optional<ModelInfo> find(ModelId model) {
        return list().stream().filter(m -> m.id().equals(model)).findFirst();
      }

      @Override
      public AttributedModel open(ModelId model) {
        return model(caller, Optional.of(model));
      }

      @Override
      public AttributedModel open(AdapterMix mix) {
        mix.parts().stream()
            .map(AdapterMix.Part::adapter)
            .filter(id -> find(id).filter(m -> m.parent().isPresent()).isEmpty())
            .findFirst()
            .ifPresent(
                id -> {
                  throw unknown(id);
                });
        mixes.add(mix);
        return new Model(caller, new ModelId("base"), this, Optional.of(mix));
      }
    };
  }

  private static OpenLedgerException unknown(ModelId id) {
    return new OpenLedgerException(
        ErrorCode.MODEL_UNKNOWN, "model " + id, "base, desk", "name one of them");
  }

  @Override
  public AttributedModel model(Caller caller, Optional<ModelId> model) {
    callers.add(caller);
    ModelId id = model.orElse(new ModelId("base"));
    return new Model(caller, id, models(caller), Optional.empty());
  }

  @Override
  public AdapterAdministration adapters(Caller caller) {
    callers.add(caller);
    return adapters;
  }

  @Override
  public Wei most(List<Prompt> prompts) {
    return Wei.of(1000L * prompts.size());
  }

  @Override
  public List<Policy> configuredPolicies() {
    return List.of(
        new Policy(
            "default",
            1,
            Wei.of(100),
            Wei.of(10),
            FeeSplit.standard(),
            SpanThresholds.standard(),
            6000));
  }

  @Override
  public ServingStatus serving() {
    Distribution times = new Distribution(List.of(0.1, 1.0), List.of(2L, 1L, 1L), 4.5, 3.5);
    return new ServingStatus(
        2,
        1,
        true,
        new ServingStatus.Requests(7, 1, 2, 3, 4, 100, 40, 50),
        new ServingStatus.Times(times, times, times, times, times),
        new ServingStatus.Batches(times, times),
        new ServingStatus.Adapters(5, 2, 3, 1, 10, 6, 4, 2),
        new ServingStatus.Memory(1000, 200, 30, 4, 5));
  }

  @Override
  public RewardLedger ledger(Caller caller) {
    callers.add(caller);
    return new FakeLedger();
  }

  @Override
  public ProvenanceReports reports(Caller caller) {
    callers.add(caller);
    return new ProvenanceReports() {
      @Override
      public Optional<Receipt> receipt(ReceiptId receipt) {
        return Optional.ofNullable(receipts.get(receipt));
      }

      @Override
      public byte[] export(ReceiptId receipt, ReportFormat format) {
        receipt(receipt)
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.RECEIPT_UNKNOWN, "receipt", "one that exists", "look it up"));
        return ("report as " + format + " — é").getBytes(StandardCharsets.UTF_8);
      }

      @Override
      public List<SpanProof> proofs(ReceiptId receipt) {
        export(receipt, ReportFormat.JSON);
        throw new OpenLedgerException(
            ErrorCode.PROOF_IMPOSSIBLE, "no text", "the text", "give the text");
      }

      @Override
      public List<SpanProof> proofs(ReceiptId receipt, String answer) {
        export(receipt, ReportFormat.JSON);
        Receipt.Body body = receipts.get(receipt).body();
        if (!Hash256.sha256(answer).equals(body.answerHash())) {
          throw OpenLedgerException.invalid("the answer", "another", "the receipt's");
        }
        SpanMatch span = body.attribution().spans().get(0);
        return List.of(
            new SpanProof(
                span,
                span.contributions().get(0).datanet(),
                7,
                Hash256.sha256("root"),
                new SpanClaim(
                    Hash256.sha256("tokenizer"),
                    span.contributions().get(0),
                    40,
                    List.of(3, 1, 4),
                    OptionalInt.empty(),
                    OptionalInt.of(1)),
                "cHJvb2Y="));
      }
    };
  }

  @Override
  public io.openledger.api.reward.ChainAddress parseAddress(String typed) {
    return new io.openledger.api.reward.ChainAddress(typed);
  }

  @Override
  public List<Check> readiness() {
    return checks;
  }

  @Override
  public void drain(java.time.Duration grace) {}

  @Override
  public void close() {}

  static ModelInfo info(ModelId id, Optional<ModelId> parent) {
    return new ModelInfo(id, parent, "llama", Hash256.sha256(id.value()), 2048, true);
  }

  /** A token with log-probability −0.5 and alternatives of which two are spelled the same. */
  static TokenScore score(String word, int alternatives) {
    List<Byte> bytes = new ArrayList<>();
    for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(b);
    }
    List<TokenScore.Alternative> likeliest = new ArrayList<>();
    for (int i = 0; i < alternatives; i++) {
      likeliest.add(
          new TokenScore.Alternative(
              i, i == 0 ? word : "other", bytes, i == 2 ? Double.NEGATIVE_INFINITY : -0.5 - i));
    }
    return new TokenScore(1, word, bytes, -0.5, likeliest);
  }

  /** A receipt of a text of which the first two characters stand in {@code clauses:1}. */
  static Receipt receipt(String text, ModelInfo model, String payer, Usage usage) {
    return receipt(text, model, Optional.empty(), payer, usage);
  }

  private static Receipt.AdapterPart part(AdapterMix.Part part) {
    return new Receipt.AdapterPart(
        part.adapter(),
        2,
        Hash256.sha256(part.adapter().value()),
        part.weight(),
        new AccountId(AccountId.Kind.PARTY, part.adapter() + "'s builder"));
  }

  private static Receipt receipt(
      String text, ModelInfo model, Optional<AdapterMix> mix, String payer, Usage usage) {
    ContributionId source = new ContributionId(new DatanetId("clauses"), 1);
    AccountId alice = AccountId.contributor(new ContributorId("alice"));
    Wei fee = new Wei(HUGE);
    Receipt.Body body =
        new Receipt.Body(
            RECEIPT,
            NOW,
            payer,
            model,
            mix.stream().flatMap(m -> m.parts().stream()).map(FakeServer::part).toList(),
            new Receipt.PolicyReference("default", 3, Hash256.ZERO),
            Hash256.ZERO,
            Hash256.sha256(text),
            usage,
            Receipt.Status.ATTRIBUTED,
            Optional.empty(),
            new TextAttribution(
                List.of(new SpanMatch(0, 2, 1, 9000, 8000, 2, 1, List.of(source))),
                List.of(new DatanetSnapshot(source.datanet(), 7, 5, 4, Hash256.ZERO)),
                usage.completionTokens(),
                1),
            fee,
            List.of(new Credit(FeeRole.CONTRIBUTORS, alice, Optional.of(source), fee)));
    return new Receipt(
        RECEIPT,
        body,
        Hash256.sha256("body"),
        Optional.of(new Receipt.Link(1, Hash256.ZERO, Hash256.sha256("link"))));
  }

  private final class Model implements AttributedModel {
    private final Caller caller;
    private final ModelId id;
    private final ModelRegistry registry;
    private final Optional<AdapterMix> mix;

    Model(Caller caller, ModelId id, ModelRegistry registry, Optional<AdapterMix> mix) {
      this.caller = caller;
      this.id = id;
      this.registry = registry;
      this.mix = mix;
    }

    @Override
    public ModelInfo info() {
      return registry.find(id).orElseThrow(() -> unknown(id));
    }

    @Override
    public Answer complete(Prompt prompt) {
      return stream(prompt, delta -> {});
    }

    @Override
    public List<Answer> stream(List<Prompt> all, List<? extends AnswerListener> listeners) {
      List<Answer> answers = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        answers.add(stream(all.get(i), listeners.get(i)));
      }
      return answers;
    }

    private List<TokenScore> scores(List<String> said, Prompt prompt) {
      OptionalInt asked = prompt.options().logProbabilities();
      return asked.isEmpty()
          ? List.of()
          : said.stream().map(word -> score(word, asked.getAsInt())).toList();
    }

    @Override
    public Answer stream(Prompt prompt, AnswerListener listener) {
      ModelInfo info = info();
      prompts.add(prompt);
      Boundary.current().ifPresent(boundaries::add);
      List<String> said = new ArrayList<>();
      FinishReason finish = FinishReason.STOP;
      for (int i = 0; i < words.size() || endless; i++) {
        if (i >= failAfterWords && failure.isPresent()) {
          throw failure.get();
        }
        if (listener.cancelled()) {
          cancelled.countDown();
          finish = FinishReason.CANCELLED;
          break;
        }
        String word = words.get(i % words.size());
        said.add(word);
        scores(List.of(word), prompt).forEach(listener::onScore);
        listener.onText(word);
        if (!evidenceAfterWord.isEmpty() && listener.followsEvidence()) {
          listener.onEvidence(evidenceAfterWord);
        }
        pause();
      }
      String text = String.join("", said);
      Usage usage = new Usage(3, said.size());
      Receipt receipt = receipt(text, info, mix, caller.payer().toString(), usage);
      receipts.put(receipt.id(), receipt);
      List<TokenScore> echoed =
          prompt.handling().echo() && prompt.content() instanceof Prompt.Text t
              ? scores(List.of("<s>", t.text()), prompt)
              : List.of();
      return new Answer(text, finish, usage, receipt, echoed, scores(said, prompt));
    }

    private void pause() {
      try {
        betweenWords.await();
        if (endless) {
          Thread.sleep(5);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public TextAttribution attribute(String text) {
      Boundary.current().ifPresent(boundaries::add);
      return receipt(text, info(), mix, "x", new Usage(0, text.length())).body().attribution();
    }
  }

  static Contribution retracted(Contribution c) {
    return new Contribution(
        c.id(),
        c.key(),
        c.title(),
        c.sha256(),
        c.mediaType(),
        c.characters(),
        c.contributors(),
        c.licence(),
        c.source(),
        c.language(),
        c.date(),
        c.purposes(),
        c.acceptedAt(),
        Contribution.Status.RETRACTED,
        c.nearDuplicateOf());
  }

  static Contribution erased(Contribution c) {
    return new Contribution(
        c.id(),
        c.key(),
        Contribution.ERASED_TITLE,
        Hash256.ZERO,
        c.mediaType(),
        c.characters(),
        c.contributors(),
        c.licence(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        c.purposes(),
        c.acceptedAt(),
        Contribution.Status.ERASED,
        c.nearDuplicateOf());
  }
}
