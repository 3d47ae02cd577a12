package io.openledger.runtime.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.Purpose;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanQueries;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import io.openledger.runtime.ServerEnvironment;
import io.openledger.runtime.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.Lock;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The indexes of all datanets. They are made with the base model's tokenizer, so nothing is indexed
 * before one is loaded; what was accepted until then is indexed when it is. Safe for any thread.
 *
 * <p>Longer than 250 lines because every question, of whatever kind, takes its locks here and in
 * the same order.
 */
public final class Indexes implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Indexes.class.getName());
  private static final int ATTEMPTS = 20;

  private final Path data;
  private final AttributionEngine engine;
  private final IndexFeed feed;
  private final Function<String, IndexForm> forms;
  private final int nearDuplicateBasisPoints;
  private final IndexWork work;
  private final ConcurrentMap<DatanetId, Long> following = new ConcurrentHashMap<>();
  private final Set<DatanetId> erasing = ConcurrentHashMap.newKeySet();
  private final Set<DatanetId> reopening = ConcurrentHashMap.newKeySet();
  private final ConcurrentMap<DatanetId, DatanetIndex> open = new ConcurrentHashMap<>();
  private volatile @Nullable TextTokenizer tokenizer;
  private volatile boolean closed;

  /**
   * @param data the data directory
   * @param nearDuplicateBasisPoints from which part on a contribution repeats another
   * @param forms of the indexes, by datanet
   * @param executor follows commits in the background, and tries again what failed; {@value
   *     ServerEnvironment#INDEXING} of its threads at most
   */
  public Indexes(
      Path data,
      AttributionEngine engine,
      Store store,
      int nearDuplicateBasisPoints,
      Function<String, IndexForm> forms,
      ScheduledExecutorService executor) {
    this.data = data;
    this.engine = engine;
    this.feed = new IndexFeed(store);
    this.nearDuplicateBasisPoints = nearDuplicateBasisPoints;
    this.forms = forms;
    this.work = new IndexWork(executor, ServerEnvironment.INDEXING);
  }

  /** Says which tokenizer to index with. Once. */
  public void use(TextTokenizer loaded) {
    tokenizer = loaded;
  }

  Optional<TextTokenizer> tokenizer() {
    return Optional.ofNullable(tokenizer);
  }

  /**
   * The span evidence of a text, and the states in which the datanets were asked.
   *
   * @param spans by start
   * @param snapshots by datanet; a datanet whose creation has not committed is left out
   */
  public record Trace(List<SpanMatch> spans, List<DatanetSnapshot> snapshots) {}

  /**
   * Asks datanets, each at a version or a later one.
   *
   * @param versions the least version of each
   * @param text read with the tokenizer of the indexes
   */
  public Trace trace(Map<DatanetId, Long> versions, String text, SpanThresholds thresholds) {
    return ask(versions, (asked, with) -> traceLocked(asked, with, text, thresholds));
  }

  /**
   * Opens a stream of evidence over datanets as they are, each at a version or a later one. Holds
   * no lock when it returns.
   *
   * @param versions the least version of each
   */
  public EvidenceStream stream(Map<DatanetId, Long> versions, SpanThresholds thresholds) {
    return ask(
        versions,
        (asked, with) -> {
          SortedMap<DatanetId, SpanIndex> indexes = new TreeMap<>();
          asked.forEach((id, index) -> indexes.put(id, index.open()));
          return engine.stream(indexes, thresholds);
        });
  }

  /** Some indexes, each as a question may see it. */
  record Asked(SortedMap<DatanetId, SpanQueries> indexes, List<DatanetSnapshot> snapshots) {}

  /**
   * Puts questions to datanets, each at a version or a later one. All of them see the same state.
   *
   * @param versions the least version of each
   * @param purpose contributions that do not permit it are not there
   */
  <T> T ask(Map<DatanetId, Long> versions, Purpose purpose, Function<Asked, T> question) {
    Map<DatanetId, Forbidden> forbidden = new HashMap<>();
    for (int attempt = 0; purpose != Purpose.ATTRIBUTE; attempt++) {
      // read without a lock: who waits for a connection must not hold up those who have one. What
      // is read after the index stands at a version has all that it holds at that version
      versions.keySet().forEach(id -> forbidden.put(id, forbidden(id, purpose)));
      Optional<T> answer =
          ask(
              versions,
              (asked, with) ->
                  current(asked, forbidden)
                      ? Optional.of(askLocked(asked, forbidden, question))
                      : Optional.empty());
      if (answer.isPresent()) {
        return answer.get();
      }
      if (attempt == ATTEMPTS) {
        throw new OpenLedgerException(
            ErrorCode.BUSY,
            "a question for " + purpose + " while contributions keep arriving",
            "a datanet that stands still for a moment",
            "ask again");
      }
    }
    return ask(versions, (asked, with) -> askLocked(asked, forbidden, question));
  }

  /** What does not permit a purpose, read when an index stood at a version; 0 for none. */
  private record Forbidden(long version, long[] sequences) {}

  private Forbidden forbidden(DatanetId id, Purpose purpose) {
    long version = of(id).snapshot().map(DatanetSnapshot::version).orElse(0L);
    return new Forbidden(version, feed.forbidden(id, purpose));
  }

  private static boolean current(
      SortedMap<DatanetId, DatanetIndex> asked, Map<DatanetId, Forbidden> forbidden) {
    return asked.entrySet().stream()
        .allMatch(
            e -> {
              Forbidden read = forbidden.get(e.getKey());
              return read != null
                  && e.getValue().snapshot().map(DatanetSnapshot::version).orElse(-1L)
                      == read.version();
            });
  }

  private <T> T askLocked(
      SortedMap<DatanetId, DatanetIndex> asked,
      Map<DatanetId, Forbidden> withheld,
      Function<Asked, T> question) {
    SortedMap<DatanetId, SpanQueries> indexes = new TreeMap<>();
    List<DatanetSnapshot> snapshots = new ArrayList<>();
    List<SpanQueries.View> views = new ArrayList<>();
    try {
      asked.forEach(
          (id, index) -> {
            index.snapshot().ifPresent(snapshots::add);
            Forbidden forbidden = withheld.get(id);
            if (forbidden == null || forbidden.sequences().length == 0) {
              indexes.put(id, index.open());
            } else {
              views.add(index.open().without(forbidden.sequences()));
              indexes.put(id, views.get(views.size() - 1));
            }
          });
      return question.apply(new Asked(indexes, snapshots));
    } finally {
      views.forEach(SpanQueries.View::close);
    }
  }

  /** The ways in which a text may stand in a longer one. */
  List<TokenizedText> readings(String text) {
    return engine.readings(text, requireTokenizer());
  }

  TextTokenizer requireTokenizer() {
    TextTokenizer with = tokenizer;
    if (with == null) {
      throw new OpenLedgerException(
          ErrorCode.MODEL_UNAVAILABLE,
          "a text while no tokenizer is loaded",
          "texts while a base model is loaded",
          "look at the server's readiness");
    }
    return with;
  }

  private <T> T ask(
      Map<DatanetId, Long> versions,
      BiFunction<SortedMap<DatanetId, DatanetIndex>, TextTokenizer, T> question) {
    TextTokenizer with = requireTokenizer();
    SortedMap<DatanetId, DatanetIndex> asked = new TreeMap<>();
    versions.forEach(
        (id, version) -> {
          DatanetIndex index = of(id);
          if (index.follow(with, version)) {
            asked.put(id, index);
          }
        });
    // in one order for everybody, and nobody who holds one of these waits for a write lock
    List<Lock> locks = asked.values().stream().map(DatanetIndex::readLock).toList();
    locks.forEach(Lock::lock);
    try {
      return question.apply(asked, with);
    } catch (OpenLedgerException e) {
      if (e.code().id().startsWith("OPENLEDGER-4")) {
        asked.forEach(this::reopenSoon);
      }
      throw e;
    } finally {
      locks.forEach(Lock::unlock);
    }
  }

  private Trace traceLocked(
      SortedMap<DatanetId, DatanetIndex> asked,
      TextTokenizer with,
      String text,
      SpanThresholds thresholds) {
    SortedMap<DatanetId, SpanIndex> indexes = new TreeMap<>();
    List<DatanetSnapshot> snapshots = new ArrayList<>();
    asked.forEach(
        (id, index) -> {
          indexes.put(id, index.open());
          index.snapshot().ifPresent(snapshots::add);
        });
    List<SpanMatch> spans =
        indexes.isEmpty() || text.isEmpty()
            ? List.of()
            : engine.trace(text, with, indexes, thresholds);
    return new Trace(spans, snapshots);
  }

  /** What a comparison found: the earlier contribution that is repeated, or none. */
  record Compared(OptionalLong repeats) {}

  /**
   * Compares a text with everything that was accepted before it. Waits for nothing.
   *
   * @param version of the datanet before this contribution
   * @return empty when the index does not stand at that version now: the comparison is then made
   *     when the contribution is indexed
   */
  Optional<Compared> compare(DatanetId id, long version, long sequence, int[] tokens) {
    DatanetIndex index = of(id);
    if (!index.readLock().tryLock()) {
      return Optional.empty();
    }
    try {
      boolean current = index.snapshot().filter(s -> s.version() == version).isPresent();
      return current
          ? Optional.of(new Compared(index.repeats(index.open(), sequence, tokens)))
          : Optional.empty();
    } finally {
      index.readLock().unlock();
    }
  }

  /** Brings an index to a version, if it can be; what fails is told by the next question. */
  void followQuietly(DatanetId id, long version) {
    TextTokenizer with = tokenizer;
    if (with == null || closed) {
      return;
    }
    try {
      of(id).follow(with, version);
    } catch (OpenLedgerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the index of datanet {0} could not follow and tries again by itself: {1}",
          id,
          e.getMessage());
    }
  }

  /** Brings an index to a version soon. Returns at once. */
  void schedule(DatanetId id, long version) {
    boolean[] first = {false};
    following.compute(
        id,
        (i, waiting) -> {
          first[0] = waiting == null;
          return waiting == null ? version : Math.max(waiting, version);
        });
    // what waits already goes as far as the newest that was asked for until it begins
    if (first[0]) {
      executeQuietly(
          () -> Optional.ofNullable(following.remove(id)).ifPresent(v -> followQuietly(id, v)));
    }
  }

  /** Takes what was erased out of an index's files, soon. Returns at once. */
  void scheduleErasing(DatanetId id) {
    once(
        erasing,
        id,
        () -> {
          TextTokenizer with = tokenizer;
          // without a tokenizer no index is open: what is erased is found when one is opened
          if (with != null && !closed) {
            of(id).erase(with);
          }
        });
  }

  private void reopenSoon(DatanetId id, DatanetIndex index) {
    once(reopening, id, index::reopenLater);
  }

  private void once(Set<DatanetId> waiting, DatanetId id, Runnable task) {
    if (waiting.add(id)) {
      executeQuietly(
          () -> {
            // before it begins: what is asked for from now on may be more than it sees
            waiting.remove(id);
            task.run();
          });
    }
  }

  private void executeQuietly(Runnable task) {
    try {
      work.execute(task);
    } catch (RejectedExecutionException e) {
      // the server is stopping: the next start compares index and store
    }
  }

  private DatanetIndex of(DatanetId id) {
    if (closed) {
      throw new OpenLedgerException(
          ErrorCode.NOT_READY, "a question while the server stops", "calls while it runs", "retry");
    }
    DatanetIndex index =
        open.computeIfAbsent(
            id,
            i -> new DatanetIndex(i, data, engine, feed, nearDuplicateBasisPoints, forms, work));
    if (closed) {
      // made behind the back of close(), which does not see it any more
      index.close();
    }
    return index;
  }

  /** What is wrong with which index. */
  public List<String> troubles() {
    List<String> troubles = new ArrayList<>();
    new TreeMap<>(open).forEach((id, i) -> i.trouble().ifPresent(t -> troubles.add(id + ": " + t)));
    return troubles;
  }

  /** Which index's files wait for what until they hold no erased text any more. */
  public List<String> waiting() {
    List<String> waiting = new ArrayList<>();
    new TreeMap<>(open).forEach((id, i) -> i.waiting().ifPresent(w -> waiting.add(id + ": " + w)));
    return waiting;
  }

  /** How many indexes are open and follow their datanet. */
  public int following() {
    return (int) open.values().stream().filter(i -> i.snapshot().isPresent()).count();
  }

  /** Closes every index. Idempotent. */
  @Override
  public void close() {
    closed = true;
    open.values().forEach(DatanetIndex::close);
  }
}
