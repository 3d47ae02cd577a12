package io.openledger.runtime.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.api.spi.ServingEngine;
import io.openledger.runtime.AdapterAdministration.Origin;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is registered with the engine, and as whose. On start: the folders of the adapters'
 * directory as the store has them, which is public when it has nothing; and the uploads that the
 * store has. While the store cannot be read nothing is registered, because a folder that is not
 * everybody's would be taken for one that is; it is tried again at each use. Safe for any thread.
 */
public final class ManagedAdapters {

  private static final System.Logger LOG = System.getLogger(ManagedAdapters.class.getName());

  /**
   * An adapter that is registered.
   *
   * @param row as the store would have it
   * @param info what the engine says of it
   */
  record Entry(AdapterRow row, ModelInfo info) {}

  private record Skipped(AdapterRow row, String reason) {}

  private final OpenLedgerConfig.Adapters config;
  private final ModelId byDefault;
  private final int limit;
  private final Store store;
  private final Clock clock;
  private final AdapterUploads uploads;
  private final Map<ModelId, Entry> entries = new ConcurrentSkipListMap<>();
  private final Map<String, Skipped> skipped = new ConcurrentSkipListMap<>();
  private volatile boolean restored;

  /** Over a configuration; nothing is read yet. */
  public ManagedAdapters(OpenLedgerConfig config, Store store, Clock clock) {
    this.config = config.adapters();
    this.byDefault = config.model().byDefault();
    this.limit = config.limits().adapters();
    this.store = store;
    this.clock = clock;
    this.uploads =
        new AdapterUploads(
            config.dataDirectory().resolve("uploaded-adapters"), config.limits().adapterBytes());
  }

  AdapterUploads uploads() {
    return uploads;
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
    if (restored) {
      return;
    }
    synchronized (this) {
      if (restored) {
        return;
      }
      Map<ModelId, AdapterRow> rows;
      try {
        rows = store.requiresNew("reading the adapters", AdapterRows::all);
      } catch (OpenLedgerException e) {
        LOG.log(System.Logger.Level.WARNING, "adapters wait for the store: {0}", e.getMessage());
        return;
      }
      for (AdapterRow row : wanted(rows)) {
        restore(engine, row);
      }
      Set<Path> kept = new HashSet<>();
      rows.values().stream()
          .filter(r -> r.origin() == Origin.UPLOAD)
          .forEach(r -> kept.add(uploads.folder(r.id(), r.folder())));
      uploads.keepOnly(kept);
      restored = true;
    }
  }

  private List<AdapterRow> wanted(Map<ModelId, AdapterRow> rows) {
    Map<ModelId, AdapterRow> wanted = new TreeMap<>();
    for (Path folder : folders(config.directory())) {
      String name = folder.getFileName().toString();
      try {
        ModelId id = new ModelId(name);
        wanted.put(id, AdapterRow.plain(id));
      } catch (OpenLedgerException e) {
        skip(name, AdapterRow.plain(new ModelId("skipped")), e);
      }
    }
    for (AdapterRow row : rows.values()) {
      // a folder that is not there any more is not missed: its row waits for its return
      if (row.origin() == Origin.UPLOAD || wanted.containsKey(row.id())) {
        wanted.put(row.id(), row);
      }
    }
    return wanted.values().stream().filter(AdapterRow::registered).toList();
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

  private void restore(ServingEngine engine, AdapterRow row) {
    try {
      ModelInfo info = engine.register(row.id(), folder(row), row.access());
      entries.put(row.id(), new Entry(row, info));
    } catch (OpenLedgerException e) {
      skip(row.id().value(), row, e);
      return;
    } catch (RuntimeException e) {
      // one adapter must not keep the others away
      skip(
          row.id().value(),
          row,
          new OpenLedgerException(
              ErrorCode.INTERNAL, "a failure of ours: " + e, "no failure", "report it", e));
      return;
    }
    if (row.pinned()) {
      try {
        engine.pin(row.id(), true);
      } catch (OpenLedgerException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "adapter {0} is registered, but not pinned: {1}",
            row.id(),
            e.getMessage());
      }
    }
  }

  private void skip(String name, AdapterRow row, OpenLedgerException e) {
    skipped.put(name, new Skipped(row, String.valueOf(e.getMessage())));
    LOG.log(System.Logger.Level.WARNING, "adapter {0} is skipped: {1}", name, e.getMessage());
  }

  private Path folder(AdapterRow row) {
    return row.origin() == Origin.UPLOAD
        ? uploads.folder(row.id(), row.folder())
        : config.directory().resolve(row.id().value());
  }

  /** A registered adapter. */
  Optional<Entry> find(ModelId adapter) {
    return Optional.ofNullable(entries.get(adapter));
  }

  /** By name. */
  List<Entry> all() {
    return new ArrayList<>(entries.values());
  }

  /** Adapters that were skipped, each with its reason; those that a tenant may ask. */
  List<String> skipped(Optional<String> tenant) {
    return skipped.entrySet().stream()
        .filter(s -> tenant.map(s.getValue().row().access()::permits).orElse(true))
        .map(s -> s.getKey() + ": " + s.getValue().reason())
        .toList();
  }

  /**
   * Registers one, or the next version of one, and writes it down.
   *
   * @param former as it is registered; null: it is not
   */
  synchronized Entry put(ServingEngine engine, @Nullable Entry former, AdapterRow row, String by) {
    requireRestored();
    @Nullable Entry now = entries.get(row.id());
    if (now != former || (former == null && engine.base().id().equals(row.id()))) {
      throw changed(row.id());
    }
    if (former == null && row.origin() == Origin.UPLOAD && reserved(row.id())) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_EXISTS,
          "an adapter under the name " + row.id() + ", which the server's administrator gave away",
          "names that no model has",
          "choose another name");
    }
    if (former == null && entries.size() >= limit) {
      throw new OpenLedgerException(
          ErrorCode.BUSY,
          entries.size() + " adapters",
          "at most " + limit,
          "unregister adapters, or have openledger.limits.adapters raised");
    }
    ModelInfo info =
        former == null
            ? engine.register(row.id(), folder(row), row.access())
            : engine.replace(row.id(), folder(row));
    written(
        row,
        by,
        () -> {
          if (former == null) {
            engine.unregister(row.id());
          } else {
            engine.replace(row.id(), folder(former.row()));
          }
        });
    skipped.remove(row.id().value());
    Entry entry = new Entry(row, info);
    entries.put(row.id(), entry);
    return entry;
  }

  /** A folder's name is the administrator's, also where the folder cannot be registered. */
  private boolean reserved(ModelId id) {
    return id.equals(byDefault) || Files.isDirectory(config.directory().resolve(id.value()));
  }

  private static OpenLedgerException changed(ModelId id) {
    return new OpenLedgerException(
        ErrorCode.ADAPTER_EXISTS,
        "an adapter " + id + " that was changed or registered meanwhile",
        "names that no model has",
        "look at the adapters and send it again");
  }

  /** Between the look at whose it is and the change another's may have taken its name. */
  private void requireSame(Entry entry) {
    if (entries.get(entry.row().id()) != entry) {
      throw changed(entry.row().id());
    }
  }

  /** Changes who may ask it. */
  synchronized void grant(ServingEngine engine, Entry entry, AdapterAccess access, String by) {
    requireSame(entry);
    ModelId id = entry.row().id();
    AdapterRow row = entry.row().withAccess(access);
    written(row, by, () -> {});
    engine.grant(id, access);
    entries.put(id, new Entry(row, entry.info()));
  }

  /** Pins or unpins it. */
  synchronized void pin(ServingEngine engine, Entry entry, boolean pinned, String by) {
    requireSame(entry);
    ModelId id = entry.row().id();
    engine.pin(id, pinned);
    AdapterRow row = entry.row().withPin(pinned);
    written(row, by, () -> engine.pin(id, entry.row().pinned()));
    entries.put(id, new Entry(row, entry.info()));
  }

  /** Takes it away. */
  synchronized void remove(ServingEngine engine, Entry entry, String by) {
    requireSame(entry);
    ModelId id = entry.row().id();
    forget(entry.row(), by);
    entries.remove(id);
    engine.unregister(id);
  }

  /**
   * Takes away what the store knows of an adapter. Where a folder has its name the row stays, as
   * taken away: without it the folder would be everybody's at the next start.
   */
  synchronized void forget(AdapterRow row, String by) {
    boolean gone = row.origin() == Origin.UPLOAD && !reserved(row.id());
    store.requiresNew(
        "taking an adapter away",
        c -> {
          if (gone) {
            AdapterRows.delete(c, row.id());
          } else {
            AdapterRows.put(c, row.takenAway(), by, clock.instant());
          }
          return true;
        });
    skipped.remove(row.id().value());
  }

  /** What the store knows of a name that is not registered. */
  Optional<AdapterRow> row(ModelId id) {
    return Optional.ofNullable(store.requiresNew("reading an adapter", AdapterRows::all).get(id));
  }

  private void requireRestored() {
    if (!restored) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_UNAVAILABLE,
          "a change of adapters while the store cannot be read",
          "changes that can be written down",
          "call again when the server is ready");
    }
  }

  private void written(AdapterRow row, String by, Runnable undo) {
    try {
      // Engine and files change at once, whatever becomes of the caller's transaction.
      store.requiresNew(
          "writing an adapter",
          c -> {
            AdapterRows.put(c, row, by, clock.instant());
            return true;
          });
    } catch (RuntimeException e) {
      try {
        undo.run();
      } catch (RuntimeException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }
}
