package io.openledger.runtime.cdi;

import io.openledger.api.Hash256;
import io.openledger.api.Page;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.Datanet;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.NextTokens;
import io.openledger.api.datanet.PhraseCount;
import io.openledger.api.datanet.SearchResult;
import io.openledger.api.datanet.TextLikelihood;
import io.openledger.api.datanet.Visibility;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.ModelRegistry;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.Usage;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.provenance.SpanProof;
import io.openledger.api.reward.Account;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.LeafData;
import io.openledger.api.reward.LedgerEntry;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.Statement;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.ServingStatus;
import io.openledger.runtime.AdapterAdministration;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.rollup.Claimable;
import io.openledger.runtime.rollup.Claims;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.EpochsOnChain;
import io.openledger.runtime.rollup.PaidClaim;
import io.openledger.runtime.rollup.ReceiptProof;
import io.openledger.runtime.rollup.Rollup;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A server in memory that answers with what it was asked: {@code server/caller/model}, and records
 * a receipt in the current boundary as the real one does. What it cannot answer truthfully it
 * refuses.
 */
final class RecordingServer implements OpenLedgerServer {

  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  static final ChainAddress PAYEE = new ChainAddress("0x" + "1".repeat(40));
  static final ChainAddress CONTRACT = new ChainAddress("0x" + "2".repeat(40));

  private final String name;
  boolean chain = true;
  boolean key = true;
  final List<String> calls = new ArrayList<>();

  RecordingServer(String name) {
    this.name = name;
  }

  private void called(Caller caller, String what) {
    calls.add(caller.application() + ": " + what);
  }

  @Override
  public AttributedModel model(Caller caller, Optional<ModelId> model) {
    ModelId asked =
        model.or(() -> Boundary.current().flatMap(Boundary::model)).orElse(new ModelId("default"));
    return new Model(caller, asked);
  }

  @Override
  public ModelRegistry models(Caller caller) {
    return new ModelRegistry() {
      @Override
      public List<ModelInfo> list() {
        return List.of(info(new ModelId("base")));
      }

      @Override
      public Optional<ModelInfo> find(ModelId model) {
        return list().stream().filter(m -> m.id().equals(model)).findFirst();
      }

      @Override
      public AttributedModel open(ModelId model) {
        return new Model(caller, model);
      }

      @Override
      public AttributedModel open(AdapterMix mix) {
        called(caller, "open " + mix.parts());
        return new Model(caller, new ModelId("base"));
      }
    };
  }

  @Override
  public DatanetRepository datanets(Caller caller) {
    return new Datanets(caller);
  }

  @Override
  public AdapterAdministration adapters(Caller caller) {
    throw new UnsupportedOperationException(caller.toString());
  }

  @Override
  public Wei most(List<Prompt> prompts) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public List<io.openledger.api.reward.Policy> configuredPolicies() {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public ServingStatus serving() {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public Optional<Rollup> rollup() {
    if (!chain) {
      return Optional.empty();
    }
    return Optional.of(
        (Rollup)
            Proxy.newProxyInstance(
                Rollup.class.getClassLoader(),
                new Class<?>[] {Rollup.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "governance" -> governance((Caller) arguments[0]);
                      case "claims" -> key ? Optional.of(claims()) : Optional.empty();
                      case "epochs" -> Optional.of(new Postings());
                      default -> throw new UnsupportedOperationException(method.getName());
                    }));
  }

  private Claims claims() {
    return new Claims() {
      @Override
      public Claimable of(AccountId account, OptionalLong stake) {
        return new Claimable(
            account,
            PAYEE,
            1612,
            CONTRACT,
            Optional.empty(),
            Wei.of(9),
            Wei.of(2),
            Wei.of(1),
            Optional.of(new EpochProof(3, Hash256.sha256("root"), PAYEE, Wei.of(7), List.of())),
            Optional.empty(),
            Optional.of(Instant.ofEpochSecond(20)),
            Instant.ofEpochSecond(10),
            Optional.empty());
      }

      @Override
      public List<PaidClaim> pay(Caller caller, List<AccountId> accounts) {
        called(caller, "pay " + accounts);
        return accounts.stream()
            .map(
                account ->
                    new PaidClaim(
                        account,
                        PAYEE,
                        Wei.of(7),
                        Wei.of(5),
                        "claim/key",
                        "SENT",
                        Hash256.sha256("sent")))
            .toList();
      }
    };
  }

  /** A root and receipts of the epochs that are asked for. */
  private static final class Postings implements EpochsOnChain {
    @Override
    public List<EpochPosting> postings(long from, long to) {
      List<EpochPosting> postings = new ArrayList<>();
      for (long epoch = to; epoch >= from; epoch--) {
        postings.add(posting(EpochPosting.Kind.ROOT, epoch, EpochPosting.State.WAITING));
        postings.add(posting(EpochPosting.Kind.RECEIPTS, epoch, EpochPosting.State.ANCHORED));
      }
      return postings;
    }

    private static EpochPosting posting(
        EpochPosting.Kind kind, long epoch, EpochPosting.State state) {
      return new EpochPosting(
          kind + "/" + epoch,
          kind,
          epoch,
          epoch,
          state,
          Instant.EPOCH,
          Optional.of(Hash256.sha256("posted")),
          OptionalLong.of(5),
          OptionalLong.of(1),
          Optional.of(Instant.ofEpochSecond(20)),
          Optional.empty(),
          Instant.EPOCH);
    }

    @Override
    public EpochPosting post(Caller caller) {
      throw new UnsupportedOperationException(caller.toString());
    }

    @Override
    public ReceiptProof prove(Receipt receipt) {
      throw new UnsupportedOperationException(receipt.toString());
    }
  }

  private PolicyGovernance governance(Caller caller) {
    return (PolicyGovernance)
        Proxy.newProxyInstance(
            PolicyGovernance.class.getClassLoader(),
            new Class<?>[] {PolicyGovernance.class},
            (proxy, method, arguments) -> {
              called(caller, "governance " + method.getName());
              return method.getReturnType() == Optional.class ? Optional.empty() : null;
            });
  }

  @Override
  public RewardLedger ledger(Caller caller) {
    return new Ledger(caller);
  }

  @Override
  public ProvenanceReports reports(Caller caller) {
    return new ProvenanceReports() {
      @Override
      public Optional<Receipt> receipt(ReceiptId receipt) {
        called(caller, "receipt " + receipt);
        return Optional.empty();
      }

      @Override
      public byte[] export(ReceiptId receipt, ReportFormat format) {
        return (name + "/" + format).getBytes(StandardCharsets.UTF_8);
      }

      @Override
      public List<SpanProof> proofs(ReceiptId receipt) {
        called(caller, "proofs " + receipt);
        return List.of();
      }

      @Override
      public List<SpanProof> proofs(ReceiptId receipt, String answer) {
        called(caller, "proofs " + receipt + " of " + answer);
        return List.of();
      }
    };
  }

  @Override
  public io.openledger.api.reward.ChainAddress parseAddress(String typed) {
    return new io.openledger.api.reward.ChainAddress(typed);
  }

  @Override
  public List<Check> readiness() {
    return List.of();
  }

  @Override
  public void drain(java.time.Duration grace) {}

  @Override
  public void close() {}

  static ModelInfo info(ModelId id) {
    return new ModelInfo(id, Optional.empty(), "llama", Hash256.ZERO, 128, false);
  }

  private static Receipt receipt(String answer, ModelId model, String payer) {
    ReceiptId id = new ReceiptId(UUID.randomUUID().toString());
    Hash256 hash = Hash256.sha256(answer);
    return new Receipt(
        id,
        new Receipt.Body(
            id,
            NOW,
            payer,
            info(model),
            new Receipt.PolicyReference("default", 1, Hash256.ZERO),
            hash,
            hash,
            new Usage(1, 1),
            Receipt.Status.ATTRIBUTED,
            Optional.empty(),
            new TextAttribution(List.of(), List.of(), 1, 0),
            Wei.ZERO,
            List.of()),
        hash,
        Optional.empty());
  }

  private final class Model implements AttributedModel {
    private final Caller caller;
    private final ModelId id;

    Model(Caller caller, ModelId id) {
      this.caller = caller;
      this.id = id;
    }

    @Override
    public ModelInfo info() {
      return RecordingServer.info(id);
    }

    @Override
    public Answer complete(Prompt prompt) {
      return stream(prompt, delta -> {});
    }

    @Override
    public List<Answer> stream(List<Prompt> prompts, List<? extends AnswerListener> listeners) {
      List<Answer> answers = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        answers.add(stream(prompts.get(i), listeners.get(i)));
      }
      return answers;
    }

    @Override
    public Answer stream(Prompt prompt, AnswerListener listener) {
      String text = name + "/" + caller.application() + "/" + id;
      listener.onText(text);
      Receipt receipt = receipt(text, id, caller.payer().toString());
      Boundary.current().ifPresent(b -> b.record(receipt));
      return new Answer(text, FinishReason.STOP, new Usage(1, 1), receipt);
    }

    @Override
    public TextAttribution attribute(String text) {
      called(caller, "attribute " + text.length());
      return new TextAttribution(List.of(), List.of(), text.length(), 0);
    }
  }

  private final class Datanets implements DatanetRepository {
    private final Caller caller;

    Datanets(Caller caller) {
      this.caller = caller;
    }

    @Override
    public Datanet create(DatanetDraft draft) {
      called(caller, "create " + draft.id());
      return new Datanet(draft.id(), "t", "d", Visibility.PUBLIC, caller.grantee(), NOW, 0, 0);
    }

    @Override
    public Optional<Datanet> find(DatanetId datanet) {
      called(caller, "find " + datanet);
      return Optional.empty();
    }

    @Override
    public List<Datanet> list() {
      called(caller, "list");
      return List.of();
    }

    @Override
    public Contribution contribute(DatanetId datanet, ContributionDraft draft) {
      throw new UnsupportedOperationException(caller + " to " + datanet);
    }

    @Override
    public Contribution retract(ContributionId contribution, String reason) {
      throw new UnsupportedOperationException(caller + " of " + contribution);
    }

    @Override
    public Contribution erase(ContributionId contribution, String reason) {
      throw new UnsupportedOperationException(caller + " of " + contribution);
    }

    @Override
    public Optional<Contribution> contribution(ContributionId contribution) {
      called(caller, "contribution " + contribution);
      return Optional.empty();
    }

    @Override
    public Optional<String> text(ContributionId contribution) {
      called(caller, "text " + contribution);
      return Optional.empty();
    }

    @Override
    public Page<Contribution> find(DatanetId datanet, ContributionQuery query) {
      called(caller, "find in " + datanet);
      return new Page<>(List.of(), 0, query.offset(), query.limit());
    }

    private static String where(DatanetScope scope) {
      return " in " + scope.datanets() + " to " + scope.purpose();
    }

    @Override
    public SearchResult search(DatanetSearch search) {
      called(caller, "search " + search.phrases() + where(search.scope()));
      return new SearchResult(0, List.of(), List.of(), List.of());
    }

    @Override
    public PhraseCount count(String phrase, DatanetScope scope) {
      called(caller, "count " + phrase + where(scope));
      return new PhraseCount(0, 0);
    }

    @Override
    public NextTokens next(String text, DatanetScope scope, int limit) {
      called(caller, "next " + text + where(scope));
      return new NextTokens(0, 0, 0, 0, 0, List.of(), List.of());
    }

    @Override
    public TextLikelihood likelihood(String text, DatanetScope scope) {
      called(caller, "likelihood " + text + where(scope));
      return new TextLikelihood(List.of(), List.of());
    }

    @Override
    public void grant(Grant grant) {
      called(caller, "grant " + grant.datanet());
    }

    @Override
    public List<Grant> grants(DatanetId datanet) {
      called(caller, "grants " + datanet);
      return List.of();
    }

    @Override
    public DatanetSnapshot snapshot(DatanetId datanet) {
      called(caller, "snapshot " + datanet);
      return new DatanetSnapshot(datanet, 0, 0, 0, Hash256.ZERO);
    }
  }

  private final class Ledger implements RewardLedger {
    private final Caller caller;

    Ledger(Caller caller) {
      this.caller = caller;
    }

    @Override
    public Page<Account> accounts(long offset, int limit) {
      called(caller, "accounts");
      return new Page<>(List.of(), 0, offset, limit);
    }

    @Override
    public Optional<Account> account(AccountId account) {
      called(caller, "account " + account);
      return Optional.empty();
    }

    @Override
    public Page<LedgerEntry> entries(AccountId account, long offset, int limit) {
      called(caller, "entries " + account);
      return new Page<>(List.of(), 0, offset, limit);
    }

    @Override
    public Statement statement(AccountId account, Instant from, Instant to) {
      return new Statement(
          account,
          from,
          to,
          BigInteger.ZERO,
          BigInteger.ZERO,
          List.of(),
          Wei.ZERO,
          new ChainStanding.Unknown("a test"));
    }

    @Override
    public List<Epoch> epochs(int limit) {
      called(caller, "epochs " + limit);
      return List.of();
    }

    @Override
    public Epoch closeEpoch() {
      throw new UnsupportedOperationException(caller.toString());
    }

    @Override
    public LeafData leafData(long epoch) {
      throw new UnsupportedOperationException(epoch + " for " + caller);
    }

    @Override
    public EpochProof proof(long epoch, AccountId account) {
      throw new UnsupportedOperationException(epoch + " of " + account + " for " + caller);
    }
  }
}
