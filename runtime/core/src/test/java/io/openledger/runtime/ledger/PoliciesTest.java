package io.openledger.runtime.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.ledger.ChainTerms.NamedPolicy;
import io.openledger.runtime.ledger.ChainTerms.Terms;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestClock;
import io.openledger.runtime.support.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in force when the chain decides. */
final class PoliciesTest {

  private static final Hash256 DEPLOYMENT = Hash256.sha256("deployment");
  private static final FeeSplit OURS = FeeSplit.standard();
  private static final FeeSplit THEIRS = split(5000, 1000, 500, 1000, 500, 2000);
  private static final FeeSplit LATER = split(4000, 1000, 500, 1000, 500, 3000);

  private final TestClock clock = new TestClock();
  private final TestDatabase database = TestDatabase.h2();
  private Store store;

  /** What the chain has said, with the time from when it holds. */
  private record Said(Instant from, Optional<FeeSplit> split, Optional<NamedPolicy> policy) {}

  private final java.util.NavigableMap<Instant, Duration> lengths = new java.util.TreeMap<>();

  private final List<Said> said = new ArrayList<>();
  // of the chain: what held from then on is not known
  private Instant readUntil = Instant.MAX;

  @BeforeEach
  void open() {
    store = store(c -> {});
    store.prepare();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private interface Seed {
    void run(Connection c) throws SQLException;
  }

  private Store store(Seed seed) {
    return new Store(
        database.pool(),
        new Transactions(database.transactions(), database.pool()),
        c -> {
          try {
            seed.run(c);
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        },
        clock);
  }

  private static FeeSplit split(int... parts) {
    Map<FeeRole, Integer> split = new EnumMap<>(FeeRole.class);
    for (FeeRole role : FeeRole.values()) {
      split.put(role, parts[role.ordinal()]);
    }
    return new FeeSplit(split);
  }

  private static Policy policy(String name, long fee) {
    return new Policy(name, 1, Wei.of(fee), Wei.ZERO, OURS, SpanThresholds.standard(), 9000);
  }

  private static Policy at(Policy p, String name, int version, FeeSplit split) {
    return new Policy(
        name,
        version,
        p.feePerAnswer(),
        p.feePerToken(),
        split,
        p.thresholds(),
        p.nearDuplicateBasisPoints());
  }

  private ChainTerms.Answer terms(Connection c, Instant time) {
    if (!time.isBefore(readUntil)) {
      return new ChainTerms.NotYet(
          "read until " + readUntil, "for administrators", Optional.of(readUntil));
    }
    Optional<FeeSplit> split = Optional.empty();
    Optional<NamedPolicy> named = Optional.empty();
    for (Said one : said) {
      if (!one.from().isAfter(time)) {
        split = one.split().or(optional(split));
        named = one.policy().or(optional(named));
      }
    }
    return new ChainTerms.Known(
        Optional.of(
            new Terms(
                DEPLOYMENT,
                said.size(),
                Hash256.ZERO,
                split,
                named,
                Optional.ofNullable(lengths.floorEntry(time)).map(Map.Entry::getValue))));
  }

  private static <T> java.util.function.Supplier<Optional<T>> optional(Optional<T> value) {
    return () -> value;
  }

  /** A server's policies, started anew. */
  private Policies start(Policy... configured) {
    Map<String, Policy> byName = new java.util.HashMap<>();
    Arrays.stream(configured).forEach(p -> byName.put(p.name(), p));
    Policies policies = new Policies(byName);
    policies.follow(this::terms, store, clock);
    store(c -> policies.adopt(c, clock.instant())).prepare();
    return policies;
  }

  private static Policy byDefault(Policies policies) {
    return policies.require(Optional.empty());
  }

  private void closeEpoch(long number) {
    clock.advance(Duration.ofHours(1));
    store.join(
        "closing",
        c ->
            Sql.update(
                c,
                "INSERT INTO ol_epochs (epoch, closed_at, root, leaves, total, head_number,"
                    + " receipt_head, form) VALUES (?, ?, ?, 0, 0, 0, ?, 1)",
                number,
                clock.instant(),
                Hash256.ZERO,
                Hash256.ZERO));
  }

  /** As an epoch is closed: in its transaction, the listeners are told. */
  private void turn(Policies policies, long number) throws Exception {
    store.requiresNew(
        "closing",
        c -> {
          closeEpoch(number);
          policies.closing(EpochRows.require(c, number));
          return true;
        });
  }

  private void says(FeeSplit split) {
    said.add(new Said(clock.instant(), Optional.of(split), Optional.empty()));
  }

  private void names(int version, Hash256 hash) {
    said.add(
        new Said(clock.instant(), Optional.empty(), Optional.of(new NamedPolicy(version, hash))));
  }

  @Test
  void aChangeHoldsFromTheEpochThatStartsAfterIt() throws Exception {
    Policies policies = start(policy("default", 7));
    says(THEIRS);
    assertThat(byDefault(policies).feeSplit()).isEqualTo(THEIRS);
    clock.advance(Duration.ofMinutes(1));
    says(LATER);
    assertThat(byDefault(policies).feeSplit()).as("in the epoch that runs").isEqualTo(THEIRS);
    closeEpoch(1);
    Policy next = byDefault(policies);
    assertThat(next.feeSplit()).isEqualTo(LATER);
    assertThat(next.version()).isEqualTo(2);
  }

  @Test
  void whatTakesEffectAfterTheStartWaitsAlsoIfItIsKnownAtTheFirstAnswer() throws Exception {
    says(THEIRS);
    Policies policies = start(policy("default", 7));
    byDefault(policies);
    closeEpoch(1);
    clock.advance(Duration.ofSeconds(1));
    says(LATER);
    assertThat(byDefault(policies).feeSplit()).isEqualTo(THEIRS);
  }

  @Test
  void allNodesHaveWhatTheFirstDecided() {
    says(THEIRS);
    Policies one = start(policy("default", 7));
    Policy first = byDefault(one);
    readUntil = Instant.MIN;
    Policies two = start(policy("default", 7));
    assertThat(byDefault(two)).isEqualTo(first);
    assertThat(byDefault(two).hash()).isEqualTo(first.hash());
  }

  private void refuses(Policies policies, long epoch) {
    assertThatThrownBy(() -> byDefault(policies))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY))
        .hasMessageContaining("epoch " + epoch)
        .hasMessageContaining("read until");
    assertThat(policies.waiting().orElseThrow()).contains("epoch " + epoch);
  }

  @Test
  void anEpochWhoseTermsAreNotReadWaitsForThemAndGuessesNothing() throws Exception {
    says(THEIRS);
    Policies policies = start(policy("default", 7));
    byDefault(policies);
    closeEpoch(1);
    // it began with the new split, which nobody here has read yet
    readUntil = clock.instant();
    refuses(policies, 2);
    says(LATER);
    clock.advance(Duration.ofHours(5));
    refuses(policies, 2);
    assertThat(database.number("SELECT COUNT(*) FROM ol_epoch_terms")).isEqualTo(1);
    assertThat(database.number("SELECT COUNT(*) FROM ol_policies")).isEqualTo(1);
    readUntil = readUntil.plusNanos(1);
    assertThat(byDefault(policies).feeSplit()).isEqualTo(LATER);
    assertThat(policies.waiting()).isEmpty();
  }

  private Optional<Duration> length(Policies policies) {
    return store.join("finding the length of an epoch", policies::epochLength);
  }

  @Test
  void anEpochIsAsLongAsTheChainHadItAtItsStartOnEveryNode() throws Exception {
    says(THEIRS);
    lengths.put(clock.instant(), Duration.ofMinutes(90));
    Policies policies = start(policy("default", 7));
    assertThat(length(policies)).as("nobody asked yet").isEmpty();
    byDefault(policies);
    assertThat(length(policies)).contains(Duration.ofMinutes(90));
    clock.advance(Duration.ofMinutes(1));
    lengths.put(clock.instant(), Duration.ofMinutes(5));
    clock.advance(Duration.ofMinutes(1));
    assertThat(length(policies)).as("voted since").contains(Duration.ofMinutes(90));
    closeEpoch(1);
    byDefault(policies);
    lengths.put(clock.instant().minusSeconds(1), Duration.ofDays(9));
    assertThat(length(start(policy("default", 7))))
        .as("another node that reads other things keeps to what was decided")
        .contains(Duration.ofMinutes(5));
    closeEpoch(2);
    readUntil = clock.instant();
    refuses(policies, 3);
    assertThat(length(policies)).as("not known").isEmpty();
    assertThat(length(new Policies(Map.of("default", policy("default", 7)))))
        .as("without a chain")
        .isEmpty();
  }

  @Test
  void aRestartWhileItWaitsDecidesNothing() throws Exception {
    says(THEIRS);
    byDefault(start(policy("default", 7)));
    closeEpoch(1);
    says(LATER);
    readUntil = clock.instant();
    refuses(start(policy("default", 7)), 2);
    Policies again = start(policy("default", 7));
    refuses(again, 2);
    Policies other = start(policy("default", 7));
    readUntil = Instant.MAX;
    assertThat(byDefault(again).feeSplit()).isEqualTo(LATER);
    readUntil = Instant.MIN;
    assertThat(byDefault(other).feeSplit()).as("decided once, for all").isEqualTo(LATER);
  }

  @Test
  void theFirstEpochBeginsWhenItIsFirstAskedForAndNotWithEachTry() {
    Instant first = clock.instant();
    readUntil = first;
    Policies policies = start(policy("default", 7));
    policies.look();
    assertThat(policies.waiting()).as("nobody asked").isEmpty();
    refuses(policies, 1);
    clock.advance(Duration.ofMinutes(20));
    says(THEIRS);
    // what the chain has read stays behind the clock, as what is final does
    readUntil = first.plusSeconds(1);
    assertThat(byDefault(policies).feeSplit()).isEqualTo(OURS);
    assertThat(database.text("SELECT started_at FROM ol_epoch_terms")).isNotNull();
  }

  @Test
  void aClockThatWasAheadWhenAnEpochClosedHoldsUpAnswersNoLongerThanTheChainIsBehind()
      throws Exception {
    says(THEIRS);
    Policies policies = start(policy("default", 7));
    byDefault(policies);
    clock.advance(Duration.ofDays(3650));
    closeEpoch(1);
    clock.advance(Duration.ofDays(-3650));
    Instant first = clock.instant();
    readUntil = first.minus(Duration.ofMinutes(30));
    refuses(policies, 2);
    clock.advance(Duration.ofMinutes(29));
    refuses(policies, 2);
    // what the chain has read stays behind the clock, as what is final does
    readUntil = first.plusSeconds(1);
    assertThat(byDefault(policies).feeSplit()).isEqualTo(THEIRS);
    assertThat(terms(2).start()).isEqualTo(first);
    // on each node
    readUntil = Instant.MIN;
    assertThat(byDefault(start(policy("default", 7))).feeSplit()).isEqualTo(THEIRS);
  }

  @Test
  void aStartThatAnotherNodesClockHasAlittleAheadIsTheEpochs() throws Exception {
    says(THEIRS);
    Policies policies = start(policy("default", 7));
    byDefault(policies);
    clock.advance(Duration.ofSeconds(2));
    closeEpoch(1);
    Instant closed = clock.instant();
    says(LATER);
    clock.advance(Duration.ofSeconds(-2));
    assertThat(byDefault(policies).feeSplit()).isEqualTo(LATER);
    assertThat(terms(2).start()).isEqualTo(closed);
  }

  @Test
  void aClockThatIsBehindNowDoesNotChangeWhatIsKnownOfAStart() throws Exception {
    says(THEIRS);
    Policies policies = start(policy("default", 7));
    byDefault(policies);
    clock.advance(Duration.ofHours(3));
    says(LATER);
    closeEpoch(1);
    clock.advance(Duration.ofHours(-4));
    assertThat(byDefault(policies).feeSplit()).isEqualTo(LATER);
  }

  @Test
  void aClockThatIsBehindNowGivesNoEpochAStartAtWhichTheChainHadDecidedNothing() throws Exception {
    says(THEIRS);
    Policies policies = start(policy("default", 7));
    byDefault(policies);
    clock.advance(Duration.ofHours(3));
    closeEpoch(1);
    readUntil = clock.instant();
    clock.advance(Duration.ofDays(-3650));
    policies.look();
    refuses(policies, 2);
    refuses(start(policy("default", 7)), 2);
    // also where the chain's clock is behind: an epoch does not begin before the one before it
    readUntil = clock.instant().minus(Duration.ofDays(1));
    refuses(policies, 2);
    assertThat(database.number("SELECT COUNT(*) FROM ol_epoch_terms")).isEqualTo(1);
    clock.advance(Duration.ofDays(3650));
    readUntil = Instant.MAX;
    assertThat(byDefault(policies).feeSplit()).isEqualTo(THEIRS);
  }

  @Test
  void aRestartDoesNotTellOfAFirstEpochWhoseTermsAreDecidedThatTheyAreNot() {
    says(THEIRS);
    byDefault(start(policy("default", 7)));
    readUntil = Instant.MIN;
    Policies again = start(policy("default", 7));
    again.look();
    assertThat(again.waiting()).isEmpty();
    assertThat(byDefault(again).feeSplit()).isEqualTo(THEIRS);
    again.look();
    assertThat(again.waiting()).isEmpty();
  }

  private EpochTerms terms(long epoch) {
    return store.join("finding terms", c -> EpochTerms.find(c, epoch)).orElseThrow();
  }

  @Test
  void thatNothingWasEverReadIsToldBeforeAnybodyAsks() throws Exception {
    Policies policies = start(policy("default", 7));
    readUntil = Instant.MIN;
    policies.look();
    assertThat(policies.waiting().orElseThrow())
        .contains("first epoch", "read until")
        .contains("for administrators");
    assertThatThrownBy(() -> byDefault(policies)).hasMessageNotContaining("for administrators");
    policies.look();
    assertThat(policies.waiting().orElseThrow()).contains("epoch 1", "for administrators");
    assertThat(database.number("SELECT COUNT(*) FROM ol_epoch_terms")).isZero();
    Policies other = start(policy("default", 7));
    other.look();
    assertThat(other.waiting()).isPresent();
    readUntil = Instant.MAX;
    other.look();
    assertThat(other.waiting()).isEmpty();
    assertThat(database.number("SELECT COUNT(*) FROM ol_epoch_terms")).as("not begun").isZero();
  }

  @Test
  void anEpochClosesAndTheNextOneWaitsWhileTheNodesStayAway() throws Exception {
    says(THEIRS);
    Policies policies = start(policy("default", 7));
    byDefault(policies);
    readUntil = clock.instant().plusSeconds(1);
    assertThat(byDefault(policies).feeSplit()).as("its terms were known").isEqualTo(THEIRS);
    closeEpoch(1);
    refuses(policies, 2);
    closeEpoch(2);
    refuses(policies, 3);
  }

  @Test
  void aLookEndsTheWaitingWithoutAnAnswer() throws Exception {
    says(THEIRS);
    Policies policies = start(policy("default", 7));
    byDefault(policies);
    closeEpoch(1);
    readUntil = clock.instant();
    policies.look();
    assertThat(policies.waiting()).isPresent();
    readUntil = Instant.MAX;
    policies.look();
    assertThat(policies.waiting()).isEmpty();
    assertThat(database.number("SELECT COUNT(*) FROM ol_epoch_terms")).isEqualTo(2);
  }

  @Test
  void aRestartMakesNoNewVersion() {
    says(THEIRS);
    assertThat(byDefault(start(policy("default", 7))).version()).isEqualTo(1);
    assertThat(byDefault(start(policy("default", 7))).version()).isEqualTo(1);
    assertThat(byDefault(start(policy("default", 8))).version()).isEqualTo(2);
    assertThat(database.number("SELECT COUNT(*) FROM ol_policies")).isEqualTo(2);
  }

  @Test
  void rulesThatTheChainNamesHoldUnderItsVersion() throws Exception {
    Policy next = policy("next", 9);
    names(5, at(next, "default", 5, THEIRS).hash());
    says(THEIRS);
    Policies policies = start(policy("default", 7), next);
    Policy inForce = byDefault(policies);
    assertThat(inForce.feePerAnswer()).isEqualTo(Wei.of(9));
    assertThat(inForce.version()).isEqualTo(5);
    assertThat(inForce.hash()).isEqualTo(said.get(0).policy().orElseThrow().hash());
    assertThat(policies.trouble()).isEmpty();
    // what is asked before it is proposed is what is found when it holds
    NamedPolicy named = said.get(0).policy().orElseThrow();
    assertThat(policies.have(named, THEIRS)).isTrue();
    assertThat(policies.have(named, LATER)).as("with another split beside it").isFalse();
    assertThat(policies.have(new NamedPolicy(6, named.hash()), THEIRS)).isFalse();
    assertThat(byDefault(start(policy("default", 7), next))).isEqualTo(inForce);
  }

  @Test
  void rulesThatNobodyConfiguredLeaveTheOldOnesInForceAndAreTold() {
    names(6, Hash256.sha256("unheard of"));
    says(THEIRS);
    Policies policies = start(policy("default", 7));
    Policy inForce = byDefault(policies);
    assertThat(inForce.feePerAnswer()).isEqualTo(Wei.of(7));
    assertThat(inForce.feeSplit()).isEqualTo(THEIRS);
    assertThat(policies.trouble().orElseThrow())
        .contains("version 6")
        .contains(Hash256.sha256("unheard of").hex());
  }

  @Test
  void theSplitOfTheChainHoldsForNamedPoliciesToo() {
    says(THEIRS);
    Policies policies = start(policy("default", 7), policy("free", 0));
    assertThat(policies.require(Optional.of("free")).feeSplit()).isEqualTo(THEIRS);
    assertThatThrownBy(() -> policies.require(Optional.of("none")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.POLICY_UNKNOWN));
  }

  @Test
  void whatWasDecidedIsKeptWithTheBlockItFollowsFrom() throws Exception {
    says(THEIRS);
    byDefault(start(policy("default", 7)));
    assertThat(
            database.text(
                "SELECT epoch || '|' || deployment || '|' || finalized_number || '|' || fee_split"
                    + " FROM ol_epoch_terms"))
        .isEqualTo("1|" + DEPLOYMENT + "|1|5000,1000,500,1000,500,2000");
  }

  @Test
  void answersOfAnEpochsTurnTakeNoSecondConnection() throws Exception {
    Policies policies = start(policy("default", 7));
    byDefault(policies);
    says(THEIRS);
    turn(policies, 1);
    // as many transactions as the pool has connections, each with one already
    int all = database.pool().getConfiguration().connectionPoolConfiguration().maxSize();
    CyclicBarrier together = new CyclicBarrier(all);
    ExecutorService threads = Executors.newFixedThreadPool(all);
    try {
      List<Future<Policy>> answers = new ArrayList<>();
      for (int i = 0; i < all; i++) {
        answers.add(
            threads.submit(
                () -> {
                  AtomicReference<Policy> asked = new AtomicReference<>();
                  database.inTransaction(
                      () -> {
                        store.join("the caller's own work", EpochTerms::running);
                        together.await();
                        asked.set(byDefault(policies));
                      });
                  return asked.get();
                }));
      }
      for (Future<Policy> answer : answers) {
        assertThat(answer.get().feeSplit()).isEqualTo(THEIRS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void withoutAChainNothingIsAsked() {
    Policies policies = new Policies(Map.of(OpenLedgerConfig.DEFAULT_POLICY, policy("default", 7)));
    store(c -> policies.adopt(c, clock.instant())).prepare();
    assertThat(byDefault(policies).feeSplit()).isEqualTo(OURS);
    assertThat(database.number("SELECT COUNT(*) FROM ol_epoch_terms")).isZero();
  }
}
