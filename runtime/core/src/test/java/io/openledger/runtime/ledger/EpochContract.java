package io.openledger.runtime.ledger;

import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.model.Prompt;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.LeafData;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of epochs on every database: two nodes close them over one ledger. */
abstract class EpochContract {

  private static final long SEED = 20261126;
  private static final EpochSettings BY_HAND = EpochSettings.each(Duration.ZERO);

  @TempDir Path data;
  private final Settlement settlement =
      ServiceLoader.load(Settlement.class).findFirst().orElseThrow();
  private final Random random = new Random(SEED);
  private TestDatabase database;
  private TestServer server;

  abstract TestDatabase open();

  @BeforeEach
  void start() {
    database = open();
    server =
        TestServer.start(database, data, new PlainAttribution(), new ScriptedServing(), Map.of());
    server.createClauses();
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  private Store store() {
    return new Store(
        database.pool(),
        new Transactions(database.transactions(), database.pool()),
        c -> {},
        Clock.systemUTC());
  }

  /** The epochs as another node has them. */
  private Epochs node(String name, EpochSettings settings, Clock clock) {
    return new Epochs(store(), settlement, clock, settings, Runnable::run, folder(name));
  }

  private Epochs node(String name) {
    return node(name, BY_HAND, Clock.systemUTC());
  }

  private Path folder(String node) {
    return data.resolve(node);
  }

  private static String text(String who) {
    // no word in common: nobody's text is another's near duplicate
    return IntStream.range(0, 12).mapToObj(i -> who + "word" + i).collect(Collectors.joining(" "));
  }

  private void contribute(String who) {
    server.datanets().contribute(CLAUSES, draft(who, text(who)).build());
  }

  /** Contributions of somebody whose address is not known. */
  private void contributeWithoutAddress(String who) {
    server
        .datanets()
        .contribute(
            CLAUSES,
            ContributionDraft.builder(text(who))
                .title("by " + who)
                .licence("CC-BY-4.0")
                .contributors(
                    List.of(ContributorShare.sole(new ContributorId(who), Optional.empty())))
                .build());
  }

  private void ask(String who) {
    server.model().complete(Prompt.text(text(who)));
  }

  private static AccountId account(String who) {
    return AccountId.parse("contributor:" + who);
  }

  private BigInteger credited() {
    return new BigInteger(
        database.text(
            "SELECT COALESCE(SUM(e.amount), 0) FROM ol_entries e JOIN ol_accounts a ON"
                + " a.account_kind = e.account_kind AND a.account_name = e.account_name"
                + " WHERE e.amount > 0 AND e.account_kind <> 'PAYER' AND a.address IS NOT NULL"));
  }

  private void assertProvesToTheWei(Epochs node, long epoch, List<String> who) {
    BigInteger sum = BigInteger.ZERO;
    for (String name : who) {
      Wei earned = server.ledger().account(account(name)).orElseThrow().earned();
      EpochProof proof = node.proof(epoch, account(name));
      assertThat(proof.cumulative()).as("seed %d: %s", SEED, name).isEqualTo(earned);
      assertThat(settlement.verify(proof)).isTrue();
      sum = sum.add(earned.value());
    }
    Epoch closed = node.find(epoch).orElseThrow().epoch();
    assertThat(closed.total().value()).isEqualTo(sum).isEqualTo(credited());
    assertThat(closed.leaves()).isEqualTo(who.size());
  }

  @Test
  void leavesAddUpToWhatWasCreditedWhicheverNodeCloses() {
    Epochs[] nodes = {node("a"), node("b")};
    List<String> earning = new ArrayList<>();
    long number = 0;
    for (int i = 0; i < 12; i++) {
      String who = "person" + i;
      contribute(who);
      earning.add(who);
      ask(who);
      ask(earning.get(random.nextInt(earning.size())));
      if (random.nextInt(3) > 0) {
        Epoch closed = nodes[random.nextInt(2)].close();
        assertThat(closed.number()).isEqualTo(++number);
        assertProvesToTheWei(nodes[0], number, earning);
        assertProvesToTheWei(nodes[1], number, earning);
      }
    }
    // and as one that has just started
    assertThat(node("c").close().number()).isBetween(number, number + 1);
    long last = node("c").last().orElseThrow().number();
    assertProvesToTheWei(node("d"), last, earning);
    // each epoch is still provable, against its own root
    for (long epoch = 1; epoch <= last; epoch++) {
      EpochProof proof = node("e").proof(epoch, account("person0"));
      assertThat(proof.root()).isEqualTo(nodes[0].find(epoch).orElseThrow().epoch().root());
      assertThat(settlement.verify(proof)).isTrue();
    }
  }

  @Test
  void epochStoresWhatChangedAndNothingElse() {
    for (String who : List.of("ann", "bob", "cleo")) {
      contribute(who);
      ask(who);
    }
    Epochs node = node("a");
    assertThat(node.close().leaves()).isEqualTo(3);
    ask("bob");
    assertThat(node.close().leaves()).isEqualTo(3);
    assertThat(database.number("SELECT COUNT(*) FROM ol_epoch_leaves WHERE epoch = 1"))
        .isEqualTo(3);
    assertThat(database.number("SELECT COUNT(*) FROM ol_epoch_leaves WHERE epoch = 2"))
        .isEqualTo(1);
    assertThat(node.close().number()).as("nothing was earned").isEqualTo(2);
  }

  @Test
  void closesOnceWhenManyNodesCloseAtOnce() throws Exception {
    contribute("ann");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 1; round <= 3; round++) {
        ask("ann");
        CyclicBarrier together = new CyclicBarrier(4);
        List<Future<Epoch>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Epochs node = node("n" + i);
          all.add(
              threads.submit(
                  () -> {
                    together.await();
                    return node.close();
                  }));
        }
        for (Future<Epoch> closed : all) {
          assertThat(closed.get()).isEqualTo(all.get(0).get());
          assertThat(closed.get().number()).isEqualTo(round);
        }
      }
    } finally {
      threads.shutdown();
    }
    assertThat(database.number("SELECT COUNT(*) FROM ol_epochs")).isEqualTo(3);
    assertProvesToTheWei(node("a"), 3, List.of("ann"));
  }

  @Test
  void countsWholeWhoseAddressBecomesKnownLater() {
    contribute("ann");
    contributeWithoutAddress("bob");
    ask("ann");
    ask("bob");
    Epochs node = node("a");
    assertThat(node.close().leaves()).isEqualTo(1);
    assertThatThrownBy(() -> node.proof(1, account("bob")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.ACCOUNT_WITHOUT_ADDRESS));
    ask("bob");
    server
        .datanets()
        .contribute(CLAUSES, draft("bob", "something else that nobody ever asks for").build());
    // nothing new of ann's; bob's address alone makes the epoch
    assertThat(node.close().number()).isEqualTo(2);
    assertProvesToTheWei(node, 2, List.of("ann", "bob"));
    ask("bob");
    assertThat(node.close().number()).isEqualTo(3);
    assertProvesToTheWei(node, 3, List.of("ann", "bob"));
  }

  @Test
  void epochThatIsDueForTimeIsClosedByOneNode() {
    contribute("ann");
    ask("ann");
    EpochSettings hourly = EpochSettings.each(Duration.ofHours(1));
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(61));
    assertThat(node("early", hourly, Clock.systemUTC()).closeIfDue()).isEmpty();
    Epochs a = node("a", hourly, later);
    Epochs b = node("b", hourly, later);
    assertThat(a.closeIfDue()).isPresent();
    assertThat(b.closeIfDue()).as("the other node was first").isEmpty();
    assertThat(a.closeIfDue()).as("nothing was earned since").isEmpty();
    ask("ann");
    // what was earned only now is as old as the clock says
    assertThat(b.closeIfDue()).isPresent();
    assertThat(b.last().orElseThrow().number()).isEqualTo(2);
  }

  @Test
  void epochIsClosedAfterTheShorterOfTheConfiguredAndTheVotedTime() {
    contribute("ann");
    ask("ann");
    Optional<Duration> none = Optional.empty();
    Optional<Duration> hour = Optional.of(Duration.ofHours(1));
    Optional<Duration> two = Optional.of(Duration.ofHours(2));
    record Case(Optional<Duration> ours, Optional<Duration> chain, int minutes) {}
    for (Case c :
        List.of(
            new Case(none, none, 60),
            new Case(none, two, 120),
            new Case(none, Optional.of(Duration.ofMinutes(2)), 2),
            new Case(hour, two, 60),
            new Case(two, hour, 60),
            new Case(two, none, 120))) {
      assertThat(due(c.ours(), c.chain(), c.minutes() - 1)).as("%s", c).isFalse();
      assertThat(due(c.ours(), c.chain(), c.minutes() + 1)).as("%s", c).isTrue();
    }
    // who closes epochs on request goes on to do so
    assertThat(due(Optional.of(Duration.ZERO), hour, 100_000)).isFalse();
  }

  /** Whether one is due so long after now. If so, it is closed, and ann earns again. */
  private boolean due(Optional<Duration> ours, Optional<Duration> chain, int minutes) {
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes));
    Epochs node = node("due", EpochSettings.by(ours), later);
    node.follow(c -> chain);
    boolean due = node.closeIfDue().isPresent();
    if (due) {
      ask("ann");
    }
    return due;
  }

  @Test
  void whatWasEarnedBeforeTheAddressWasKnownMakesAnEpochDue() {
    contributeWithoutAddress("bob");
    ask("bob");
    Wei once = server.ledger().account(account("bob")).orElseThrow().earned();
    Epochs node =
        node(
            "a",
            new EpochSettings(Optional.of(Duration.ZERO), Optional.of(once), 1000, 4),
            Clock.systemUTC());
    assertThat(node.closeIfDue()).as("nobody can be paid yet").isEmpty();
    server
        .datanets()
        .contribute(CLAUSES, draft("bob", "something else that nobody ever asks for").build());
    assertThat(node.closeIfDue()).isPresent();
    assertProvesToTheWei(node, 1, List.of("bob"));
    assertThat(node.closeIfDue()).as("once").isEmpty();
  }

  @Test
  void restartsDoNotPutOffWhatIsDue() {
    contribute("ann");
    contributeWithoutAddress("bob");
    ask("ann");
    ask("bob");
    assertThat(node("a").close().number()).isEqualTo(1);
    server
        .datanets()
        .contribute(CLAUSES, draft("bob", "something else that nobody ever asks for").build());
    EpochSettings hourly = EpochSettings.each(Duration.ofHours(1));
    assertThat(node("b", hourly, Clock.systemUTC()).closeIfDue()).isEmpty();
    // a node that has just started knows nothing of when others have looked
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(61));
    assertThat(node("c", hourly, later).closeIfDue()).isPresent();
    assertProvesToTheWei(node("d"), 2, List.of("ann", "bob"));
  }

  /** A settlement whose tree of one epoch takes as long as a test wants. */
  private Settlement slow(long epoch, CountDownLatch begun, CountDownLatch go) {
    return (Settlement)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Settlement.class},
            (self, method, arguments) -> {
              if (method.getName().equals("accounts") && arguments[0].equals(epoch)) {
                begun.countDown();
                go.await();
              }
              try {
                return method.invoke(settlement, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void assertClosesWhile(Function<Epochs, Object> reading) throws Exception {
    contribute("ann");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Epochs node =
        new Epochs(
            store(),
            slow(1, begun, go),
            Clock.systemUTC(),
            BY_HAND,
            Runnable::run,
            folder("reading"));
    ask("ann");
    // another node's: this one has neither the tree nor the file
    node("other").close();
    ask("ann");
    node("other").close();
    node.proof(2, account("ann"));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Object> read = threads.submit(() -> reading.apply(node));
      begun.await();
      ask("ann");
      // no time is measured: it would wait for the reader, who waits for this test
      Future<Epoch> closed = threads.submit(node::close);
      assertThat(closed.get(60, TimeUnit.SECONDS).number()).isEqualTo(3);
      assertThat(read.isDone()).isFalse();
      go.countDown();
      assertThat(read.get()).isNotNull();
      assertProvesToTheWei(node, 3, List.of("ann"));
    } finally {
      go.countDown();
      threads.shutdown();
    }
  }

  @Test
  void epochIsClosedWhileAnOldOneIsProven() throws Exception {
    assertClosesWhile(node -> node.proof(1, account("ann")));
  }

  @Test
  void epochIsClosedWhileAnOldOneIsPublished() throws Exception {
    assertClosesWhile(node -> node.leafData(1));
  }

  @Test
  void oneOldTreeIsMadeAtATimeAndOthersComeBack() throws Exception {
    contribute("ann");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Epochs node =
        new Epochs(
            store(),
            slow(1, begun, go),
            Clock.systemUTC(),
            BY_HAND,
            Runnable::run,
            folder("reading"));
    ask("ann");
    node("other").close();
    ask("ann");
    node("other").close();
    int readers = 12;
    ExecutorService threads = Executors.newFixedThreadPool(readers);
    try {
      Future<EpochProof> first = threads.submit(() -> node.proof(1, account("ann")));
      begun.await();
      List<Future<EpochProof>> others = new ArrayList<>();
      for (int i = 1; i < readers; i++) {
        others.add(threads.submit(() -> node.proof(2, account("ann"))));
      }
      for (Future<EpochProof> other : others) {
        assertThatThrownBy(() -> other.get(60, TimeUnit.SECONDS))
            .hasCauseInstanceOf(BusyException.class);
      }
      go.countDown();
      assertThat(settlement.verify(first.get())).isTrue();
      assertThat(settlement.verify(node.proof(2, account("ann")))).isTrue();
    } finally {
      go.countDown();
      threads.shutdown();
    }
  }

  @Test
  void clockThatWasPutBackDoesNotStopEpochs() {
    contribute("ann");
    ask("ann");
    Clock before = Clock.offset(Clock.systemUTC(), Duration.ofDays(-300));
    assertThat(node("a", EpochSettings.each(Duration.ofHours(1)), before).closeIfDue()).isPresent();
  }

  @Test
  void epochIsClosedWhenEnoughWasEarned() {
    contribute("ann");
    ask("ann");
    Wei once = server.ledger().account(account("ann")).orElseThrow().earned();
    EpochSettings volume =
        new EpochSettings(Optional.of(Duration.ZERO), Optional.of(once.plus(once)), 1000, 4);
    Epochs node = node("a", volume, Clock.systemUTC());
    assertThat(node.closeIfDue()).isEmpty();
    ask("ann");
    assertThat(node.closeIfDue()).isPresent();
    assertThat(node.closeIfDue()).isEmpty();
  }

  @Test
  void epochOfTooManyReceiptsIsClosedInParts() {
    contribute("ann");
    Epochs node =
        node(
            "a",
            new EpochSettings(Optional.of(Duration.ofDays(9)), Optional.empty(), 3, 4),
            Clock.systemUTC());
    for (int i = 0; i < 7; i++) {
      ask("ann");
    }
    assertThat(node.closeIfDue()).isPresent();
    assertThat(node.closeIfDue()).isPresent();
    assertThat(node.closeIfDue()).as("the rest is not due").isEmpty();
    assertThat(node.from(1, 10)).extracting(LedgerEpoch::receiptsBefore).containsExactly(0L, 3L);
    assertThat(node.from(1, 10)).extracting(LedgerEpoch::receipts).containsExactly(3L, 6L);
    assertThat(node.close().number()).isEqualTo(3);
    assertProvesToTheWei(node, 3, List.of("ann"));
  }

  @Test
  void whatListenersWriteCommitsWithTheEpochOrNotAtAll() {
    contribute("ann");
    ask("ann");
    Epochs node = node("a");
    Store store = store();
    List<Long> told = new ArrayList<>();
    node.listen(
        epoch -> {
          told.add(epoch.number());
          store.join(
              "marking",
              c -> Sql.update(c, "INSERT INTO ol_locks (name) VALUES (?)", "e" + epoch.number()));
          if (epoch.number() == 2) {
            throw new IllegalStateException("no chain today");
          }
        });
    assertThat(node.close().number()).isEqualTo(1);
    assertThat(database.number("SELECT COUNT(*) FROM ol_locks WHERE name = 'e1'")).isEqualTo(1);
    ask("ann");
    assertThat(node.close().number()).as("closed all the same").isEqualTo(2);
    assertThat(database.number("SELECT COUNT(*) FROM ol_locks WHERE name = 'e2'")).isZero();
    assertProvesToTheWei(node, 2, List.of("ann"));
    assertThat(node.close().number()).isEqualTo(2);
    assertThat(told).containsExactly(1L, 2L);
  }

  @Test
  void whoIsForgottenHearsOfNoEpochMore() {
    contribute("ann");
    ask("ann");
    Epochs node = node("a");
    List<Long> told = new ArrayList<>();
    EpochListener listener = epoch -> told.add(epoch.number());
    node.listen(listener);
    assertThat(node.close().number()).isEqualTo(1);
    node.forget(listener);
    ask("ann");
    assertThat(node.close().number()).isEqualTo(2);
    assertThat(told).containsExactly(1L);
  }

  @Test
  void epochsOfTheFormBeforeStayProvableAndNothingIsTakenFromAnybody() throws Exception {
    contribute("ann");
    contribute("bob");
    ask("ann");
    ask("bob");
    TestServer.await(
        "they are linked", () -> database.number("SELECT COUNT(*) FROM ol_links") == 2);
    // as the release before it closed this epoch
    List<Total> totals =
        List.of("ann", "bob").stream()
            .map(
                who ->
                    new Total(
                        TestServer.address(who),
                        server.ledger().account(account(who)).orElseThrow().earned()))
            .toList();
    Settlement.Tree tree = settlement.close(1, totals, List.of());
    Store store = store();
    store.requiresNew(
        "closing an epoch in form 1",
        c -> {
          Sql.update(
              c,
              "INSERT INTO ol_epochs (epoch, closed_at, root, leaves, total, head_number,"
                  + " receipt_head, form) SELECT 1, ?, ?, 2, ?, 2, link, 1 FROM ol_links"
                  + " WHERE link_number = 2",
              Clock.systemUTC().instant(),
              tree.root(),
              totals.get(0).cumulative().plus(totals.get(1).cumulative()).value());
          Sql.batch(
              c,
              "INSERT INTO ol_epoch_leaves (epoch, address, cumulative) VALUES (1, ?, ?)",
              totals.stream()
                  .map(t -> new Object[] {t.address().value(), t.cumulative().value()})
                  .toList());
          return true;
        });
    Epochs node = node("a");
    assertProvesToTheWei(node, 1, List.of("ann", "bob"));
    assertThat(node.find(1).orElseThrow().ofAccounts()).isFalse();
    EpochProof before = node.proof(1, account("ann"));

    // nothing was earned since, and yet an epoch is closed: the chain takes no other form
    Epoch second = node.close();
    assertThat(second.number()).isEqualTo(2);
    assertThat(node.find(2).orElseThrow().ofAccounts()).isTrue();
    assertProvesToTheWei(node, 2, List.of("ann", "bob"));
    assertThat(node.close()).isEqualTo(second);
    assertThat(node.proof(1, account("ann"))).isEqualTo(before);

    LeafData published = node.leafData(1);
    assertThat(published.root()).isEqualTo(tree.root());
    assertThat(published.digest()).isEqualTo(Hash256.sha256(Files.readAllBytes(published.file())));
  }

  @Test
  void publishedAmountsAreTheSameOnEveryNodeAndWrittenAgainWhenMissing() throws Exception {
    EpochSettings two = new EpochSettings(Optional.of(Duration.ZERO), Optional.empty(), 1000, 2);
    Epochs closing = node("a", two, Clock.systemUTC());
    for (int i = 0; i < 4; i++) {
      contribute("person" + i);
      ask("person" + i);
      closing.close();
    }
    assertThat(folder("a")).isDirectoryContaining("glob:**epoch-4.leaves");
    assertThat(folder("a").toFile().list()).as("the newest two").hasSize(2);
    Epochs other = node("b", two, Clock.systemUTC());
    for (long epoch = 1; epoch <= 4; epoch++) {
      Epoch closed = closing.find(epoch).orElseThrow().epoch();
      LeafData here = closing.leafData(epoch);
      LeafData there = other.leafData(epoch);
      assertThat(here.digest()).isEqualTo(there.digest());
      assertThat(closed.dataDigest()).contains(here.digest());
      assertThat(Hash256.sha256(Files.readAllBytes(there.file()))).isEqualTo(here.digest());
      assertThat(here.root()).isEqualTo(closed.root());
      assertThat(here.bytes()).isEqualTo(Files.size(here.file()));
    }
    assertThat(folder("b").toFile().list()).hasSize(2);

    // a spoilt file is not given to anybody
    Path file = other.leafData(4).file();
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1));
    LeafData again = other.leafData(4);
    assertThat(Hash256.sha256(Files.readAllBytes(again.file()))).isEqualTo(again.digest());
  }

  @Test
  void whatAServerThatWasKilledHasLeftOfAFileIsRemovedAndNotWhatIsBeingWritten() throws Exception {
    contribute("ann");
    ask("ann");
    Files.createDirectories(folder("a"));
    Path dead = Files.writeString(folder("a").resolve("epoch-1.leaves.123.part"), "half");
    Files.setLastModifiedTime(
        dead, java.nio.file.attribute.FileTime.from(Instant.now().minusSeconds(7200)));
    Path alive = Files.writeString(folder("a").resolve("epoch-1.leaves.456.part"), "half");
    Path foreign = Files.writeString(folder("a").resolve("notes.part"), "somebody's");
    Files.setLastModifiedTime(foreign, java.nio.file.attribute.FileTime.fromMillis(1));
    node("a").close();
    assertThat(dead).doesNotExist();
    assertThat(alive).exists();
    assertThat(foreign).exists();
  }

  @Test
  void epochIsClosedWhereTheFileCannotBeWritten() throws Exception {
    contribute("ann");
    ask("ann");
    Files.writeString(folder("blocked"), "a file where the folder should be");
    Epoch closed = node("blocked").close();
    assertThat(closed.number()).isEqualTo(1);
    LeafData elsewhere = node("a").leafData(1);
    assertThat(closed.dataDigest()).contains(elsewhere.digest());
    assertThatThrownBy(() -> node("blocked").leafData(1))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
  }

  @Test
  void leavesThatWereTamperedWithProveNothing() {
    contribute("ann");
    ask("ann");
    node("a").close();
    store()
        .requiresNew(
            "tampering",
            c -> Sql.update(c, "UPDATE ol_epoch_leaves SET cumulative = cumulative + 1"));
    Epochs started = node("b");
    assertThatThrownBy(() -> started.proof(1, account("ann")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_INCONSISTENT));
    ask("ann");
    assertThatThrownBy(started::close)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_INCONSISTENT));
  }
}
