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
      restored = true;
      for (AdapterRow row : wanted(rows)) {
        restore(engine, row);
      }
      Set<Path> kept = new HashSet<>();
      rows.values().stream()
          .filter(r -> r.origin() == Origin.UPLOAD)
          .forEach(r -> kept.add(uploads.folder(r.id(), r.folder())));
      uploads.keepOnly(kept);
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
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_EXISTS,
          "an adapter " + row.id() + " that was changed or registered meanwhile",
          "names that no model has",
          "look at the adapters and send it again");
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

  /** Changes who may ask it. */
  synchronized void grant(ServingEngine engine, ModelId id, AdapterAccess access, String by) {
    Entry entry = require(id);
    AdapterRow row = entry.row().withAccess(access);
    written(row, by, () -> {});
    engine.grant(id, access);
    entries.put(id, new Entry(row, entry.info()));
  }

  /** Pins or unpins it. */
  synchronized void pin(ServingEngine engine, ModelId id, boolean pinned, String by) {
    Entry entry = require(id);
    engine.pin(id, pinned);
    AdapterRow row = entry.row().withPin(pinned);
    written(row, by, () -> engine.pin(id, entry.row().pinned()));
    entries.put(id, new Entry(row, entry.info()));
  }

  /** Takes it away. */
  synchronized void remove(ServingEngine engine, ModelId id, String by) {
    Entry entry = require(id);
    boolean upload = entry.row().origin() == Origin.UPLOAD;
    store.join(
        "taking an adapter away",
        c -> {
          if (upload) {
            AdapterRows.delete(c, id);
          } else {
            AdapterRows.put(c, entry.row().takenAway(), by, clock.instant());
          }
          return true;
        });
    entries.remove(id);
    engine.unregister(id);
  }

  /** What the store knows of a name that is not registered. */
  Optional<AdapterRow> row(ModelId id) {
    return Optional.ofNullable(store.requiresNew("reading an adapter", AdapterRows::all).get(id));
  }

  private Entry require(ModelId id) {
    return find(id)
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.MODEL_UNKNOWN,
                    "no adapter " + id,
                    "adapters that are registered",
                    "list the adapters"));
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
      store.join(
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
