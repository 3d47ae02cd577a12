package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Policy;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.ledger.ChainTerms.NamedPolicy;
import io.openledger.runtime.ledger.ChainTerms.Terms;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The policies in force. Their rules come from the configuration, their versions from the store: a
 * policy whose rules differ from those kept last gets the next version. Safe for any thread.
 *
 * <p><b>With a chain</b> the fee split of all policies is the chain's, and the default policy is
 * the one that the chain names by version and hash, if one of the configured has these rules: both
 * as they held at the start of the epoch that runs when a policy is asked for. What held is decided
 * once for each epoch, in the transaction that closes the one before it where it can be known then,
 * or else by whichever node can first, from what is final and stored; it is kept with the block up
 * to which was read, so that it can be computed again. Where the chain had said nothing by then,
 * the configuration counts for that whole epoch. An answer only reads, on the connection of its
 * caller: were it to decide on a second one, callers that have one each could use up the pool
 * together when an epoch turns. An answer keeps the policy that it began with, also if the epoch
 * closes meanwhile: its receipt names it.
 *
 * <p><b>Nothing is guessed.</b> As long as something that was not read yet may have changed what
 * held at the start, the epoch has no terms and no answers: they are refused, and {@link #waiting}
 * says why, for however long the chain's nodes stay away. What was earned before is closed, proven
 * and paid meanwhile. On a chain whose parameters change with a day's notice a reader has to be a
 * day behind for that.
 *
 * <p><b>A clock that was ahead</b> when an epoch was closed gives the next one a start that is to
 * come. Where the chain is read far enough for it, it counts; else the epoch begins when it is
 * first asked for, as the first one does: it would have no answers until then, and so nothing to
 * close it. Not by a clock that is before the chain's own or before the last epoch's start: that
 * one is wrong itself, and the epoch waits.
 *
 * <p>Longer than 250 lines because what is in force, what it is called and what it waits for are
 * decided under one lock.
 */
public final class Policies implements EpochListener, ConfiguredPolicies {

  private static final System.Logger LOG = System.getLogger(Policies.class.getName());

  /** Clocks of nodes differ less, unless one is wrong. */
  private static final Duration SKEW = Duration.ofHours(1);

  private record Followed(ChainTerms chain, Store store, Clock clock) {}

  /** When an epoch without a start that can be believed was first asked for here. */
  private record FirstAsked(long epoch, Instant at) {}

  /** What answers wait for; for administrators with the remedy, if there is one. */
  private record Waiting(String why, String remedy) {}

  private record InForce(long epoch, Map<String, Policy> policies, Optional<String> trouble) {}

  private final Map<String, Policy> configured;
  private volatile Map<String, Policy> versioned = Map.of();
  private volatile @Nullable Followed followed;
  private volatile @Nullable InForce inForce;
  private volatile @Nullable Waiting waiting;
  private volatile @Nullable FirstAsked firstAsked;

  /** Held by the one thread of this node that decides for an answer. */
  private final Object deciding = new Object();

  public Policies(Map<String, Policy> configured) {
    this.configured = Map.copyOf(configured);
  }

  /**
   * Lets the chain decide what it is to decide. Before the store's first use: otherwise each start
   * would give the configured rules a version of their own in between.
   */
  public void follow(ChainTerms chain, Store store, Clock clock) {
    followed = new Followed(chain, store, clock);
  }

  /** Gives each policy its version. Once, before any answer. */
  public void adopt(Connection c, Instant now) throws SQLException {
    Followed chain = followed;
    Optional<EpochTerms> decided =
        chain == null ? Optional.empty() : EpochTerms.find(c, EpochTerms.running(c));
    if (chain != null && decided.isEmpty()) {
      return;
    }
    Sql.lock(c, "policies");
    if (decided.isPresent()) {
      keep(c, inForce(c, decided.get()).policies().values(), now);
      return;
    }
    Map<String, Policy> adopted = new HashMap<>();
    for (Policy policy : configured.values()) {
      adopted.put(policy.name(), version(c, policy, Optional.empty()));
    }
    keep(c, adopted.values(), now);
    versioned = Map.copyOf(adopted);
  }

  /** In the transaction that closes an epoch: decides by which terms the next one's answers are. */
  @Override
  public void closing(LedgerEpoch epoch) {
    Followed chain = followed;
    if (chain != null) {
      chain.store().join("deciding the terms of an epoch", c -> decide(c, chain));
    }
  }

  /** The version that a policy has, or is to be kept under. */
  private static Policy version(Connection c, Policy policy, Optional<NamedPolicy> named)
      throws SQLException {
    int last =
        Math.toIntExact(
            Sql.number(
                c,
                "SELECT COALESCE(MAX(version), 0) FROM ol_policies WHERE name = ?",
                policy.name()));
    if (named.isPresent() && named.get().version() <= Integer.MAX_VALUE) {
      // under the chain's own number, unless that is another policy's here
      Policy same = at(policy, (int) named.get().version());
      if (same.hash().equals(named.get().hash()) && (same.version() > last || kept(c, same))) {
        return same;
      }
    }
    return last > 0 && kept(c, at(policy, last)) ? at(policy, last) : at(policy, last + 1);
  }

  private static boolean kept(Connection c, Policy policy) throws SQLException {
    return Sql.number(
            c,
            "SELECT COUNT(*) FROM ol_policies WHERE name = ? AND version = ? AND hash = ?",
            policy.name(),
            policy.version(),
            policy.hash())
        == 1;
  }

  /** Keeps those that are not kept. The caller holds the lock of the policies. */
  private static void keep(Connection c, Collection<Policy> policies, Instant now)
      throws SQLException {
    for (Policy next : policies) {
      if (!kept(c, next)) {
        Sql.update(
            c,
            "INSERT INTO ol_policies (name, version, hash, since) VALUES (?, ?, ?, ?)",
            next.name(),
            next.version(),
            next.hash(),
            now);
      }
    }
  }

  private static Policy at(Policy p, int version) {
    return with(p, p.name(), version, p.feeSplit());
  }

  private static Policy with(Policy p, String name, int version, FeeSplit split) {
    return new Policy(
        name,
        version,
        p.feePerAnswer(),
        p.feePerToken(),
        split,
        p.thresholds(),
        p.nearDuplicateBasisPoints());
  }

  /**
   * A policy by name.
   *
   * @param name empty: the default
   * @throws OpenLedgerException {@link ErrorCode#POLICY_UNKNOWN}; with a chain, {@link
   *     ErrorCode#NOT_READY} as long as the terms of the epoch that runs are not known, and what
   *     the store throws
   */
  public Policy require(Optional<String> name) {
    Followed chain = followed;
    Map<String, Policy> policies = chain == null ? versioned : inForce(chain).policies();
    Policy policy = policies.get(name.orElse(OpenLedgerConfig.DEFAULT_POLICY));
    if (policy == null) {
      String shown = name.orElse(OpenLedgerConfig.DEFAULT_POLICY);
      throw new OpenLedgerException(
          ErrorCode.POLICY_UNKNOWN,
          "no policy '" + (shown.length() > 80 ? shown.substring(0, 80) + "…" : shown) + "'",
          "one of " + configured.keySet().stream().sorted().toList(),
          "name one of these, or add it to openledger.policies");
    }
    return policy;
  }

  /** As they are configured, in the order of their names; each has a version only when adopted. */
  public List<Policy> configured() {
    return List.copyOf(new TreeMap<>(configured).values());
  }

  @Override
  public boolean have(NamedPolicy named, FeeSplit split) {
    return rules(named, Optional.of(split)).isPresent();
  }

  /** What the chain decided that this server cannot follow; empty if there is nothing. */
  public Optional<String> trouble() {
    InForce known = inForce;
    return known == null ? Optional.empty() : known.trouble();
  }

  /**
   * Why the epoch that runs has no terms yet, for administrators; empty if it has, or nobody
   * looked.
   */
  public Optional<String> waiting() {
    Waiting now = waiting;
    return now == null
        ? Optional.empty()
        : Optional.of(now.remedy().isEmpty() ? now.why() : now.why() + "; " + now.remedy());
  }

  /**
   * How long the epoch that runs is by the chain's word, as it was decided for all nodes; empty
   * where no chain is followed, the terms are not decided yet, or the chain had said nothing.
   */
  public Optional<Duration> epochLength(Connection c) throws SQLException {
    return followed == null
        ? Optional.empty()
        : EpochTerms.find(c, EpochTerms.running(c))
            .flatMap(EpochTerms::terms)
            .flatMap(Terms::epochLength);
  }

  /**
   * Decides the terms of the epoch that runs if they can be known, so that {@link #waiting} is told
   * and ends without anybody's asking for an answer. The first epoch has no start before somebody
   * does: of it is only told that nothing was read, whatever its start will be. What fails is tried
   * again with the next look.
   */
  public void look() {
    Followed chain = followed;
    if (chain == null) {
      return;
    }
    try {
      // another node may have decided the first one's, or this one before it was started again
      if (running(chain) > 1
          || firstAsked != null
          || chain
              .store()
              .join("finding the terms of an epoch", c -> EpochTerms.find(c, 1))
              .isPresent()) {
        inForce(chain);
      } else {
        tellUnread(chain);
      }
    } catch (OpenLedgerException e) {
      LOG.log(System.Logger.Level.DEBUG, "the terms of the epoch wait: {0}", e.getMessage());
    }
  }

  private void tellUnread(Followed chain) {
    ChainTerms.Answer ever =
        chain
            .store()
            .join("finding the terms of an epoch", c -> chain.chain().at(c, Instant.EPOCH));
    if (ever instanceof ChainTerms.NotYet unknown) {
      waits("the fee split and the policy of the first epoch are not known: ", unknown);
    } else {
      waiting = null;
    }
  }

  // in the caller's transaction, so that it takes no second connection
  private static long running(Followed chain) {
    return chain.store().join("finding the epoch that runs", EpochTerms::running);
  }

  private InForce inForce(Followed chain) {
    // in the caller's transaction, so that it takes no second connection
    Optional<InForce> decided = chain.store().join("finding the terms of an epoch", this::decided);
    if (decided.isEmpty()) {
      decided = Optional.of(decide(chain));
    }
    inForce = decided.get();
    waiting = null;
    return decided.get();
  }

  /** What was decided for the epoch that runs, if it was, and all its policies are kept. */
  private Optional<InForce> decided(Connection c) throws SQLException {
    long epoch = EpochTerms.running(c);
    InForce known = inForce;
    if (known != null && known.epoch() == epoch) {
      return Optional.of(known);
    }
    Optional<EpochTerms> terms = EpochTerms.find(c, epoch);
    if (terms.isEmpty()) {
      return Optional.empty();
    }
    InForce found = inForce(c, terms.get());
    for (Policy policy : found.policies().values()) {
      if (!kept(c, policy)) {
        return Optional.empty();
      }
    }
    return Optional.of(found);
  }

  /**
   * For an answer to which nothing was decided before: the first one of a ledger, and of an epoch
   * that was closed without this. One thread of a node at a time, so that this takes one connection
   * beyond those that callers have.
   */
  private InForce decide(Followed chain) {
    synchronized (deciding) {
      return chain
          .store()
          .requiresNew("deciding the terms of an epoch", c -> decide(c, chain))
          .orElseThrow(this::notReady);
    }
  }

  private Optional<InForce> decide(Connection c, Followed chain) throws SQLException {
    Sql.lock(c, "policies");
    Instant now = chain.clock().instant();
    long epoch = EpochTerms.running(c);
    Optional<EpochTerms> before = EpochTerms.find(c, epoch);
    if (before.isPresent()) {
      return Optional.of(enforced(c, before.get(), now));
    }
    Optional<Instant> closed = EpochTerms.start(c, epoch);
    Instant start = closed.orElseGet(() -> firstAsked(epoch, now));
    ChainTerms.Answer answer = chain.chain().at(c, start);
    if (answer instanceof ChainTerms.NotYet unknown
        && start.isAfter(now.plus(SKEW))
        && !behind(c, epoch, now, unknown)) {
      start = firstAsked(epoch, now);
      answer = chain.chain().at(c, start);
    }
    if (answer instanceof ChainTerms.NotYet unknown) {
      waits(epoch, start, unknown);
      return Optional.empty();
    }
    EpochTerms decided = new EpochTerms(epoch, start, ((ChainTerms.Known) answer).terms());
    decided.keep(c, now);
    return Optional.of(enforced(c, decided, now));
  }

  private InForce enforced(Connection c, EpochTerms terms, Instant now) throws SQLException {
    InForce found = inForce(c, terms);
    keep(c, found.policies().values(), now);
    return found;
  }

  /**
   * Whether it is this node's clock that is wrong, and not the one by which the last epoch was
   * closed: a start by it could be one at which the chain had not decided yet what holds.
   */
  private static boolean behind(Connection c, long epoch, Instant now, ChainTerms.NotYet unknown)
      throws SQLException {
    return unknown.readTo().filter(read -> !now.isBefore(read)).isEmpty()
        || EpochTerms.find(c, epoch - 1).filter(last -> now.isBefore(last.start())).isPresent();
  }

  // of this node: whichever decides first writes its own down for all
  private Instant firstAsked(long epoch, Instant now) {
    FirstAsked first = firstAsked;
    if (first == null || first.epoch() != epoch || first.at().isAfter(now.plus(SKEW))) {
      first = new FirstAsked(epoch, now);
      firstAsked = first;
    }
    return first.at();
  }

  private void waits(long epoch, Instant start, ChainTerms.NotYet unknown) {
    waits(
        "the fee split and the policy of epoch "
            + epoch
            + ", as they were at its start at "
            + start
            + ", are not known: ",
        unknown);
  }

  private void waits(String what, ChainTerms.NotYet unknown) {
    boolean told = waiting != null;
    waiting = new Waiting(what + unknown.why(), unknown.remedy());
    if (!told) {
      LOG.log(System.Logger.Level.WARNING, "answers wait: {0}", waiting().orElse(""));
    }
  }

  private OpenLedgerException notReady() {
    Waiting now = waiting;
    return new OpenLedgerException(
        ErrorCode.NOT_READY,
        now == null ? "the terms of the epoch that runs are not known" : now.why(),
        "an epoch whose terms are known",
        "ask again later: it goes on by itself when the chain was read that far; nothing was"
            + " charged");
  }

  private InForce inForce(Connection c, EpochTerms decided) throws SQLException {
    Optional<FeeSplit> split = decided.terms().flatMap(Terms::feeSplit);
    Optional<NamedPolicy> named = decided.terms().flatMap(Terms::policy);
    Optional<Policy> chosen = named.flatMap(n -> rules(n, split));
    Map<String, Policy> adopted = new HashMap<>();
    for (Policy policy : configured.values()) {
      boolean byDefault = policy.name().equals(OpenLedgerConfig.DEFAULT_POLICY);
      Policy rules = byDefault ? chosen.orElse(policy) : policy;
      adopted.put(
          policy.name(),
          version(
              c,
              with(rules, policy.name(), 1, split.orElse(policy.feeSplit())),
              byDefault ? named : Optional.empty()));
    }
    Optional<String> trouble =
        named
            .filter(n -> chosen.isEmpty())
            .map(
                n ->
                    "the chain names attribution policy version "
                        + n.version()
                        + " with hash "
                        + n.hash()
                        + ", and no configured policy has these rules: the configured default policy"
                        + " stays in force; configure the rules that were decided");
    return new InForce(decided.epoch(), Map.copyOf(adopted), trouble);
  }

  /**
   * The configured policy that has a hash at a version: under its own name or the default's, with
   * its own split or the chain's. So rules can be configured under another name before they hold.
   */
  private Optional<Policy> rules(NamedPolicy named, Optional<FeeSplit> split) {
    if (named.version() > Integer.MAX_VALUE) {
      return Optional.empty();
    }
    int version = (int) named.version();
    // in the order of the names: the same on every node
    for (Policy policy : new TreeMap<>(configured).values()) {
      for (String name : new String[] {policy.name(), OpenLedgerConfig.DEFAULT_POLICY}) {
        for (FeeSplit parts : new FeeSplit[] {policy.feeSplit(), split.orElse(policy.feeSplit())}) {
          if (with(policy, name, version, parts).hash().equals(named.hash())) {
            return Optional.of(policy);
          }
        }
      }
    }
    return Optional.empty();
  }
}
