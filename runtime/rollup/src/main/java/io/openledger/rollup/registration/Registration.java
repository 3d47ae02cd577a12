package io.openledger.rollup.registration;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.ContractAbi;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.merkle.Keccak256;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.rollup.registration.RegistrationRows.Open;
import io.openledger.rollup.registration.RegistrationRows.Registered;
import io.openledger.runtime.Periodic;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Registers datanets and models and anchors their versions. Any number of nodes may look: what is
 * handed over is decided under a lock of the database, in the transaction that hands it over. Safe
 * for any thread.
 *
 * <p>An entry is registered first, and anchored once its registration is in a block. A name has one
 * version under way at a time. Where the chain refuses a batch, its halves are tried, so that one
 * name cannot hold up the others. What was reverted is tried again with the next look; what an
 * administrator took back is not, until it changes.
 */
public final class Registration implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Registration.class.getName());

  private final Store store;
  private final Outbox outbox;
  private final ChainClient client;
  private final RegistrationSettings settings;
  private final Supplier<List<ModelState>> models;
  private final RegistrationRows rows;
  private final Periodic ticks;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile Optional<String> trouble = Optional.empty();

  /**
   * @param models those that are served now; base models are registered before their adapters
   */
  public Registration(
      Store store,
      Outbox outbox,
      ChainClient client,
      RegistrationSettings settings,
      Supplier<List<ModelState>> models,
      ScheduledExecutorService executor) {
    this.store = store;
    this.outbox = outbox;
    this.client = client;
    this.settings = settings;
    this.models = models;
    this.rows = new RegistrationRows(settings.deployment());
    this.ticks = new Periodic(this::tick, executor, settings.interval());
  }

  /** Begins to look for changes each interval. Returns at once. */
  public void start() {
    ticks.start();
  }

  /** What could not be registered or anchored at the last look, and why. Asks nobody. */
  public Optional<String> trouble() {
    return trouble;
  }

  /** The id that a datanet or model of this server has in its registry. */
  public Hash256 id(String name) {
    return id(settings.publisher(), salt(name));
  }

  /** Under what a name is registered: its SHA-256. */
  public static Hash256 salt(String name) {
    return Hash256.sha256(name);
  }

  /** {@code keccak256(abi.encode(registrant, salt))}, as the registries compute it. */
  public static Hash256 id(ChainAddress registrant, Hash256 salt) {
    byte[] both = new byte[64];
    byte[] address = HexFormat.of().parseHex(registrant.value().substring(2));
    System.arraycopy(address, 0, both, 12, 20);
    System.arraycopy(salt.toBytes(), 0, both, 32, 32);
    return Hash256.of(Keccak256.hash(both));
  }

  private void tick() {
    try {
      look();
    } catch (OpenLedgerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "changes could not be anchored; the next look tries again: {0}",
          e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "changes could not be anchored", e);
    }
  }

  /**
   * Hands over what has changed. Returns at once if another thread of this node is at it.
   *
   * @throws OpenLedgerException what store, chain or outbox throw; what the chain refuses of single
   *     entries is told by {@link #trouble} instead
   */
  public void look() {
    if (!looking.tryLock()) {
      return;
    }
    List<String> refused = new ArrayList<>();
    try {
      endBatches();
      Set<String> datanets = new HashSet<>();
      for (String name : store.requiresNew("listing datanets", rows::datanets)) {
        byte[] call = Kind.REGISTER_DATANET.encodeCall(salt(name).toBytes());
        if (registered(Kind.DATANET, name, call, refused)) {
          datanets.add(name);
        }
      }
      anchorDatanets(datanets, refused);
      anchorModels(refused);
      trouble = refused.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", refused));
    } catch (OpenLedgerException e) {
      trouble = Optional.of(String.valueOf(e.getMessage()));
      throw e;
    } finally {
      looking.unlock();
    }
  }

  private void endBatches() {
    for (Open open : store.requiresNew("finding batches", rows::open)) {
      Optional<OutboxMessage.State> state =
          outbox.find(open.businessKey()).map(OutboxMessage::state);
      Optional<String> ended = state.filter(OutboxMessage.State::settled).map(Enum::name);
      if (ended.isPresent()) {
        store.requiresNew(
            "ending a batch",
            c -> {
              rows.lock(c);
              rows.end(c, open, ended.get());
              return true;
            });
      }
    }
  }

  private static String explained(Kind kind, OpenLedgerException refusal) {
    ContractName registry =
        kind == Kind.DATANET ? ContractName.DATANET_REGISTRY : ContractName.MODEL_REGISTRY;
    return String.valueOf(ContractAbi.load(registry).explained(refusal).getMessage());
  }

  private ChainAddress registry(Kind kind) {
    return kind == Kind.DATANET ? settings.datanets() : settings.models();
  }

  // --- registering

  /** Whether an entry is on the chain; hands its registration over if that was not done. */
  private boolean registered(Kind kind, String name, byte[] call, List<String> refused) {
    Optional<Registered> known =
        store.requiresNew("finding a registration", c -> rows.registered(c, kind, name));
    if (known.isPresent()) {
      if (known.get().businessKey().isEmpty()) {
        return true;
      }
      Optional<OutboxMessage> message = outbox.find(known.get().businessKey().get());
      OutboxMessage.State state =
          message.map(OutboxMessage::state).orElse(OutboxMessage.State.STORED);
      switch (state) {
        case UNSAFE, SAFE, FINALIZED -> {
          return true;
        }
        case STORED, SENT -> {
          return false;
        }
        case CANCELLED -> {
          refused.add(
              kind.word() + " " + name + " is not registered: an administrator took that back");
          return false;
        }
        case REVERTED -> {
          // again, or somebody else did it meanwhile
        }
      }
    }
    int attempt = known.map(Registered::attempt).orElse(0) + 1;
    if (isPublisher(kind, name)) {
      remember(kind, name, known, new Registered(attempt, Optional.empty()));
      return true;
    }
    try {
      submitRegistration(kind, name, call, known, attempt);
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.CHAIN_REFUSED) {
        throw e;
      }
      refused.add(kind.word() + " " + name + " is not registered: " + explained(kind, e));
    }
    return false;
  }

  private boolean isPublisher(Kind kind, String name) {
    byte[] answer =
        client.call(
            Call.to(
                registry(kind),
                Kind.IS_PUBLISHER.encodeCall(
                    id(settings.publisher(), salt(name)).toBytes(), settings.publisher())),
            Finality.UNSAFE);
    return (boolean) AbiSignature.parse("r(bool)").decodeArguments(answer).get(0);
  }

  private void submitRegistration(
      Kind kind, String name, byte[] call, Optional<Registered> known, int attempt) {
    String key = key(kind.word() + "/" + name + "/register/" + attempt);
    store.requiresNew(
        "registering " + kind.word(),
        c -> {
          rows.lock(c);
          if (rows.registered(c, kind, name).equals(known)) {
            submit(key, registry(kind), call);
            rows.register(c, kind, name, new Registered(attempt, Optional.of(key)));
          }
          return true;
        });
  }

  private void remember(Kind kind, String name, Optional<Registered> known, Registered now) {
    store.requiresNew(
        "registering " + kind.word(),
        c -> {
          rows.lock(c);
          if (rows.registered(c, kind, name).equals(known)) {
            rows.register(c, kind, name, now);
          }
          return true;
        });
  }

  private void submit(String key, ChainAddress to, byte[] call) {
    outbox.submit(new ChainIntent(key, to, Wei.ZERO, call, OptionalLong.empty()));
  }

  /** Business keys hold for ever, also beside those of another deployment. */
  private String key(String rest) {
    return "registration/" + settings.deployment().hex().substring(0, 16) + "/" + rest;
  }

  // --- anchoring

  private void anchorDatanets(Set<String> registered, List<String> refused) {
    List<Entry> changed =
        store.requiresNew(
            "looking for changed datanets",
            c -> {
              Set<String> idle = new HashSet<>(registered);
              idle.removeAll(rows.underWay(c, Kind.DATANET));
              return rows.changedDatanets(c, idle);
            });
    anchor(Kind.DATANET, changed, refused);
  }

  private void anchorModels(List<String> refused) {
    List<ModelState> served = new ArrayList<>(models.get());
    Set<String> registered = new HashSet<>();
    for (ModelState base : served) {
      byte[] call = Kind.REGISTER_BASE.encodeCall(salt(base.id().value()).toBytes());
      if (base.base().isEmpty() && registered(Kind.MODEL, base.id().value(), call, refused)) {
        registered.add(base.id().value());
      }
    }
    for (ModelState adapter : served) {
      if (adapter.base().filter(b -> registered.contains(b.value())).isPresent()) {
        byte[] call =
            Kind.REGISTER_ADAPTER.encodeCall(
                salt(adapter.id().value()).toBytes(), id(adapter.base().get().value()).toBytes());
        if (registered(Kind.MODEL, adapter.id().value(), call, refused)) {
          registered.add(adapter.id().value());
        }
      }
    }
    List<Entry> changed =
        store.requiresNew("looking for changed models", c -> changed(c, served, registered));
    anchor(Kind.MODEL, changed, refused);
  }

  private List<Entry> changed(Connection c, List<ModelState> served, Set<String> registered)
      throws SQLException {
    Set<String> underWay = rows.underWay(c, Kind.MODEL);
    List<Entry> changed = new ArrayList<>();
    for (ModelState model : served) {
      String name = model.id().value();
      if (!registered.contains(name) || underWay.contains(name)) {
        continue;
      }
      Optional<Entry> last = rows.last(c, Kind.MODEL, name);
      if (last.isEmpty() || !last.get().root().equals(model.digest())) {
        changed.add(
            new Entry(
                Kind.MODEL,
                name,
                last.map(Entry::version).orElse(0L) + 1,
                model.digest(),
                model.bytes(),
                model.licenceDigest()));
      }
    }
    return changed;
  }

  private void anchor(Kind kind, List<Entry> changed, List<String> refused) {
    for (int from = 0; from < changed.size(); from += settings.mostInBatch()) {
      int to = Math.min(changed.size(), from + settings.mostInBatch());
      anchorBatch(kind, changed.subList(from, to), refused);
    }
  }

  private void anchorBatch(Kind kind, List<Entry> entries, List<String> refused) {
    try {
      store.requiresNew(
          "anchoring versions",
          c -> {
            rows.lock(c);
            handOver(c, kind, entries);
            return true;
          });
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.CHAIN_REFUSED) {
        throw e;
      }
      if (entries.size() == 1) {
        Entry only = entries.get(0);
        refused.add(
            kind.word()
                + " "
                + only.name()
                + " version "
                + only.version()
                + " is not anchored: "
                + explained(kind, e));
        return;
      }
      int half = entries.size() / 2;
      anchorBatch(kind, entries.subList(0, half), refused);
      anchorBatch(kind, entries.subList(half, entries.size()), refused);
    }
  }

  private void handOver(Connection c, Kind kind, List<Entry> entries) throws SQLException {
    Set<String> underWay = rows.underWay(c, kind);
    List<Entry> left = new ArrayList<>();
    for (Entry e : entries) {
      // another node may have been first
      Optional<Entry> last = rows.last(c, kind, e.name());
      if (!underWay.contains(e.name()) && last.filter(l -> l.version() >= e.version()).isEmpty()) {
        left.add(e);
      }
    }
    if (left.isEmpty()) {
      return;
    }
    long batch = rows.nextBatch(c, kind);
    String key = key(kind.word() + "/anchor/" + batch);
    List<Object> items =
        left.stream()
            .map(e -> (Object) e.values(id(settings.publisher(), salt(e.name()))))
            .toList();
    submit(key, registry(kind), kind.anchorMany().encodeCall(items));
    rows.addBatch(c, kind, batch, key, left);
  }

  /** Looks for changes no more; what was handed over goes on. Idempotent. */
  @Override
  public void close() {
    ticks.close();
  }
}
