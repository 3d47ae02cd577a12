package io.openledger.rollup.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.rollup.support.FailingStore;
import io.openledger.runtime.ledger.ChainTerms;
import io.openledger.runtime.rollup.ChainAccounts;
import io.openledger.runtime.rollup.ChainEvents;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.PostgresCluster;
import io.openledger.runtime.support.TestClock;
import io.openledger.runtime.support.TestDatabase;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChainReaderTest {

  private static final ChainAddress DISTRIBUTOR = new ChainAddress("0x" + "d1".repeat(20));
  private static final ChainAddress STAKING = new ChainAddress("0x" + "57".repeat(20));
  private static final ChainAddress PARAMETERS = new ChainAddress("0x" + "9a".repeat(20));
  private static final ChainAddress ANN = new ChainAddress("0x" + "a1".repeat(20));
  private static final ChainAddress BEN = new ChainAddress("0x" + "b2".repeat(20));
  private static final Map<ChainAddress, String> CONTRACTS =
      Map.of(DISTRIBUTOR, "RewardDistributor", STAKING, "Staking", PARAMETERS, "ParameterStore");

  private final TestClock clock = new TestClock();
  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);
  private final PlainChain chain = new PlainChain();
  private TestDatabase database;
  private Store store;

  @BeforeEach
  void open() throws Exception {
    database = TestDatabase.h2();
    store = store(database);
    store.prepare();
    NotedEvents.createTable(database.pool());
  }

  @AfterEach
  void close() {
    executor.shutdownNow();
    database.close();
  }

  private Store store(TestDatabase of) {
    return new Store(of.pool(), new Transactions(of.transactions(), of.pool()), c -> {}, clock);
  }

  private static ReaderSettings settings() {
    return new ReaderSettings(
        Hash256.sha256("deployment"),
        CONTRACTS,
        0,
        Duration.ZERO,
        Duration.ofMinutes(1),
        16,
        100_000,
        Duration.ZERO);
  }

  private ChainReader reader(ChainClient client, Store over, String node) {
    return new ChainReader(
        client, over, settings(), node, List.of(new NotedEvents()), executor, clock);
  }

  private ChainReader reader() {
    return reader(chain, store, "one");
  }

  private ChainHistory history() {
    return new ChainHistory(store, settings());
  }

  // --- events

  private static PlainChain.Told claimed(ChainAddress account, long cumulative) {
    return PlainChain.told(
        DISTRIBUTOR,
        PlainChain.type("RewardDistributor", "Claimed"),
        account,
        BigInteger.valueOf(cumulative));
  }

  private static PlainChain.Told staked(long stake, ChainAddress holder, long principal) {
    return PlainChain.told(
        STAKING,
        PlainChain.type("Staking", "Staked"),
        BigInteger.valueOf(stake),
        BigInteger.ONE,
        holder,
        BigInteger.valueOf(principal),
        BigInteger.valueOf(principal / 10),
        BigInteger.ZERO,
        BigInteger.valueOf(1_800_000_000L));
  }

  private static PlainChain.Told split(Instant effectiveAt, int... parts) {
    return PlainChain.told(
        PARAMETERS,
        PlainChain.type("ParameterStore", "FeeSplitChanged"),
        numbers(0, 0, 0, 0, 0, 0),
        numbers(parts),
        BigInteger.valueOf(effectiveAt.getEpochSecond()));
  }

  private static List<BigInteger> numbers(int... values) {
    return Arrays.stream(values).mapToObj(BigInteger::valueOf).toList();
  }

  private static PlainChain.Told policy(Instant effectiveAt, long version, Hash256 hash) {
    return PlainChain.told(
        PARAMETERS,
        PlainChain.type("ParameterStore", "AttributionPolicyChanged"),
        BigInteger.valueOf(version),
        hash.toBytes(),
        BigInteger.valueOf(effectiveAt.getEpochSecond()));
  }

  private static PlainChain.Told parameter(Instant effectiveAt, String key, long value) {
    return PlainChain.told(
        PARAMETERS,
        PlainChain.type("ParameterStore", "ParameterChanged"),
        Arrays.copyOf(key.getBytes(StandardCharsets.US_ASCII), 32),
        BigInteger.ZERO,
        BigInteger.valueOf(value),
        BigInteger.valueOf(effectiveAt.getEpochSecond()));
  }

  private static PlainChain.Told broken() {
    PlainChain.Told right = claimed(ANN, 1);
    return new PlainChain.Told(DISTRIBUTOR, right.topics(), new byte[5]);
  }

  private void mine(PlainChain.Told... told) {
    chain.mine(List.of(told));
  }

  private List<String> events(TestDatabase of) throws Exception {
    try (Connection c = of.pool().getConnection()) {
      return Sql.list(
          c,
          "SELECT * FROM ol_chain_events ORDER BY block_number, log_index",
          row ->
              row.getLong("block_number")
                  + "/"
                  + row.getInt("log_index")
                  + " "
                  + row.getString("block_hash")
                  + " "
                  + row.getString("event")
                  + " "
                  + row.getString("subject")
                  + " "
                  + row.getString("account")
                  + " "
                  + row.getBigDecimal("amount")
                  + " "
                  + row.getString("data"));
    }
  }

  private List<String> noted(TestDatabase of) throws Exception {
    try (Connection c = of.pool().getConnection()) {
      return Sql.list(
          c,
          "SELECT * FROM noted ORDER BY block_number, log_index",
          row -> row.getLong(1) + "/" + row.getInt(2) + " " + row.getString(3));
    }
  }

  // --- claims

  /** What addresses have claimed, without those that have claimed nothing. */
  private static Map<ChainAddress, Wei> claims(ChainHistory history, ChainAddress... addresses) {
    Map<ChainAddress, Wei> claims = new HashMap<>();
    for (ChainAddress address : addresses) {
      Wei claimed = history.standing(address).claimed();
      if (!claimed.isZero()) {
        claims.put(address, claimed);
      }
    }
    return claims;
  }

  @Test
  void readsWhatWasClaimed() {
    mine(claimed(ANN, 5));
    mine(claimed(ANN, 9), claimed(BEN, 4));
    reader().look();
    assertThat(claims(history(), ANN, BEN, STAKING))
        .isEqualTo(Map.of(ANN, Wei.of(9), BEN, Wei.of(4)));
  }

  @Test
  void takesBackWhatTheChainTakesBack() throws Exception {
    ChainReader reader = reader();
    mine(claimed(ANN, 5));
    mine(claimed(ANN, 9));
    reader.look();
    chain.takeBack(1);
    mine();
    mine();
    reader.look();
    assertThat(claims(history(), ANN)).isEqualTo(Map.of(ANN, Wei.of(5)));
    assertThat(noted(database)).hasSize(1);
    assertThat(reader.status().takenBack()).isEqualTo(1);
  }

  @Test
  void waitsWhenWhoAnswersIsBehindOnTheSameChain() throws Exception {
    ChainReader reader = reader();
    mine(claimed(ANN, 5));
    mine(claimed(ANN, 9));
    reader.look();
    chain.takeBack(1);
    reader.look();
    assertThat(noted(database)).as("nobody says that it is gone").hasSize(2);
  }

  @Test
  void foldsStakes() {
    mine(staked(1, ANN, 1000), staked(2, ANN, 50));
    mine(
        PlainChain.told(
            STAKING,
            PlainChain.type("Staking", "ToppedUp"),
            BigInteger.ONE,
            BigInteger.valueOf(500),
            BigInteger.valueOf(25)),
        PlainChain.told(
            STAKING,
            PlainChain.type("Staking", "LeaveRequested"),
            BigInteger.TWO,
            BigInteger.valueOf(5),
            BigInteger.valueOf(1_700_000_000L)));
    mine(
        PlainChain.told(
            STAKING,
            PlainChain.type("Staking", "Withdrawn"),
            BigInteger.TWO,
            BEN,
            BigInteger.valueOf(50),
            BigInteger.ZERO));
    reader().look();
    List<ChainStake> stakes = history().stakes(ANN);
    assertThat(stakes).extracting(ChainStake::principal).containsExactly(Wei.of(1500), Wei.of(50));
    assertThat(stakes).extracting(ChainStake::reward).containsExactly(Wei.of(125), Wei.ZERO);
    assertThat(stakes).extracting(ChainStake::withdrawn).containsExactly(false, true);
    assertThat(stakes.get(1).withdrawableAt()).contains(Instant.ofEpochSecond(1_700_000_000L));
  }

  @Test
  void showsWhatAnAddressHas() {
    mine(claimed(ANN, 5), staked(1, ANN, 1000));
    mine(claimed(ANN, 9));
    chain.finalizeTo(1);
    reader().look();
    ChainAccounts.Standing standing = history().standing(ANN);
    assertThat(standing.claimed()).isEqualTo(Wei.of(9));
    assertThat(standing.votes()).isEqualTo(Wei.ZERO);
    assertThat(standing.stakes())
        .extracting(ChainAccounts.Stake::principal)
        .containsExactly(Wei.of(1000));
    assertThat(history().standing(BEN).claimed()).isEqualTo(Wei.ZERO);
  }

  @Test
  void listsEventsByKindAndAccountNewestFirst() {
    mine(claimed(ANN, 5), staked(1, ANN, 1000));
    mine(claimed(BEN, 7), broken(), parameter(chain.time(), "epochLength", 60));
    chain.finalizeTo(1);
    reader().look();
    EventList list = new EventList(store, settings());
    Page<ChainEvents.Event> all = list.list(Optional.empty(), Optional.empty(), 0, 10);
    assertThat(all.total()).isEqualTo(5);
    assertThat(all.items())
        .extracting(e -> e.event() + " " + e.settled())
        .containsExactly(
            "ParameterChanged false", "? false", "Claimed false", "Staked true", "Claimed true");
    assertThat(all.items().get(0).subject()).contains("epochLength");
    assertThat(list.list(Optional.of(ChainEvents.Kind.CLAIM), Optional.of(ANN), 0, 10).items())
        .singleElement()
        .satisfies(
            e -> {
              assertThat(e.amount()).contains(BigInteger.valueOf(5));
              assertThat(e.account()).contains(ANN);
              assertThat(e.block()).isEqualTo(1);
            });
    Page<ChainEvents.Event> page =
        list.list(Optional.of(ChainEvents.Kind.CLAIM), Optional.empty(), 1, 1);
    assertThat(page.total()).as("with the one that is no encoding").isEqualTo(3);
    assertThat(page.items()).extracting(ChainEvents.Event::event).containsExactly("Claimed");
    assertThat(list.list(Optional.of(ChainEvents.Kind.VOTE), Optional.empty(), 0, 9).items())
        .isEmpty();
    assertThatThrownBy(() -> list.list(Optional.empty(), Optional.empty(), 0, 1001))
        .hasMessageContaining("limit 1 to 1000");
  }

  @Test
  void everyContractThatIsFollowedIsOfAKind() {
    List<String> ofAKind =
        Arrays.stream(ChainEvents.Kind.values()).flatMap(k -> k.contracts().stream()).toList();
    assertThat(ofAKind).doesNotHaveDuplicates();
    assertThat(EventCatalogue.contracts())
        .containsAll(ofAKind)
        .allMatch(c -> ofAKind.contains(c) || c.equals("WOPEN"));
  }

  // --- finality

  @Test
  void neverTakesBackWhatWasFinal() throws Exception {
    ChainReader reader = reader();
    mine(claimed(ANN, 5));
    mine(claimed(ANN, 9));
    chain.finalizeTo(2);
    reader.look();
    List<String> before = events(database);
    chain.forge(2);
    mine(claimed(ANN, 6));
    mine();
    chain.finalizeTo(3);
    assertThatThrownBy(reader::look)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_DISPUTED))
        .hasMessageContaining("block 2 was final");
    assertThat(events(database)).isEqualTo(before);
    assertThat(noted(database)).hasSize(2);
    assertThat(reader.status().trouble()).isPresent();
    assertThat(reader.status().told()).contains("OPENLEDGER-5011");
  }

  @Test
  void refusesAnotherFinalHistoryThatIsNotFinalThereYet() throws Exception {
    ChainReader reader = reader();
    mine(claimed(ANN, 5));
    mine(claimed(ANN, 9));
    chain.finalizeTo(2);
    reader.look();
    chain.forge(1);
    mine();
    mine();
    assertThatThrownBy(reader::look)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_DISPUTED));
    assertThat(noted(database)).hasSize(2);
  }

  @Test
  void waitsForNodesThatLackWhatWasFinal() {
    ChainReader reader = reader();
    mine();
    mine();
    chain.finalizeTo(2);
    reader.look();
    chain.forge(2);
    assertThatThrownBy(reader::look)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
  }

  @Test
  void readsAgainWhatIsFinalAndFindsWhatWasHeldBackBefore() throws Exception {
    ChainReader reader = reader();
    mine(claimed(ANN, 5));
    mine(claimed(BEN, 7));
    chain.dropLogs(1, false);
    reader.look();
    assertThat(noted(database)).as("an endpoint held one back").hasSize(1);
    chain.finalizeTo(2);
    reader.look();
    assertThat(noted(database)).hasSize(2);
    assertThat(claims(history(), ANN, BEN)).isEqualTo(Map.of(ANN, Wei.of(5), BEN, Wei.of(7)));
  }

  @Test
  void believesNoSingleAnswerThatAnEventIsGone() throws Exception {
    ChainReader reader = reader();
    mine(claimed(ANN, 5));
    mine(claimed(BEN, 7));
    reader.look();
    chain.finalizeTo(2);
    chain.dropLogs(1, true);
    reader.look();
    assertThat(reader.status().finalized()).as("asked again, it was not gone").isZero();
    assertThat(noted(database)).hasSize(2);
    reader.look();
    assertThat(reader.status().finalized()).isEqualTo(2);
    assertThat(noted(database)).hasSize(2);
  }

  @Test
  void tellsWhenBlocksAndEventsNeverFitTogether() {
    mine(claimed(ANN, 5));
    mine();
    ChainClient torn =
        (ChainClient)
            java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ChainClient.class},
                (self, method, arguments) ->
                    method.getName().equals("block") && arguments[0].equals(2L)
                        ? chain
                            .block(2)
                            .map(
                                b ->
                                    new BlockHeader(
                                        2, b.hash(), Hash256.ZERO, b.time(), b.baseFee()))
                        : method.invoke(chain, arguments));
    ChainReader reader = reader(torn, store, "one");
    for (int i = 0; i < 14; i++) {
      reader.look();
    }
    assertThat(reader.status().trouble()).isEmpty();
    assertThatThrownBy(reader::look).hasMessageContaining("block 2 was reorganised");
    assertThat(reader.status().told()).contains("moved at each of the last 15 looks");
  }

  @Test
  void stopsWhenNothingBecomesFinalForTooLong() {
    ReaderSettings few =
        new ReaderSettings(
            Hash256.sha256("deployment"),
            CONTRACTS,
            0,
            Duration.ZERO,
            Duration.ofMinutes(1),
            16,
            5,
            Duration.ZERO);
    ChainReader reader = new ChainReader(chain, store, few, "one", executor, clock);
    for (int i = 0; i < 9; i++) {
      mine();
    }
    assertThatThrownBy(reader::look).hasMessageContaining("became final");
    assertThat(database.number("SELECT COUNT(*) FROM ol_chain_blocks")).isEqualTo(5);
    chain.finalizeTo(9);
    reader.look();
    assertThat(reader.status().caughtUp()).isTrue();
  }

  // --- hostile and broken answers

  @Test
  void keepsAnEventThatCannotBeDecodedAndGoesOn() throws Exception {
    ChainReader reader = reader();
    mine(broken(), claimed(ANN, 3));
    mine(claimed(ANN, 4));
    reader.look();
    assertThat(events(database)).hasSize(3);
    assertThat(events(database).get(0)).contains(" ? ");
    assertThat(noted(database)).hasSize(2);
    assertThat(claims(history(), ANN)).isEqualTo(Map.of(ANN, Wei.of(4)));
    reader.look();
    assertThat(reader.status().told()).contains("1 events could not be decoded");
    chain.finalizeTo(2);
    reader.look();
    assertThat(events(database)).hasSize(3);
  }

  @Test
  void halvesRangesThatAreRefused() {
    for (int i = 1; i <= 100; i++) {
      mine(claimed(ANN, i));
    }
    chain.finalizeTo(100);
    chain.refuseAbove(3);
    ChainReader reader = reader();
    reader.look();
    assertThat(reader.status().finalized()).isEqualTo(100);
    assertThat(claims(history(), ANN)).isEqualTo(Map.of(ANN, Wei.of(100)));
  }

  @Test
  void refusesEventsThatWereNotAskedFor() {
    mine(claimed(ANN, 1));
    chain.finalizeTo(1);
    ChainClient liar =
        (ChainClient)
            java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ChainClient.class},
                (self, method, arguments) ->
                    method.getName().equals("logs")
                        ? List.of(
                            new io.openledger.chain.connector.rpc.EventLog(
                                DISTRIBUTOR,
                                claimed(ANN, 7).topics(),
                                claimed(ANN, 7).data(),
                                77,
                                Hash256.ZERO,
                                Hash256.ZERO,
                                0))
                        : method.invoke(chain, arguments));
    ChainReader reader = reader(liar, store, "one");
    assertThatThrownBy(reader::look).hasMessageContaining("an event of block 77");
    assertThat(database.number("SELECT COUNT(*) FROM ol_chain_events")).isZero();
  }

  // --- several nodes

  @Test
  void letsOneNodeReadAtATimeAndAnotherAfterItsLease() throws Exception {
    ChainReader one = reader(chain, store, "one");
    ChainReader two = reader(chain, store, "two");
    mine(claimed(ANN, 1));
    one.look();
    mine(claimed(ANN, 2));
    two.look();
    assertThat(two.status().reading()).isFalse();
    assertThat(noted(database)).hasSize(1);
    clock.advance(Duration.ofMinutes(2));
    two.look();
    assertThat(two.status().reading()).isTrue();
    assertThat(noted(database)).hasSize(2);
    two.close();
    one.look();
    assertThat(one.status().reading()).as("the lease was given back").isTrue();
  }

  @Test
  void dropsTheWorkOfANodeWhosePlaceHasMoved() throws Exception {
    mine(claimed(ANN, 1));
    mine(claimed(ANN, 2));
    chain.finalizeTo(1);
    ChainFollower slow = new ChainFollower(chain, store, settings(), List.of(new NotedEvents()));
    ChainFollower fast = new ChainFollower(chain, store, settings(), List.of(new NotedEvents()));
    int[] questions = {0};
    chain.beforeEach(
        () -> {
          if (++questions[0] == 5) {
            chain.beforeEach(() -> {});
            while (fast.step() == ChainFollower.Step.MOVED) {
              // overtakes while the slow one asks
            }
          }
        });
    assertThat(slow.step()).isEqualTo(ChainFollower.Step.UNSTEADY);
    assertThat(noted(database)).hasSize(2);
    assertThat(slow.step()).isEqualTo(ChainFollower.Step.LEVEL);
  }

  // --- parameters

  /** The time of the next block, and of what begins with it. */
  private Instant begins(int contributors, long version, Hash256 rules) {
    Instant at = chain.time();
    mine(
        split(at, contributors, 1000, 500, 1000, 500, 7000 - contributors),
        policy(at, version, rules));
    return at;
  }

  @Test
  void knowsWhatHeldAtATimeWhenWhatIsFinalIsPastIt() throws Exception {
    Hash256 rules = Hash256.sha256("rules");
    chain.pause(Duration.ofMinutes(1));
    mine();
    Instant t1 = begins(7000, 3, rules);
    Instant t2 = chain.time();
    mine(split(t2, 5000, 1000, 500, 1000, 500, 2000), parameter(t2, "epochLength", 90));
    mine();
    ChainReader reader = reader();
    reader.look();
    assertThat(unknown(t1)).contains("final block 0");
    chain.finalizeTo(2);
    reader.look();
    assertThat(terms(t1.minusSeconds(1)).feeSplit()).as("before it began").isEmpty();
    // no rule of ours says that the next block is of a later second
    assertThat(unknown(t1)).contains("final block 2 of " + t1);
    assertThat(unknown(t2)).contains("final block 2");
    chain.finalizeTo(3);
    reader.look();
    assertThat(contributors(t1)).isEqualTo(7000);
    assertThat(terms(t1).policy()).contains(new ChainTerms.NamedPolicy(3, rules));
    assertThat(contributors(t2.minusSeconds(1))).isEqualTo(7000);
    assertThat(unknown(t2)).contains("final block 3");
    chain.finalizeTo(4);
    reader.look();
    assertThat(contributors(t2)).isEqualTo(5000);
    assertThat(terms(t2).policy()).contains(new ChainTerms.NamedPolicy(3, rules));
    assertThat(terms(t2).block()).isEqualTo(4);
    assertThat(terms(t1).epochLength()).as("never said").isEmpty();
    assertThat(terms(t2).epochLength()).contains(Duration.ofSeconds(90));
  }

  @Test
  void knowsATimeAheadByTheNoticeOfChangesOnceTheContractHasBegun() {
    ChainHistory history = new ChainHistory(store, settings().withNotice(Duration.ofHours(1)));
    chain.pause(Duration.ofMinutes(1));
    mine();
    ChainReader reader = reader();
    chain.finalizeTo(1);
    reader.look();
    Instant read = chain.time();
    assertThat(answer(history, read))
        .as("it begins without notice")
        .isInstanceOfSatisfying(
            ChainTerms.NotYet.class, n -> assertThat(n.why()).contains("has not begun"));
    Instant begun = begins(6000, 1, Hash256.sha256("rules"));
    chain.finalizeTo(2);
    reader.look();
    assertThat(answer(history, begun.plus(Duration.ofHours(1)).minusSeconds(1)))
        .isInstanceOfSatisfying(
            ChainTerms.Known.class,
            k ->
                assertThat(k.terms().orElseThrow().feeSplit().orElseThrow().of(FeeRole.STAKERS))
                    .isEqualTo(1000));
    assertThat(answer(history, begun.plus(Duration.ofHours(1))))
        .isInstanceOfSatisfying(ChainTerms.NotYet.class, n -> assertThat(n.why()).contains("PT1H"));
  }

  @Test
  void decidesNothingFromWhatTheChainTakesBackAroundAStart() {
    chain.pause(Duration.ofMinutes(1));
    begins(7000, 1, Hash256.sha256("rules"));
    Instant start = chain.time();
    mine(split(start, 5000, 1000, 500, 1000, 500, 2000));
    mine();
    mine();
    ChainReader reader = reader();
    chain.finalizeTo(1);
    reader.look();
    assertThat(unknown(start)).contains("final block 1");
    chain.takeBack(3);
    mine();
    mine(split(chain.time(), 6000, 1000, 500, 1000, 500, 1000));
    mine();
    mine();
    reader.look();
    assertThat(unknown(start)).contains("final block 1");
    chain.finalizeTo(5);
    reader.look();
    assertThat(contributors(start)).as("the first change never was").isEqualTo(7000);
    assertThat(contributors(start.plus(Duration.ofMinutes(2)))).isEqualTo(6000);
  }

  @Test
  void knowsAfterARestartWhatItKnewBefore() {
    chain.pause(Duration.ofMinutes(1));
    Instant start = begins(7000, 1, Hash256.sha256("rules"));
    mine();
    chain.finalizeTo(1);
    ChainReader first = reader();
    first.look();
    first.close();
    assertThat(unknown(start)).contains("final block 1");
    chain.finalizeTo(2);
    assertThat(unknown(start)).as("nobody reads").contains("final block 1");
    reader(chain, store, "two").look();
    assertThat(contributors(start)).isEqualTo(7000);
  }

  @Test
  void knowsNothingAfterAParameterThatCannotBeDecoded() {
    chain.pause(Duration.ofMinutes(1));
    Instant start = begins(7000, 1, Hash256.sha256("rules"));
    PlainChain.Told right = split(start, 5000, 1000, 500, 1000, 500, 2000);
    mine(new PlainChain.Told(PARAMETERS, right.topics(), new byte[3]));
    mine();
    chain.finalizeTo(3);
    reader().look();
    assertThat(unknown(start)).contains("could not be decoded");
  }

  @Test
  void hasNoSayWithoutAContractOfParameters() {
    ReaderSettings without =
        ReaderSettings.of(
            Hash256.sha256("deployment"), Map.of(DISTRIBUTOR, "RewardDistributor"), 0);
    assertThat(answer(new ChainHistory(store, without), chain.time()))
        .isEqualTo(new ChainTerms.Known(Optional.empty()));
  }

  private ChainTerms.Answer answer(ChainHistory history, Instant time) {
    return store.requiresNew("terms", c -> history.at(c, time));
  }

  private ChainTerms.Terms terms(Instant time) {
    return ((ChainTerms.Known) answer(history(), time)).terms().orElseThrow();
  }

  private String unknown(Instant time) {
    return ((ChainTerms.NotYet) answer(history(), time)).why();
  }

  private int contributors(Instant time) {
    return terms(time).feeSplit().orElseThrow().of(FeeRole.CONTRIBUTORS);
  }

  // --- anything may fail anywhere

  /** At every question and every statement of one look: what is done again is done once. */
  @Test
  void survivesAFailureAtEveryPoint() throws Exception {
    FailingStore failing = new FailingStore(database);
    Store frail = store(failing.database());
    frail.prepare();
    long cumulative = 1;
    int failures = 0;
    for (int point = 0; point < 45; point++) {
      mine(claimed(ANN, cumulative++), claimed(BEN, cumulative));
      chain.takeBack(point % 3);
      mine(claimed(ANN, cumulative++));
      mine();
      chain.finalizeTo(chain.height() - 4);
      failing.failAfter(point);
      try {
        reader(chain, frail, "one").look();
      } catch (RuntimeException e) {
        failures++;
      }
      failing.heal();
      int[] left = {point};
      chain.beforeEach(
          () -> {
            if (left[0]-- == 0) {
              throw new IllegalStateException("killed");
            }
          });
      chain.takeBack(1);
      mine(claimed(BEN, cumulative++));
      mine();
      try {
        reader(chain, frail, "one").look();
      } catch (RuntimeException e) {
        failures++;
      }
      chain.beforeEach(() -> {});
    }
    reader().look();
    assertThat(failures).isGreaterThan(40);
    requireEqualToATwin();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void isWhatATwinReadsFromScratchAfterRandomReorganisations(long seed) throws Exception {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    FailingStore failing = new FailingStore(database);
    Store frail = store(failing.database());
    frail.prepare();
    ChainReader[] nodes = {reader(chain, frail, "a"), reader(chain, frail, "b")};
    int reorganisations = 0;
    for (int turn = 0; turn < 150; turn++) {
      int more = random.nextInt(4);
      for (int i = 0; i < more; i++) {
        chain.mine(some(random));
      }
      if (random.nextInt(3) == 0) {
        int taken = chain.takeBack(1 + random.nextInt(8));
        reorganisations += taken > 0 ? 1 : 0;
        for (int i = 0; i < taken + random.nextInt(3); i++) {
          chain.mine(some(random));
        }
      }
      if (random.nextInt(4) == 0) {
        chain.finalizeTo(chain.height() - random.nextInt(12));
      }
      if (random.nextInt(5) == 0) {
        chain.dropLogs(1, false);
      }
      chain.refuseAbove(1 + random.nextInt(20));
      if (random.nextInt(3) == 0) {
        failing.failAfter(random.nextInt(25));
      }
      if (random.nextInt(5) == 0) {
        int[] left = {random.nextInt(12)};
        chain.beforeEach(
            () -> {
              if (left[0]-- == 0) {
                throw new OpenLedgerException(
                    ErrorCode.CHAIN_UNAVAILABLE, "a node that died", "one that lives", "wait");
              }
            });
      }
      clock.advance(Duration.ofSeconds(random.nextInt(90)));
      int node = random.nextInt(2);
      try {
        nodes[node].look();
      } catch (RuntimeException e) {
        if (random.nextBoolean()) {
          nodes[node] = reader(chain, frail, "n" + turn);
        }
      }
      failing.heal();
      chain.beforeEach(() -> {});
    }
    chain.dropLogs(0, false);
    chain.finalizeTo(chain.height());
    clock.advance(Duration.ofMinutes(5));
    reader().look();
    assertThat(reorganisations).isGreaterThan(20);
    requireEqualToATwin();
  }

  private static List<PlainChain.Told> some(Random random) {
    List<PlainChain.Told> told = new ArrayList<>();
    int events = random.nextInt(3);
    for (int i = 0; i < events; i++) {
      told.add(
          switch (random.nextInt(4)) {
            case 0 -> claimed(ANN, random.nextInt(1000));
            case 1 -> claimed(BEN, random.nextInt(1000));
            case 2 -> staked(random.nextInt(1000), BEN, 100);
            default -> broken();
          });
    }
    return told;
  }

  private void requireEqualToATwin() throws Exception {
    try (TestDatabase other = TestDatabase.h2()) {
      Store fresh = store(other);
      fresh.prepare();
      NotedEvents.createTable(other.pool());
      chain.refuseAbove(10_000);
      reader(chain, fresh, "twin").look();
      assertThat(events(database)).isEqualTo(events(other));
      assertThat(noted(database)).isEqualTo(noted(other));
      assertThat(events(database))
          .as("and these are all that the chain has")
          .hasSize(chain.allLogs().size());
    }
  }

  @Test
  void doesTheSameOnPostgresql() throws Exception {
    Optional<Path> programs = PostgresCluster.programs();
    Assumptions.assumeTrue(programs.isPresent(), "PostgreSQL's programs are not installed");
    try (PostgresCluster cluster = PostgresCluster.start(programs.orElseThrow());
        TestDatabase postgres = cluster.database("reader")) {
      Store on = store(postgres);
      on.prepare();
      NotedEvents.createTable(postgres.pool());
      ChainReader reader = reader(chain, on, "one");
      Random random = new Random(7);
      for (int i = 0; i < 40; i++) {
        chain.mine(some(random));
        if (i % 5 == 4) {
          chain.takeBack(3);
          chain.mine(some(random));
          chain.finalizeTo(chain.height() - 6);
        }
        reader.look();
      }
      for (int i = 0; i < 4; i++) {
        mine();
      }
      reader.look();
      reader().look();
      assertThat(events(postgres)).isEqualTo(events(database));
      assertThat(noted(postgres)).isEqualTo(noted(database));
      assertThat(claims(new ChainHistory(on, settings()), ANN, BEN))
          .isEqualTo(claims(history(), ANN, BEN));
    }
  }
}
