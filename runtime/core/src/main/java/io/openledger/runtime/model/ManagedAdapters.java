package io.openledger.runtime.model;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.api.spi.ServingEngine;
import io.openledger.runtime.AdapterAdministration.Origin;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.store.Attempts;
import io.openledger.runtime.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is registered with the engine, and as whose. On start: the folders of the adapters'
 * directory as the store has them, which is public when it has nothing; and the uploads that the
 * store has. While the store cannot be read nothing is registered, because a folder that is not
 * everybody's would be taken for one that is; it is tried again later, by one caller at a time.
 *
 * <p>The store is the truth, and several servers may share it. A change is done by the engine, then
 * written down if nobody else changed the adapter meanwhile, and undone by the engine if it cannot
 * be. {@link #follow} makes the engine do what others have written down. Taking away is written
 * first. So a crash at any point leaves what the store says, which the next start makes true, and
 * files that nobody names, which it removes.
 *
 * <p>Safe for any thread. One class, because every method keeps the same three things in step: the
 * engine, the store and the files.
 */
public final class ManagedAdapters implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ManagedAdapters.class.getName());

  /** How long a change waits for another; a large adapter on a slow disk takes seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How often at most the store is asked for names that nobody here knows. */
  private static final Duration ASKED = Duration.ofSeconds(1);

  /**
   * An adapter that is registered.
   *
   * @param row as the store has it
   * @param info what the engine says of it
   * @param files what the engine reads
   */
  record Entry(AdapterRow row, ModelInfo info, Path files) {}

  private record Skipped(AdapterRow row, String reason) {}

  /** Files of an upload of which is not known whether the store names them. */
  private record Doubt(ModelId id, String folder) {}

  private final OpenLedgerConfig.Adapters config;
  private final ModelId byDefault;
  private final Store store;
  private final Clock clock;
  private final AdapterQuota quota;
  private final AdapterFolders folders;
  private final AdapterUploads uploads;
  private final UploadGate gate;
  private final RunningRequests running = new RunningRequests();
  private final ConcurrentNavigableMap<ModelId, Entry> entries = new ConcurrentSkipListMap<>();
  private final Map<String, Skipped> skipped = new ConcurrentSkipListMap<>();
  private final Attempts restoring;
  private final ReentrantLock changing = new ReentrantLock();

  // Guarded by changing.
  private final Map<ModelId, Long> revisions = new HashMap<>();
  private final Set<ModelId> unsettled = new HashSet<>();
  private final List<Doubt> doubts = new ArrayList<>();
  private long seen;

  private volatile Instant asked = Instant.MIN;

  /** Over a configuration; nothing is read yet. */
  public ManagedAdapters(OpenLedgerConfig config, Store store, Clock clock) {
    OpenLedgerConfig.Uploads limits = config.limits().uploads();
    this.config = config.adapters();
    this.byDefault = config.model().byDefault();
    this.store = store;
    this.clock = clock;
    this.quota =
        new AdapterQuota(config.limits().adapters(), limits.tenantAdapters(), limits.tenantBytes());
    this.folders = new AdapterFolders(config.dataDirectory().resolve("uploaded-adapters"), clock);
    this.uploads = new AdapterUploads(folders, config.limits().adapterBytes());
    this.gate = new UploadGate(limits.together(), limits.tenantTogether());
    this.restoring = new Attempts("registering the adapters", clock);
  }

  AdapterUploads uploads() {
    return uploads;
  }

  UploadGate gate() {
    return gate;
  }

  /** Requests during which no files of adapters are removed. */
  RunningRequests running() {
    return running;
  }

  /** The account of an adapter's builder. */
  public String builder(ModelId adapter) {
    Entry entry = entries.get(adapter);
    return Optional.ofNullable(entry)
        .flatMap(e -> e.row().builder())
        .orElseGet(() -> config.builder(adapter.value()).account().name());
  }

  /** The account of the builder of this version. */
  String builder(Entry entry) {
    return entry
        .row()
        .builder()
        .orElseGet(() -> config.builder(entry.row().id().value()).account().name());
  }

  /** Registers with a new engine what is to be there. Does nothing a second time. */
  void restore(ServingEngine engine) {
    if (restoring.done()) {
      return;
    }
    try {
      restoring.run(() -> restoreNow(engine));
    } catch (OpenLedgerException e) {
      // told by requireRestored to who needs an adapter; everybody else goes on without
    }
  }

  private void restoreNow(ServingEngine engine) {
    Map<ModelId, AdapterRow> rows = new HashMap<>();
    changing.lock();
    try {
      seen =
          store.requiresNew(
              "reading the adapters",
              c -> {
                // first the number, then what it stands for: what comes in between is seen again
                long last = AdapterRows.lastChange(c);
                rows.putAll(AdapterRows.all(c));
                return last;
              });
      for (ModelId id : wanted(rows)) {
        @Nullable AdapterRow row = rows.get(id);
        AdapterRow wanted = row == null ? AdapterRow.plain(id) : row;
        if (wanted.registered()) {
          apply(engine, id, Optional.of(wanted));
        }
      }
      rows.values().forEach(row -> revisions.put(row.id(), row.revision()));
      Set<Path> kept = new HashSet<>();
      rows.values().stream()
          .filter(r -> r.origin() == Origin.UPLOAD && AdapterFolders.isVersion(r.folder()))
          .forEach(r -> kept.add(files(r)));
      folders.keepOnly(kept);
    } catch (OpenLedgerException e) {
      LOG.log(System.Logger.Level.WARNING, "adapters wait for the store: {0}", e.getMessage());
      throw e;
    } finally {
      changing.unlock();
    }
  }

  private Set<ModelId> wanted(Map<ModelId, AdapterRow> rows) {
    Set<ModelId> wanted = new TreeSet<>();
    for (Path folder : folders(config.directory())) {
      String name = folder.getFileName().toString();
      try {
        wanted.add(new ModelId(name));
      } catch (OpenLedgerException e) {
        skip(name, AdapterRow.plain(new ModelId("skipped")), e);
      }
    }
    // a folder that is not there any more is not missed: its row waits for its return
    rows.values().stream()
        .filter(row -> row.origin() == Origin.UPLOAD)
        .forEach(row -> wanted.add(row.id()));
    return wanted;
  }

  private static List<Path> folders(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} cannot be read", directory);
      return List.of();
    }
  }

  private Path files(AdapterRow row) {
    return row.origin() == Origin.UPLOAD
        ? folders.place(row.id(), row.folder())
        : config.directory().resolve(row.id().value());
  }

  /**
   * Takes up what other servers wrote down since. Costs one look at one row when that is nothing.
   *
   * @throws OpenLedgerException {@link ErrorCode#LEDGER_UNAVAILABLE}; what is known stays
   */
  void follow(ServingEngine engine) {
    if (!restoring.done()) {
      restore(engine);
      return;
    }
    // whoever changes something looks first itself
    if (changing.tryLock()) {
      try {
        followNow(engine);
      } finally {
        changing.unlock();
      }
    }
    folders.removeLate();
  }

  /** As {@link #follow}, where it is no harm when that cannot be. */
  private void followIfPossible(ServingEngine engine) {
    try {
      follow(engine);
    } catch (OpenLedgerException e) {
      LOG.log(System.Logger.Level.DEBUG, "the store is not asked: {0}", e.getMessage());
    }
  }

  private void followNow(ServingEngine engine) {
    asked = clock.instant();
    Map<ModelId, Optional<AdapterRow>> news = new HashMap<>();
    Set<ModelId> open = new HashSet<>(unsettled);
    doubts.forEach(doubt -> open.add(doubt.id()));
    long last =
        store.requiresNew(
            "looking for changes of adapters",
            c -> {
              news.clear();
              long now = AdapterRows.lastChange(c);
              if (now != seen || !open.isEmpty()) {
                for (ModelId id : changed(AdapterRows.revisions(c), open)) {
                  news.put(id, AdapterRows.find(c, id));
                }
              }
              return now;
            });
    news.forEach((id, row) -> takeUp(engine, id, row));
    seen = last;
  }

  private Set<ModelId> changed(Map<ModelId, Long> now, Set<ModelId> open) {
    Set<ModelId> changed = new TreeSet<>(open);
    now.forEach(
        (id, revision) -> {
          if (!revision.equals(revisions.get(id))) {
            changed.add(id);
          }
        });
    revisions.keySet().stream().filter(id -> !now.containsKey(id)).forEach(changed::add);
    return changed;
  }

  private void takeUp(ServingEngine engine, ModelId id, Optional<AdapterRow> row) {
    if (row.isEmpty()) {
      if (revisions.remove(id) != null) {
        apply(engine, id, Optional.empty());
        keepAway(id);
      }
    } else {
      boolean here = row.get().origin() == Origin.UPLOAD || isFolder(id);
      apply(engine, id, row.filter(r -> r.registered() && here));
      revisions.put(id, row.get().revision());
    }
    unsettled.remove(id);
    for (Iterator<Doubt> open = doubts.iterator(); open.hasNext(); ) {
      Doubt doubt = open.next();
      if (doubt.id().equals(id)) {
        open.remove();
        if (row.filter(r -> r.folder().equals(doubt.folder())).isEmpty()) {
          retire(folders.place(id, doubt.folder()));
        }
      }
    }
  }

  /**
   * A folder of this server whose name an upload had: without a row it would be everybody's at the
   * next start, which the server that took the upload away, and has no such folder, cannot know.
   */
  private void keepAway(ModelId id) {
    if (!isFolder(id)) {
      return;
    }
    AdapterAccess nobody = new AdapterAccess("", Set.of());
    try {
      write(AdapterRow.folder(id, 1, nobody, Optional.empty(), 0).takenAway(), "server");
    } catch (OpenLedgerException e) {
      LOG.log(System.Logger.Level.WARNING, "folder {0} is not kept away: {1}", id, e.getMessage());
    }
  }

  private boolean isFolder(ModelId id) {
    return Files.isDirectory(config.directory().resolve(id.value()));
  }

  /** Makes the engine have an adapter as a row says, or not have it. */
  private void apply(ServingEngine engine, ModelId id, Optional<AdapterRow> wanted) {
    @Nullable Entry entry = entries.get(id);
    if (wanted.isEmpty()) {
      if (entry != null) {
        drop(engine, entry);
      }
      skipped.remove(id.value());
      return;
    }
    AdapterRow row = wanted.get();
    try {
      if (entry == null) {
        entries.put(id, new Entry(row, register(engine, row), files(row)));
      } else {
        change(engine, entry, row);
      }
      skipped.remove(id.value());
    } catch (OpenLedgerException e) {
      skip(id.value(), row, e);
      return;
    } catch (RuntimeException e) {
      // one adapter must not keep the others away
      skip(
          id.value(),
          row,
          new OpenLedgerException(
              ErrorCode.INTERNAL, "a failure of ours: " + e, "no failure", "report it", e));
      return;
    }
    if (row.pinned() || entry != null && entry.row().pinned()) {
      pin(engine, row);
    }
  }

  private ModelInfo register(ServingEngine engine, AdapterRow row) {
    if (row.origin() == Origin.UPLOAD && !Files.isDirectory(files(row))) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_BROKEN,
          "an adapter " + row.id() + " whose files are not on this server",
          "uploads whose files are in this server's data directory",
          "let the servers that share the store share uploaded-adapters of the data directory too,"
              + " or upload it here");
    }
    if (entries.get(row.id()) == null && engine.residency(row.id()).isPresent()) {
      engine.unregister(row.id()); // left by a failure
    }
    return engine.register(row.id(), files(row), row.access());
  }

  private void change(ServingEngine engine, Entry entry, AdapterRow row) {
    ModelId id = row.id();
    // first who may ask: what was taken from somebody is taken, whatever becomes of the rest
    engine.grant(id, row.access());
    boolean reload = !files(row).equals(entry.files()) || row.version() != entry.row().version();
    if (!reload) {
      if (!row.equals(entry.row())) {
        entries.put(id, new Entry(row, entry.info(), entry.files()));
      }
      return;
    }
    try {
      ModelInfo info = engine.replace(id, files(row));
      entries.put(id, new Entry(row, info, files(row)));
    } catch (RuntimeException e) {
      // Answers of a version that its owner replaced would be wrong; none is better.
      entries.remove(id);
      engine.unregister(id);
      throw e;
    } finally {
      retireFormer(entry, files(row));
    }
  }

  private void drop(ServingEngine engine, Entry entry) {
    entries.remove(entry.row().id());
    try {
      engine.unregister(entry.row().id());
    } finally {
      retireFormer(entry, null);
    }
  }

  private void retireFormer(Entry former, @Nullable Path now) {
    if (former.row().origin() == Origin.UPLOAD && !former.files().equals(now)) {
      retire(former.files());
    }
  }

  /** Removes files when no request that runs can need them any more. */
  private void retire(Path files) {
    running.afterThose(() -> folders.retire(files));
  }

  private static void pin(ServingEngine engine, AdapterRow row) {
    try {
      engine.pin(row.id(), row.pinned());
    } catch (OpenLedgerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "adapter {0} is registered, but not pinned: {1}",
          row.id(),
          e.getMessage());
    }
  }

  private void skip(String name, AdapterRow row, OpenLedgerException e) {
    skipped.put(name, new Skipped(row, String.valueOf(e.getMessage())));
    LOG.log(System.Logger.Level.WARNING, "adapter {0} is skipped: {1}", name, e.getMessage());
  }

  /** A registered adapter. */
  Optional<Entry> find(ModelId adapter) {
    return Optional.ofNullable(entries.get(adapter));
  }

  /** A registered adapter, which another server may have registered just now. */
  Optional<Entry> find(ServingEngine engine, ModelId adapter) {
    Optional<Entry> here = find(adapter);
    if (here.isPresent()) {
      return here;
    }
    Instant now = clock.instant();
    if (asked.isAfter(now) || asked.isBefore(now.minus(ASKED))) {
      asked = now;
      followIfPossible(engine);
    }
    return find(adapter);
  }

  /** By name, behind a name if there is one. */
  Iterable<Entry> after(Optional<ModelId> name) {
    return name.map(n -> entries.tailMap(n, false)).orElse(entries).values();
  }

  /** How many are registered. */
  int size() {
    return entries.size();
  }

  /** Adapters that were skipped, each with its reason; those that a tenant may ask. */
  List<String> skipped(Optional<String> tenant) {
    return skipped.entrySet().stream()
        .filter(s -> tenant.map(s.getValue().row().access()::permits).orElse(true))
        .map(s -> s.getKey() + ": " + s.getValue().reason())
        .toList();
  }

  /** Why one adapter was skipped, if it was and a tenant may ask it. */
  Optional<String> skipped(ModelId id, String tenant) {
    return Optional.ofNullable(skipped.get(id.value()))
        .filter(s -> s.row().access().permits(tenant))
        .map(Skipped::reason);
  }

  /**
   * What an owner may still store under a name.
   *
   * @param former what is to be replaced; null: nothing
   * @throws OpenLedgerException {@link ErrorCode#ADAPTER_QUOTA}
   */
  long room(@Nullable Entry former, String owner, ModelId name) {
    boolean known = former != null && former.row().origin() == Origin.UPLOAD;
    return store.requiresNew(
        "looking for room for an adapter", c -> quota.room(c, owner, name, known));
  }

  /**
   * Registers one, or the next version of one, and writes it down.
   *
   * @param former as it is registered; null: it is not
   */
  Entry put(ServingEngine engine, @Nullable Entry former, AdapterRow row, String by) {
    return alone(
        () -> {
          requireRestored();
          followNow(engine);
          requireFree(engine, former, row);
          return former == null ? registered(engine, row, by) : replaced(engine, former, row, by);
        });
  }

  private void requireFree(ServingEngine engine, @Nullable Entry former, AdapterRow row) {
    if (entries.get(row.id()) != former || former == null && engine.base().id().equals(row.id())) {
      throw AdapterRows.changed(row.id());
    }
    if (former == null && row.origin() == Origin.UPLOAD && reserved(row.id())) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_EXISTS,
          "an adapter under the name " + row.id() + ", which the server's administrator gave away",
          "names that no model has",
          "choose another name");
    }
  }

  private Entry registered(ServingEngine engine, AdapterRow row, String by) {
    ModelInfo info = register(engine, row);
    try {
      return entered(row, write(row, false, by), info);
    } catch (RuntimeException e) {
      quietly(e, () -> engine.unregister(row.id()));
      throw e;
    }
  }

  private Entry replaced(ServingEngine engine, Entry former, AdapterRow row, String by) {
    ModelId id = row.id();
    long before = engine.residency(id).map(AdapterResidency::version).orElse(0L);
    ModelInfo info;
    try {
      info = engine.replace(id, files(row));
    } catch (RuntimeException e) {
      if (engine.residency(id).map(AdapterResidency::version).orElse(0L) != before) {
        undo(engine, former, files(row), e);
      }
      throw e;
    }
    Entry entry;
    try {
      boolean known = former.row().origin() == Origin.UPLOAD;
      entry = entered(row, write(row, known, by), info);
    } catch (RuntimeException e) {
      undo(engine, former, files(row), e);
      throw e;
    }
    retireFormer(former, entry.files());
    return entry;
  }

  private AdapterRow write(AdapterRow row, boolean known, String by) {
    // Engine and files change at once, whatever becomes of the caller's transaction.
    return store.requiresNew(
        "writing an adapter",
        c -> {
          AdapterRows.lock(c);
          if (row.origin() == Origin.UPLOAD) {
            quota.require(c, row, known);
          }
          return AdapterRows.put(c, row, by, clock.instant());
        });
  }

  private Entry entered(AdapterRow row, AdapterRow written, ModelInfo info) {
    Entry entry = new Entry(written, info, files(row));
    entries.put(row.id(), entry);
    skipped.remove(row.id().value());
    wrote(row.id(), written.revision());
    return entry;
  }

  private void wrote(ModelId id, long revision) {
    revisions.put(id, revision);
    if (seen == revision - 1) {
      seen = revision; // nobody else wrote in between
    }
  }

  /**
   * Puts the former version back where a change was not written down. A folder that was read again
   * has no former version any more: then the engine's is told, so that what an answer's receipt
   * names is what answered.
   */
  private void undo(ServingEngine engine, Entry former, Path tried, RuntimeException because) {
    ModelId id = former.row().id();
    long before = engine.residency(id).map(AdapterResidency::version).orElse(0L);
    if (!tried.equals(former.files())) {
      quietly(because, () -> engine.replace(id, former.files()));
    }
    Optional<AdapterResidency> now = engine.residency(id);
    if (now.isEmpty()) {
      entries.remove(id);
    } else {
      Path files = now.get().version() == before ? tried : former.files();
      entries.put(id, new Entry(former.row(), now.get().model(), files));
    }
    // whether it was written down, too, is known when the store answers again
    unsettled.add(id);
  }

  private static void quietly(RuntimeException because, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      because.addSuppressed(e);
    }
  }

  /** Removes an upload's files after it was refused, unless the engine or the store has them. */
  void discard(ModelId id, String folder, RuntimeException because) {
    Path place = folders.place(id, folder);
    boolean answered =
        because instanceof OpenLedgerException e
            && e.code().category() != ErrorCode.Category.UNAVAILABLE;
    @Nullable Entry entry = entries.get(id);
    if (answered && (entry == null || !entry.files().equals(place))) {
      folders.remove(place);
      return;
    }
    changing.lock();
    try {
      doubts.add(new Doubt(id, folder));
    } finally {
      changing.unlock();
    }
  }

  /** A folder's name is the administrator's, also where the folder cannot be registered. */
  private boolean reserved(ModelId id) {
    return id.equals(byDefault) || isFolder(id);
  }

  /** Between the look at whose it is and the change another's may have taken its name. */
  private Entry same(ServingEngine engine, Entry entry) {
    followNow(engine);
    if (entries.get(entry.row().id()) != entry) {
      throw AdapterRows.changed(entry.row().id());
    }
    return entry;
  }

  /** Changes who may ask it. */
  void grant(ServingEngine engine, Entry found, AdapterAccess access, String by) {
    alone(
        () -> {
          Entry entry = same(engine, found);
          ModelId id = entry.row().id();
          AdapterRow row = write(entry.row().withAccess(access), by);
          entries.put(id, new Entry(row, entry.info(), entry.files()));
          wrote(id, row.revision());
          try {
            engine.grant(id, access);
          } catch (RuntimeException e) {
            unsettled.add(id);
            throw e;
          }
          return true;
        });
  }

  /** Without a look at quotas: nothing more is stored. */
  private AdapterRow write(AdapterRow row, String by) {
    return store.requiresNew(
        "writing an adapter", c -> AdapterRows.put(c, row, by, clock.instant()));
  }

  /** Pins or unpins it. */
  void pin(ServingEngine engine, Entry found, boolean pinned, String by) {
    alone(
        () -> {
          Entry entry = same(engine, found);
          ModelId id = entry.row().id();
          engine.pin(id, pinned);
          AdapterRow row;
          try {
            row = write(entry.row().withPin(pinned), by);
          } catch (RuntimeException e) {
            quietly(e, () -> engine.pin(id, entry.row().pinned()));
            unsettled.add(id);
            throw e;
          }
          entries.put(id, new Entry(row, entry.info(), entry.files()));
          wrote(id, row.revision());
          return true;
        });
  }

  /** Takes it away, with an upload's files when no request that runs needs them any more. */
  void remove(ServingEngine engine, Entry found, String by) {
    alone(
        () -> {
          Entry entry = same(engine, found);
          forgotten(entry.row(), by);
          drop(engine, entry);
          return true;
        });
  }

  /** Takes away what the store knows of an upload that is not registered, with its files. */
  void forget(AdapterRow row, String by) {
    alone(
        () -> {
          forgotten(row, by);
          if (AdapterFolders.isVersion(row.folder())) {
            retire(files(row));
          }
          return true;
        });
  }

  /**
   * Takes away what the store knows of an adapter. Where a folder has its name the row stays, as
   * taken away: without it the folder would be everybody's at the next start.
   */
  private void forgotten(AdapterRow row, String by) {
    ModelId id = row.id();
    boolean gone = row.origin() == Origin.UPLOAD && !reserved(id);
    long change =
        store.requiresNew(
            "taking an adapter away",
            c ->
                gone
                    ? AdapterRows.delete(c, row)
                    : AdapterRows.put(c, row.takenAway(), by, clock.instant()).revision());
    wrote(id, change);
    if (gone) {
      revisions.remove(id);
    }
    skipped.remove(id.value());
  }

  /** What the store knows of a name that is not registered. */
  Optional<AdapterRow> row(ModelId id) {
    return store.requiresNew("reading an adapter", c -> AdapterRows.find(c, id));
  }

  /**
   * Refuses while nothing is registered because the store cannot be read.
   *
   * @throws OpenLedgerException {@link ErrorCode#LEDGER_UNAVAILABLE}
   */
  void requireRestored() {
    if (!restoring.done()) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_UNAVAILABLE,
          "a use of adapters while the store cannot be read, which says whose they are",
          "uses when they are registered",
          "call again when the server is ready");
    }
  }

  /** Whether adapters still wait for the store. */
  boolean waiting() {
    return !restoring.done();
  }

  private <T> T alone(Supplier<T> change) {
    try {
      if (!changing.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new BusyException(
            "a change of adapters, while another takes long",
            "one at a time",
            Duration.ofSeconds(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OpenLedgerException(
          ErrorCode.CANCELLED, "an interrupt", "a call that is waited for", "call again", e);
    }
    try {
      return change.get();
    } finally {
      changing.unlock();
    }
  }

  /** Lets other servers know that this one needs its uploads no more. */
  @Override
  public void close() {
    folders.close();
  }
}
