package io.openledger.runtime.model;

import io.openledger.api.AttributionMode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.Handling;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.Usage;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.Scheduling;
import io.openledger.api.spi.ServingEngine;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Charge;
import io.openledger.runtime.ServerEnvironment;
import io.openledger.runtime.datanet.DatanetService;
import io.openledger.runtime.ledger.LedgerWriter;
import io.openledger.runtime.ledger.Policies;
import io.openledger.runtime.provenance.ReceiptChain;
import io.openledger.runtime.provenance.ReceiptStore;
import io.openledger.runtime.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * The way of an answer: who may ask, generation, evidence, credit, receipt, ledger. Above the usual
 * length because it is one way, whose order matters. Safe for any thread.
 */
public final class AnswerService {

  private final ModelHost models;
  private final DatanetService datanets;
  private final Attributor attributor;
  private final AttributionEngine engine;
  private final Policies policies;
  private final Function<ModelInfo, Map<FeeRole, AccountId>> parties;
  private final Store store;
  private final ReceiptChain chain;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Together together;
  private final boolean keepText;

  /**
   * @param parties who is credited besides contributors, by the model that answers
   * @param nanoTime a clock that never goes back, for deadlines
   * @param executor helps where one call asks for several answers
   * @param keepText whether answers' texts are kept beside their receipts
   */
  public AnswerService(
      ModelHost models,
      DatanetService datanets,
      Attributor attributor,
      AttributionEngine engine,
      Policies policies,
      Function<ModelInfo, Map<FeeRole, AccountId>> parties,
      Store store,
      ReceiptChain chain,
      Clock clock,
      LongSupplier nanoTime,
      Executor executor,
      boolean keepText) {
    this.models = models;
    this.datanets = datanets;
    this.attributor = attributor;
    this.engine = engine;
    this.policies = policies;
    this.parties = parties;
    this.store = store;
    this.chain = chain;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.together = new Together(executor, ServerEnvironment.ANSWERS);
    this.keepText = keepText;
  }

  /** What is known and allowed before anything is generated. */
  private record Terms(
      Answering answering,
      Map<FeeRole, AccountId> parties,
      Policy policy,
      AttributionMode mode,
      Set<DatanetId> named) {}

  Answering answering(Caller caller, Asked asked) {
    if (asked.mix().isPresent()) {
      return models.require(caller, asked.mix().get());
    }
    Optional<ModelId> named = asked.model().or(() -> Boundary.current().flatMap(Boundary::model));
    return Answering.alone(models.require(caller, named.orElseGet(models::byDefault)));
  }

  private Policy policy() {
    store.prepare();
    return policies.require(Boundary.current().flatMap(Boundary::policy));
  }

  private static Set<DatanetId> namedDatanets() {
    return Boundary.current().map(Boundary::datanets).orElse(Set.of());
  }

  /** The most that answers to prompts can cost, under the boundary's policy. */
  public Wei most(List<Prompt> prompts) {
    return most(policy(), prompts);
  }

  private static Wei most(Policy policy, List<Prompt> prompts) {
    return prompts.stream()
        .map(p -> policy.fee(p.options().maxTokens()))
        .reduce(Wei.ZERO, Wei::plus);
  }

  /** Answers, attributes, charges and records: all of the prompts, or none. */
  List<Answer> answer(
      Caller caller, Asked asked, List<Prompt> prompts, List<? extends AnswerListener> listeners) {
    if (prompts.isEmpty()
        || prompts.size() > AttributedModel.MAX_TOGETHER
        || listeners.size() != prompts.size()) {
      throw OpenLedgerException.invalid(
          "prompts",
          prompts.size() + ", with " + listeners.size() + " listeners",
          "1 to " + AttributedModel.MAX_TOGETHER + ", with a listener each");
    }
    Hearing hearing = new Hearing(listeners, nanoTime);
    store.requireUsable("asking a model");
    Answering answering = answering(caller, asked);
    // Who is credited besides contributors is settled before the answer: the adapter may be
    // another's when it ends.
    Terms terms =
        new Terms(
            answering,
            parties.apply(answering.model()),
            policy(),
            Boundary.current().map(Boundary::mode).orElse(AttributionMode.REQUIRED),
            namedDatanets());
    // an epoch may have turned since the price was agreed upon
    Boundary.current()
        .flatMap(Boundary::charge)
        .ifPresent(charge -> charge.begin(most(terms.policy(), prompts)));
    datanets.attributable(caller, terms.named());

    ServingEngine serving = models.engine();
    List<ServingEngine.Request> requests =
        prompts.stream().map(p -> request(caller, terms, serving, p, hearing)).toList();
    checkAll(serving, requests);
    List<ServingEngine.Generation> generations =
        together.all(
            hearing.listeners(prompts),
            (i, listener) -> generate(caller, terms, serving, requests.get(i), listener, hearing));
    // An interrupt has cancelled what was generated, and is the caller's again afterwards: files of
    // databases and indexes close when an interrupted thread reads them, for everybody.
    boolean interrupted = Thread.interrupted();
    List<Receipt> receipts;
    try {
      receipts = receipts(caller, terms, requests, generations);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    Boundary.current().ifPresent(b -> receipts.forEach(b::record));
    return answers(generations, receipts);
  }

  private static List<Answer> answers(
      List<ServingEngine.Generation> generations, List<Receipt> receipts) {
    return IntStream.range(0, receipts.size())
        .mapToObj(i -> answer(generations.get(i), receipts.get(i)))
        .toList();
  }

  private List<Receipt> receipts(
      Caller caller,
      Terms terms,
      List<ServingEngine.Request> requests,
      List<ServingEngine.Generation> generations) {
    List<Receipt.Body> bodies = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      bodies.add(body(caller, terms, requests.get(i).prompt(), generations.get(i)));
    }
    return record(caller, bodies, generations);
  }

  // The last of several may be begun when the first was given as a whole: a prompt that cannot be
  // answered is to end the call before. Of equal prompts the first is begun first.
  private static void checkAll(ServingEngine serving, List<ServingEngine.Request> requests) {
    if (requests.stream().map(ServingEngine.Request::prompt).distinct().count() > 1) {
      requests.forEach(serving::check);
    }
  }

  private static Answer answer(ServingEngine.Generation g, Receipt receipt) {
    return new Answer(g.text(), g.finishReason(), g.usage(), receipt, g.promptScores(), g.scores());
  }

  private static ServingEngine.Request request(
      Caller caller, Terms terms, ServingEngine serving, Prompt prompt, Hearing hearing) {
    Handling handling = prompt.handling();
    boolean trusted = caller.user().isEmpty() || caller.is(Caller.Role.ADMIN);
    if (handling.priority() > 0 && !trusted) {
      throw new OpenLedgerException(
          ErrorCode.FORBIDDEN,
          "priority " + handling.priority() + " of a user",
          "0 or less; more for the role openledger-admin and for applications",
          "leave the priority out");
    }
    return new ServingEngine.Request(
        terms.answering().weighted(),
        text(prompt, serving),
        prompt.options(),
        handling.echo(),
        new Scheduling(caller.tenant(), handling.priority(), hearing.engines(handling.deadline())));
  }

  private ServingEngine.Generation generate(
      Caller caller,
      Terms terms,
      ServingEngine serving,
      ServingEngine.Request request,
      AnswerListener listener,
      Hearing hearing) {
    try (EvidenceFollower follower =
        new EvidenceFollower(
            listener,
            serving.tokenizer(),
            () -> attributor.stream(caller, terms.named(), terms.policy().thresholds()))) {
      GuardedListener guarded = new GuardedListener(follower);
      ServingEngine.Generation generation = generated(serving, request, guarded, hearing);
      guarded.rethrow();
      refuseUnbegun(generation, guarded, hearing);
      follower.finish();
      return generation;
    }
  }

  // One of several may find the queue full, its adapter replaced, or the server stopping, after
  // others were heard: those are paid for, and it is empty.
  private ServingEngine.Generation generated(
      ServingEngine serving,
      ServingEngine.Request request,
      GuardedListener listener,
      Hearing hearing) {
    try {
      return models.generate(serving, request, listener);
    } catch (OpenLedgerException e) {
      boolean notNow =
          e.code() == ErrorCode.BUSY
              || e.code() == ErrorCode.NOT_READY
              || e.code() == ErrorCode.ADAPTER_REPLACED;
      if (!notNow || listener.heard() || hearing.refuses()) {
        throw e;
      }
      return new ServingEngine.Generation(
          "", FinishReason.CANCELLED, new Usage(0, 0), Duration.ZERO, Duration.ZERO);
    }
  }

  // Cancelled, yet neither by its listener nor by an interrupt: the engine is closed. What has a
  // text is given and charged as far as it got; there is nothing to give here, unless others of the
  // call were heard.
  private static void refuseUnbegun(
      ServingEngine.Generation generation, GuardedListener listener, Hearing hearing) {
    if (unbegun(generation)
        && !listener.ended()
        && !Thread.currentThread().isInterrupted()
        && hearing.refuses()) {
      throw new OpenLedgerException(
          ErrorCode.NOT_READY,
          "an answer that was ended before its first token, because the server stops",
          "calls while it runs",
          "call again when it has started; nothing was charged");
    }
  }

  private static boolean unbegun(ServingEngine.Generation generation) {
    return generation.finishReason() == FinishReason.CANCELLED
        && generation.usage().completionTokens() == 0;
  }

  private static String text(Prompt prompt, ServingEngine serving) {
    if (prompt.content() instanceof Prompt.Chat chat) {
      return serving.renderChat(chat.messages());
    }
    return ((Prompt.Text) prompt.content()).text();
  }

  private Receipt.Body body(
      Caller caller, Terms terms, String prompt, ServingEngine.Generation generation) {
    Receipt.Status status = Receipt.Status.ATTRIBUTED;
    Optional<String> reason = Optional.empty();
    TextAttribution attribution = new TextAttribution(List.of(), List.of(), 0, 0);
    Wei fee = Wei.ZERO;
    List<Credit> credits = List.of();
    try {
      attribution =
          attributor.attribute(
              caller, terms.named(), generation.text(), terms.policy().thresholds());
      // nobody pays for an answer that was cancelled while it waited
      fee =
          unbegun(generation)
              ? Wei.ZERO
              : terms.policy().fee(generation.usage().completionTokens());
      credits = credits(terms, fee, attribution);
      // after the credits, so that what is not listed is credited all the same
      attribution = attribution.listing(terms.policy().thresholds().listedBasisPoints());
    } catch (RuntimeException e) {
      OpenLedgerException failure = attributionFailed(e);
      if (terms.mode() == AttributionMode.REQUIRED) {
        throw failure;
      }
      status = Receipt.Status.UNATTRIBUTED;
      reason = Optional.of(failure.arrived());
      attribution = new TextAttribution(List.of(), List.of(), 0, 0);
      fee = Wei.ZERO;
      credits = List.of();
    }
    return new Receipt.Body(
        new ReceiptId(UUID.randomUUID().toString()),
        clock.instant().truncatedTo(ChronoUnit.MILLIS),
        caller.grantee().toString(),
        terms.answering().model(),
        terms.answering().adapters(),
        new Receipt.PolicyReference(
            terms.policy().name(), terms.policy().version(), terms.policy().hash()),
        Hash256.sha256(prompt),
        Hash256.sha256(generation.text()),
        generation.usage(),
        status,
        reason,
        attribution,
        fee,
        credits);
  }

  private List<Credit> credits(Terms terms, Wei fee, TextAttribution attribution) {
    if (fee.isZero()) {
      return List.of();
    }
    return engine.credit(
        new AttributionEngine.CreditRequest(
            fee,
            terms.policy().feeSplit(),
            terms.parties(),
            attribution.spans(),
            datanets.owners(
                attribution.spans().stream()
                    .flatMap(s -> s.credits().stream())
                    .map(SpanCredit::contribution)
                    .distinct()
                    .toList()),
            terms.answering().builders()));
  }

  // A database that does not answer is told as such: it is no failure of attribution, and an answer
  // that could not be recorded is not given in either mode. So is a right that was taken away while
  // the answer was generated.
  private static OpenLedgerException attributionFailed(RuntimeException e) {
    if (e instanceof OpenLedgerException known
        && (known.code() == ErrorCode.LEDGER_UNAVAILABLE
            || known.code() == ErrorCode.FORBIDDEN
            || known.code() == ErrorCode.DATANET_UNKNOWN)) {
      throw known;
    }
    String why =
        e instanceof OpenLedgerException known
            ? known.code().id() + ": " + known.arrived()
            : e.getClass().getSimpleName();
    return new OpenLedgerException(
        ErrorCode.ATTRIBUTION_FAILED,
        "an answer that could not be attributed: " + why,
        "attributed answers, as the boundary requires; nothing was charged",
        "look at the server's readiness, or declare mode BEST_EFFORT to have answers all the same",
        e);
  }

  private List<Receipt> record(
      Caller caller, List<Receipt.Body> bodies, List<ServingEngine.Generation> generations) {
    Optional<Charge> charge = Boundary.current().flatMap(Boundary::charge);
    AccountId payer = charge.map(Charge::payer).orElseGet(caller::payer);
    return store.join(
        "recording an answer",
        c -> {
          List<Receipt> receipts = new ArrayList<>();
          for (int i = 0; i < bodies.size(); i++) {
            Optional<String> kept =
                keepText ? Optional.of(generations.get(i).text()) : Optional.empty();
            Receipt receipt = ReceiptStore.insert(c, bodies.get(i), kept);
            LedgerWriter.write(c, payer, receipt, UUID.randomUUID().toString());
            receipts.add(receipt);
          }
          if (charge.isPresent()) {
            charge.get().record(c, answers(generations, receipts));
          }
          store.afterCommit(chain::schedule);
          return receipts;
        });
  }

  /** Finds what shaped a text. */
  TextAttribution attribute(Caller caller, String text) {
    if (text.length() > 1_000_000) {
      throw OpenLedgerException.invalid(
          "text", text.length() + " characters", "at most 1000000 characters");
    }
    models.engine();
    SpanThresholds thresholds = policy().thresholds();
    return attributor
        .attribute(caller, namedDatanets(), text, thresholds)
        .listing(thresholds.listedBasisPoints());
  }
}
