package io.openledger.runtime;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.ModelRegistry;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.api.spi.ServingStatus;
import io.openledger.api.spi.Settlement;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.datanet.Corpora;
import io.openledger.runtime.datanet.DatanetService;
import io.openledger.runtime.datanet.Indexes;
import io.openledger.runtime.ledger.CallerLedger;
import io.openledger.runtime.ledger.EpochSettings;
import io.openledger.runtime.ledger.EpochTimer;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.ledger.Parties;
import io.openledger.runtime.ledger.Policies;
import io.openledger.runtime.model.AdapterFollower;
import io.openledger.runtime.model.AnswerService;
import io.openledger.runtime.model.Asked;
import io.openledger.runtime.model.Attributor;
import io.openledger.runtime.model.CallerAdapters;
import io.openledger.runtime.model.ManagedAdapters;
import io.openledger.runtime.model.ModelHost;
import io.openledger.runtime.model.ServedModel;
import io.openledger.runtime.model.ServedModels;
import io.openledger.runtime.provenance.CallerReports;
import io.openledger.runtime.provenance.ReceiptChain;
import io.openledger.runtime.provenance.SpanProofs;
import io.openledger.runtime.rollup.Rollup;
import io.openledger.runtime.rollup.RollupEnvironment;
import io.openledger.runtime.rollup.RollupFactory;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * The feature on one server, put together from what the server gives, a configuration and the
 * engines. {@link #start} returns quickly: the checkpoint is loaded, indexes are opened and what a
 * crash left unlinked is linked on threads of the environment's executor, and {@link #readiness}
 * says how far that is. A checkpoint that cannot be loaded, an adapter that is broken or a database
 * that is down leave the server alive, with the calls that need it refused by that very reason.
 */
public final class ServerRuntime implements OpenLedgerServer {

  private static final System.Logger LOG = System.getLogger(ServerRuntime.class.getName());

  /** Between two looks whether the terms of the epoch that runs are known. */
  private static final Duration TERMS = Duration.ofSeconds(2);

  private final ServerEnvironment environment;
  private final Policies policies;
  private final Parties parties;
  private final Store store;
  private final StoreProbe probe;
  private final Indexes indexes;
  private final DatanetService datanets;
  private final SpanProofs proofs;
  private final ReceiptChain chain;
  private final Epochs epochs;
  private final EpochTimer timer;
  private final Periodic terms;
  private final ManagedAdapters adapters;
  private final int adapterGrants;
  private final ModelHost models;
  private final AdapterFollower follower;
  private final AnswerService answers;
  private final Settlement settlement;
  private final Optional<Rollup> rollup;

  private ServerRuntime(
      ServerEnvironment environment,
      OpenLedgerConfig config,
      AttributionEngine attribution,
      ServingEngineFactory serving,
      Settlement settlement) {
    this.environment = environment;
    this.settlement = settlement;
    this.policies = new Policies(config.policies());
    this.parties = new Parties(config, settlement);
    this.store =
        new Store(
            environment.dataSource(),
            new Transactions(environment.transactions(), environment.dataSource()),
            this::seed,
            environment.clock());
    this.probe = new StoreProbe(store, environment.executor());
    this.indexes =
        new Indexes(
            environment.dataDirectory(),
            attribution,
            store,
            config.defaultPolicy().nearDuplicateBasisPoints(),
            config.indexing().datanet(),
            environment.executor());
    Corpora corpora =
        new Corpora(
            store, attribution, indexes, environment.clock(), config.limits().proofTokens());
    this.datanets =
        new DatanetService(
            store, indexes, corpora, environment.clock(), new SecureRandom(), config.limits());
    this.proofs = new SpanProofs(datanets, corpora, attribution);
    this.chain = new ReceiptChain(store, environment.executor());
    this.epochs =
        new Epochs(
            store,
            settlement,
            environment.clock(),
            EpochSettings.by(config.epochInterval()).withVolume(config.epochVolume()),
            environment.executor(),
            environment.dataDirectory().resolve("epochs"));
    this.timer = new EpochTimer(epochs, environment.executor());
    this.terms = new Periodic(policies::look, environment.executor(), TERMS);
    this.adapterGrants = config.limits().adapterGrants();
    this.adapters = new ManagedAdapters(config, store, environment.clock());
    this.models = new ModelHost(config, serving, environment.executor(), adapters);
    this.follower =
        new AdapterFollower(models, environment.executor(), config.adapters().refresh());
    this.answers =
        new AnswerService(
            models,
            datanets,
            new Attributor(models, datanets, indexes),
            attribution,
            policies,
            model -> parties.of(model, adapters::builder),
            store,
            chain,
            environment.clock(),
            System::nanoTime,
            environment.executor(),
            config.keepText());
    this.rollup =
        config
            .chain()
            .map(
                chain ->
                    engine(RollupFactory.class, "openledger-rollup")
                        .create(
                            new RollupEnvironment(
                                environment, chain, store, epochs, this::served, policies)));
    rollup.ifPresent(r -> policies.follow(r.terms(), store, environment.clock()));
    epochs.follow(policies::epochLength);
    epochs.listen(policies);
  }

  /**
   * Starts the feature with the engines that {@link ServiceLoader} finds from this class's own
   * loader.
   *
   * @throws OpenLedgerException {@link ErrorCode#NOT_READY} when an engine is missing, and as the
   *     other {@code start}
   */
  public static OpenLedgerServer start(ServerEnvironment environment, OpenLedgerConfig config) {
    return start(
        environment,
        config,
        engine(AttributionEngine.class, "openledger-attribution"),
        engine(ServingEngineFactory.class, "openledger-serving"),
        engine(Settlement.class, "openledger-chain"));
  }

  private static <T> T engine(Class<T> type, String artifact) {
    return ServiceLoader.load(type, ServerRuntime.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.NOT_READY,
                    "no implementation of " + type.getName(),
                    "one on the class path of the runtime",
                    "add " + artifact + " to the server's installation"));
  }

  /**
   * Starts the feature.
   *
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} for what only the store or
   *     the settlement can check, {@link ErrorCode#STORAGE_UNAVAILABLE} when the data directory
   *     cannot be written
   */
  public static OpenLedgerServer start(
      ServerEnvironment environment,
      OpenLedgerConfig config,
      AttributionEngine attribution,
      ServingEngineFactory serving,
      Settlement settlement) {
    requireWritable(environment);
    ServerRuntime server = new ServerRuntime(environment, config, attribution, serving, settlement);
    try {
      server.store.prepare();
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.LEDGER_UNAVAILABLE) {
        throw e;
      }
      // tried again at each use: a database may start after the server
      LOG.log(System.Logger.Level.ERROR, "the store is not there yet: " + e.getMessage(), e);
    }
    environment.executor().execute(() -> server.models.load(server::modelLoaded));
    server.chain.schedule();
    server.timer.start();
    if (server.rollup.isPresent()) {
      server.terms.start();
    }
    server.follower.start();
    server.rollup.ifPresentOrElse(
        Rollup::start,
        () ->
            LOG.log(
                System.Logger.Level.INFO,
                "no chain is attached: epochs are closed and kept, and posted when one is"));
    return server;
  }

  private static void requireWritable(ServerEnvironment environment) {
    try {
      Files.createDirectories(environment.dataDirectory());
      if (!Files.isWritable(environment.dataDirectory())) {
        throw new IOException("not writable");
      }
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "the directory " + environment.dataDirectory() + " cannot be written",
          "a directory that the server may write",
          "correct its rights, or openledger.data.directory",
          e);
    }
  }

  private void seed(Connection c) {
    try {
      policies.adopt(c, environment.clock().instant());
      parties.adopt(c);
    } catch (SQLException e) {
      throw io.openledger.runtime.store.StoreFailure.of("seeding the store", e);
    }
  }

  private void modelLoaded(ServingEngine engine) {
    indexes.use(engine.tokenizer());
    try {
      datanets.followAll();
    } catch (OpenLedgerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "indexes are opened when they are asked for, because now {0}",
          e.getMessage());
    }
  }

  /** The models that are there now; none before they are loaded. */
  private List<ModelInfo> served() {
    return models.missing().isPresent() ? List.of() : models.list();
  }

  @Override
  public DatanetRepository datanets(Caller caller) {
    return datanets.of(caller);
  }

  @Override
  public ModelRegistry models(Caller caller) {
    return new ServedModels(models, answers, caller);
  }

  @Override
  public AttributedModel model(Caller caller, Optional<ModelId> model) {
    return new ServedModel(answers, caller, Asked.of(model));
  }

  @Override
  public AdapterAdministration adapters(Caller caller) {
    return new CallerAdapters(models, adapters, adapterGrants, caller);
  }

  @Override
  public Wei most(List<Prompt> prompts) {
    return answers.most(prompts);
  }

  @Override
  public List<Policy> configuredPolicies() {
    return policies.configured();
  }

  @Override
  public ServingStatus serving() {
    return models.engine().status();
  }

  private ChainStanding standing(ChainAddress address) {
    return rollup
        .map(r -> r.standing(address))
        .orElseGet(() -> new ChainStanding.Unknown("no chain is attached"));
  }

  @Override
  public RewardLedger ledger(Caller caller) {
    return new CallerLedger(store, epochs, this::standing, caller);
  }

  @Override
  public ProvenanceReports reports(Caller caller) {
    return new CallerReports(store, proofs, caller);
  }

  @Override
  public ChainAddress parseAddress(String typed) {
    return settlement.parseAddress(typed);
  }

  @Override
  public Optional<Rollup> rollup() {
    return rollup;
  }

  @Override
  public List<Check> readiness() {
    List<Check> checks = new ArrayList<>();
    checks.add(probe.check());
    Optional<String> missing = models.missing();
    checks.add(
        new Check(
            "model",
            missing.isEmpty(),
            missing.orElseGet(
                () -> models.list().size() + " models, asked by default: " + models.byDefault())));
    checks.add(indexCheck());
    List<String> skipped = models.skippedAdapters();
    checks.add(
        new Check(
            "adapters",
            skipped.isEmpty(),
            skipped.isEmpty()
                ? Math.max(0, models.list().size() - 1) + " adapters"
                : "skipped: " + String.join("; ", skipped)));
    rollup.ifPresent(r -> checks.add(rollupCheck(r.readiness())));
    return checks;
  }

  /** With what the chain names and nobody configured. Down while answers wait for its terms. */
  private Check rollupCheck(Check check) {
    Optional<String> waiting = policies.waiting();
    List<String> told = new ArrayList<>(List.of(check.detail()));
    waiting.ifPresent(why -> told.add("answers wait: " + why));
    policies.trouble().ifPresent(told::add);
    return new Check(check.name(), check.up() && waiting.isEmpty(), String.join("; ", told));
  }

  private Check indexCheck() {
    if (models.missing().isPresent()) {
      return new Check(
          "index",
          !models.loading(),
          "texts are indexed with the base model's tokenizer: as soon as one is loaded");
    }
    List<String> troubles = indexes.troubles();
    List<String> told = new ArrayList<>(troubles);
    if (troubles.isEmpty()) {
      told.add(indexes.following() + " datanets indexed");
    }
    // questions are answered all the same: no reason to send them elsewhere
    told.addAll(indexes.waiting());
    return new Check("index", troubles.isEmpty(), String.join("; ", told));
  }

  @Override
  public void drain(Duration grace) {
    models.drain(grace);
  }

  @Override
  public void close() {
    rollup.ifPresent(Rollup::close);
    timer.close();
    terms.close();
    follower.close();
    models.close();
    adapters.close();
    indexes.close();
  }
}
