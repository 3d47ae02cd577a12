package io.openledger.runtime.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.spi.AttributionEngine.Ownership;
import io.openledger.runtime.Caller;
import io.openledger.runtime.config.OpenLedgerConfig.Limits;
import io.openledger.runtime.store.Store;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Datanets, for every caller. Safe for any thread. */
public final class DatanetService {

  private final Store store;
  private final Indexes indexes;
  private final Corpora corpora;
  private final Clock clock;
  private final SecureRandom random;
  private final Limits limits;

  public DatanetService(
      Store store,
      Indexes indexes,
      Corpora corpora,
      Clock clock,
      SecureRandom random,
      Limits limits) {
    this.store = store;
    this.indexes = indexes;
    this.corpora = corpora;
    this.clock = clock;
    this.random = random;
    this.limits = limits;
  }

  /** The datanets as a caller may see and change them. */
  public DatanetRepository of(Caller caller) {
    return new CallerDatanets(this, caller);
  }

  Store store() {
    return store;
  }

  Indexes indexes() {
    return indexes;
  }

  Limits limits() {
    return limits;
  }

  SecureRandom random() {
    return random;
  }

  /** Now, as exactly as databases keep it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** What is kept to prove spans holds the text of a retracted contribution no longer. */
  void forgetAfterCommit(DatanetId datanet) {
    store.afterCommit(() -> corpora.forget(datanet));
  }

  void eraseAfterCommit(DatanetId datanet) {
    store.afterCommit(() -> indexes.scheduleErasing(datanet));
  }

  void followAfterCommit(DatanetRow next) {
    store.afterCommit(() -> indexes.schedule(next.datanet().id(), next.datanet().version()));
  }

  /**
   * The datanets that an answer may be attributed to, each with its version now.
   *
   * @param named only these; empty: all that the caller has the ATTRIBUTE right to
   * @throws OpenLedgerException {@link ErrorCode#DATANET_UNKNOWN} and {@link ErrorCode#FORBIDDEN}
   *     for a named one, {@link ErrorCode#INVALID_ARGUMENT} for too many
   */
  public SortedMap<DatanetId, Long> attributable(Caller caller, Set<DatanetId> named) {
    return usable(caller, named, EnumSet.of(DatanetRight.ATTRIBUTE));
  }

  /**
   * The datanets that a caller has some rights to, each with its version now.
   *
   * @param named only these; empty: all
   * @param needed every one of these rights
   * @throws OpenLedgerException as {@link #attributable}
   */
  SortedMap<DatanetId, Long> usable(
      Caller caller, Set<DatanetId> named, EnumSet<DatanetRight> needed) {
    return store.join("finding the datanets to ask", c -> usable(c, caller, named, needed));
  }

  private SortedMap<DatanetId, Long> usable(
      Connection c, Caller caller, Set<DatanetId> named, EnumSet<DatanetRight> needed)
      throws SQLException {
    if (named.size() > limits.answerDatanets()) {
      throw OpenLedgerException.invalid(
          "the datanets of one question", named.size(), "at most " + limits.answerDatanets());
    }
    Map<DatanetId, Set<DatanetRight>> granted = DatanetRows.granted(c, caller, now());
    List<DatanetRow> rows = named.isEmpty() ? DatanetRows.list(c) : DatanetRows.findAll(c, named);
    Set<DatanetId> missing = new HashSet<>(named);
    SortedMap<DatanetId, Long> allowed = new TreeMap<>();
    for (DatanetRow row : rows) {
      DatanetId id = row.datanet().id();
      missing.remove(id);
      Set<DatanetRight> rights = rights(caller, row, granted);
      if (!named.isEmpty()) {
        needed.forEach(right -> Access.require(id, rights, right));
      }
      if (rights.containsAll(needed)) {
        allowed.put(id, row.datanet().version());
      }
    }
    missing.stream()
        .sorted()
        .findFirst()
        .ifPresent(
            id -> {
              throw Access.unknown(id);
            });
    if (allowed.size() > limits.answerDatanets()) {
      throw OpenLedgerException.invalid(
          "the number of datanets to ask",
          allowed.size(),
          "at most "
              + limits.answerDatanets()
              + " (openledger.limits.answer-datanets); name fewer, in @Attributed or in the call");
    }
    return allowed;
  }

  /**
   * Refuses a caller who may neither read these datanets nor has the role of compliance.
   *
   * @throws OpenLedgerException {@link ErrorCode#FORBIDDEN}
   */
  public void requireReadable(Caller caller, Set<DatanetId> named) {
    if (caller.is(Caller.Role.COMPLIANCE)) {
      return;
    }
    store.join(
        "finding who may read datanets",
        c -> {
          Map<DatanetId, Set<DatanetRight>> granted = DatanetRows.granted(c, caller, now());
          for (DatanetRow row : DatanetRows.findAll(c, named)) {
            if (!rights(caller, row, granted).contains(DatanetRight.READ)) {
              throw Access.forbidden(
                  "a caller without the right "
                      + DatanetRight.READ
                      + " to datanet "
                      + row.datanet().id()
                      + ", of which a proof shows some words around the span",
                  "those who may read it, and the role " + Caller.Role.COMPLIANCE.label(),
                  "ask the owner of the datanet for a grant");
            }
          }
          return true;
        });
  }

  static Set<DatanetRight> rights(
      Caller caller, DatanetRow row, Map<DatanetId, Set<DatanetRight>> granted) {
    return Access.rights(
        caller,
        row.datanet().owner(),
        row.datanet().visibility(),
        granted.getOrDefault(row.datanet().id(), Set.of()));
  }

  /**
   * Who owns the credit of contributions: of one that repeats an earlier one, that one, as long as
   * it is not retracted.
   */
  public Map<ContributionId, Ownership> owners(Collection<ContributionId> contributions) {
    return store.join("finding the owners of contributions", c -> owners(c, contributions));
  }

  /** When contributions were accepted; without those that do not exist. */
  public Map<ContributionId, Instant> acceptedAt(Collection<ContributionId> contributions) {
    if (contributions.isEmpty()) {
      return Map.of();
    }
    return store.join(
        "finding when contributions were accepted",
        c -> {
          Map<ContributionId, Contribution> found = new HashMap<>();
          load(c, contributions, found);
          Map<ContributionId, Instant> accepted = new HashMap<>();
          found.forEach((id, one) -> accepted.put(id, one.acceptedAt()));
          return accepted;
        });
  }

  private static Map<ContributionId, Ownership> owners(
      Connection c, Collection<ContributionId> contributions) throws SQLException {
    Map<ContributionId, Contribution> found = new HashMap<>();
    load(c, contributions, found);
    load(c, found.values().stream().flatMap(f -> f.nearDuplicateOf().stream()).toList(), found);
    Map<ContributionId, Ownership> owners = new HashMap<>();
    for (ContributionId id : contributions) {
      Contribution self = found.get(id);
      if (self == null) {
        throw new OpenLedgerException(
            ErrorCode.INDEX_CORRUPT,
            "the index names contribution " + id + ", which the store does not have",
            "an index made from this store",
            "remove the folder index/" + id.datanet() + " in the data directory and start again");
      }
      Contribution owner =
          self.nearDuplicateOf()
              .map(found::get)
              .filter(o -> o.status() == Contribution.Status.ACTIVE)
              .orElse(self);
      owners.put(id, new Ownership(owner.id(), owner.contributors()));
    }
    return owners;
  }

  private static void load(
      Connection c, Collection<ContributionId> ids, Map<ContributionId, Contribution> into)
      throws SQLException {
    Map<DatanetId, Set<Long>> byDatanet =
        ids.stream()
            .filter(id -> !into.containsKey(id))
            .collect(
                Collectors.groupingBy(
                    ContributionId::datanet,
                    Collectors.mapping(ContributionId::sequence, Collectors.toSet())));
    for (Map.Entry<DatanetId, Set<Long>> e : byDatanet.entrySet()) {
      for (Contribution found : ContributionRows.findAll(c, e.getKey(), e.getValue())) {
        into.put(found.id(), found);
      }
    }
  }

  /** Brings every index up to date: after the model was loaded. */
  public void followAll() {
    store
        .requiresNew("listing datanets", DatanetRows::list)
        .forEach(row -> indexes.followQuietly(row.datanet().id(), row.datanet().version()));
  }

  /** How many datanets there are. */
  public long count() {
    return store.join(
        "counting datanets",
        c -> io.openledger.runtime.store.Sql.number(c, "SELECT COUNT(*) FROM ol_datanets"));
  }
}
