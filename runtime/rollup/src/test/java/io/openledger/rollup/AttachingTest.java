package io.openledger.rollup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.Prompt;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.chain.connector.keys.NewKeystore;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.support.LyingNode;
import io.openledger.chain.connector.support.ServerChain;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer.Check;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.Rollup;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server says and does while something stands between it and its chain. */
@Timeout(180)
class AttachingTest {

  private static final String CLAUSE =
      "the licensee shall keep written records of every copy that it makes of the manual";

  /** Attaching is tried again after 5 s and later: here after a twentieth of it. */
  private static final int HURRY = 20;

  private static final Wei COINS = Wei.parse("100000000000000000000");

  /** Of tests that send nothing: contracts, and a key that may post roots and owns nothing. */
  @TempDir private static Path shared;

  private static ChainAddress key;
  private static ServerChain chain;

  @TempDir Path data;
  private final Map<String, String> settings = new HashMap<>();
  private LyingNode node;
  private ServerChain own;
  private TestDatabase database;
  private TestServer server;

  @BeforeAll
  static void deploy() throws Exception {
    Files.writeString(shared.resolve("password"), "correct horse\n");
    key =
        NewKeystore.create(
            shared.resolve("key.json"), "correct horse".toCharArray(), new SecureRandom());
    chain = ServerChain.start(shared, key);
  }

  @AfterAll
  static void end() {
    if (chain != null) {
      chain.close();
    }
  }

  @BeforeEach
  void begin() throws Exception {
    use(chain);
    // one that a test may spoil
    Path book = Files.copy(chain.file(), data.resolve("address-book.json"));
    settings.put("openledger.chain.address-book", book.toString());
    database = TestDatabase.h2();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
    database.close();
    node.close();
    if (own != null) {
      own.close();
    }
  }

  private void use(ServerChain attached) {
    if (node != null) {
      node.close();
    }
    node = new LyingNode(attached.anvil().uri());
    attached.settings().forEach(s -> settings.put(s.split("=", 2)[0], s.split("=", 2)[1]));
    settings.put("openledger.chain.endpoints.anvil.url", node.uri().toString());
  }

  private void withKey(Path file) {
    settings.put("openledger.chain.key", "keystore_file");
    settings.put("openledger.chain.key.file", file.toString());
    settings.put("openledger.chain.key.password-file", shared.resolve("password").toString());
  }

  /** A chain of this test alone, on which the key may send. */
  private void onAChainOfItsOwn() {
    own = ServerChain.start(data.resolve("own"), key);
    use(own);
    withKey(shared.resolve("key.json"));
  }

  private void launch() {
    launchAtOnce();
    server.awaitModel();
  }

  /** Starts, and waits for nothing. */
  private void launchAtOnce() {
    server =
        TestServer.launch(
            database,
            data,
            ServiceLoader.load(AttributionEngine.class).findFirst().orElseThrow(),
            new ScriptedServing(),
            settings,
            HURRY);
  }

  private Check check() {
    return server.server().readiness().stream()
        .filter(check -> check.name().equals("rollup"))
        .findFirst()
        .orElseThrow();
  }

  private Check await(String what, Predicate<String> told) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!told.test(check().detail())) {
      assertThat(System.nanoTime()).as(what + ": " + check()).isLessThan(end);
      pause();
    }
    return check();
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void earn() {
    contribute();
    ask();
  }

  private void contribute() {
    server.createClauses();
    server.datanets().contribute(TestServer.CLAUSES, TestServer.draft("ann", CLAUSE).build());
  }

  private void ask() {
    server.model().complete(Prompt.text(CLAUSE));
  }

  /** How an answer is shared is the chain's to say, and it was never heard. */
  private void answersWait() {
    assertThatThrownBy(this::ask)
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining(ErrorCode.NOT_READY.id())
        .hasMessageContaining("nothing of the chain was read yet");
  }

  @Test
  void aNodeThatIsAwayAtTheFirstStartHoldsUpAnswersAloneAndIsFoundWhenItComes() {
    node.dropsConnections();
    launch();
    await("the node is away", told -> told.contains("endpoint anvil"));
    // before anybody has asked
    Check away = await("answers will wait", told -> told.contains("answers wait"));
    assertThat(away.up()).isFalse();
    assertThat(away.detail())
        .startsWith("not attached: OPENLEDGER-")
        .contains("anvil", "nothing of the chain was read yet", "openledger.chain.endpoints");
    contribute();
    answersWait();
    Check waiting = await("answers wait", told -> told.contains("of epoch 1"));
    assertThat(waiting.up()).isFalse();
    assertThat(server.ledger().closeEpoch().number()).isEqualTo(1);
    node.honest();
    await("the node is found", told -> told.startsWith("read to block"));
    ask();
    assertThat(check().up()).isTrue();
  }

  @Test
  void aNodeOfAnotherChainIsToldWithBothNumbersAndMakesTheServerUnready() {
    node.hasChainId(5);
    launch();
    Check other = await("the other chain is told", told -> told.contains("chain 5"));
    assertThat(other.up()).isFalse();
    assertThat(other.detail())
        .isEqualTo(
            "not attached: endpoint anvil: it is of chain 5, not 1612: correct its address or the"
                + " chain's id");
    contribute();
    answersWait();
  }

  @Test
  void anAddressBookThatIsMissingOrBrokenIsNamedAndNothingStarts() throws Exception {
    Path book = data.resolve("address-book.json");
    Files.writeString(book, "{\"chainId\": 1612");
    assertThatThrownBy(this::launch)
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining(ErrorCode.CONFIGURATION_INVALID.id())
        .hasMessageContaining(book.toString());
    Files.delete(book);
    assertThatThrownBy(this::launch)
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining(ErrorCode.CONFIGURATION_INVALID.id())
        .hasMessageContaining(book.toString());
  }

  @Test
  void aKeyThatIsMissingMakesTheServerUnreadyAndOneThatMayPostNoRootsIsToldWithTheOneThatMay()
      throws Exception {
    Path file = data.resolve("key.json");
    withKey(file);
    launch();
    Check missing = await("the key is missed", told -> told.contains(file.toString()));
    assertThat(missing.up()).isFalse();
    assertThat(missing.detail()).startsWith("not attached: " + ErrorCode.SIGNING_KEY.id());
    // the chain is read without one
    earn();
    ChainAddress stranger =
        NewKeystore.create(file, "correct horse".toCharArray(), new SecureRandom());
    Check found = await("a key is found", told -> !told.startsWith("not attached"));
    assertThat(found.detail())
        .startsWith("the contract takes roots of " + key + " alone")
        .contains(stranger.value());
    assertThat(server.server().readiness()).allMatch(Check::up);
  }

  @Test
  void whoPaysCallByCallIsKnownBeforeTheKeyIsThere() {
    settings.put("openledger.payments.anonymous", "true");
    settings.put("openledger.payments.users", "robot");
    Path file = data.resolve("key.json");
    withKey(file);
    launch();
    await("the key is missed", told -> told.contains(file.toString()));
    Rollup rollup = server.server().rollup().orElseThrow();
    assertThat(rollup.paysByCall(user("robot"))).isTrue();
    assertThat(rollup.paysByCall(user("ann"))).isFalse();
    assertThat(rollup.paysByCall(Caller.application("robot"))).isFalse();
    assertThatThrownBy(rollup::payments)
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining(ErrorCode.SIGNING_KEY.id());
  }

  private static Caller user(String name) {
    return Caller.user("openledger", name, Set.of(Caller.Role.USER));
  }

  @Test
  void aKeyWithoutFundsAndLaterANodeThatIsAwayAreToldOnceAndHoldUpOnlyWhatIsSent()
      throws Exception {
    onAChainOfItsOwn();
    launch();
    await("it is attached", told -> told.startsWith("read to block"));
    earn();
    Epoch epoch = server.ledger().closeEpoch();
    Check poor = await("the trouble is told", detail -> !detail.startsWith("read to block"));
    assertThat(poor.up()).isTrue();
    assertThat(poor.detail().toLowerCase(Locale.ROOT))
        .containsAnyOf("insufficient funds", key + " has 0 wei");
    own.anvil().setBalance(key, COINS);
    await("the root is posted", told -> posted(epoch));

    node.dropsConnections();
    await("the reader finds nobody", told -> told.startsWith("OPENLEDGER-"));
    int asked = node.asked();
    await("all who ask the chain have tried again", told -> node.asked() > asked + 3);
    Check away = check();
    assertThat(away.up()).isTrue();
    assertThat(away.detail()).containsOnlyOnce("OPENLEDGER-").contains("endpoint anvil");
  }

  private boolean posted(Epoch epoch) {
    return server
        .server()
        .rollup()
        .orElseThrow()
        .epochs()
        .orElseThrow()
        .postings(epoch.number(), epoch.number())
        .stream()
        .anyMatch(
            p -> p.kind() == EpochPosting.Kind.ROOT && p.state() == EpochPosting.State.WAITING);
  }

  @Test
  void aServerThatStopsDoesNotWaitForANodeThatDawdles() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    node.answers(
        "*",
        (exchange, request) -> {
          asked.countDown();
          try {
            stopped.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    launchAtOnce();
    try {
      asked.await();
      server.server().close();
      // whoever had waited for the node would have its answer by now, or know that there is none
      assertThat(check().detail()).contains("was not asked yet");
    } finally {
      stopped.countDown();
    }
  }

  @Test
  void whatWasUnderWayWhenTheServerStoppedIsSentOnceAndIsFollowedByTheNextOne() throws Exception {
    onAChainOfItsOwn();
    own.anvil().setBalance(key, COINS);
    launch();
    await("it is attached", told -> told.startsWith("read to block"));
    earn();
    // the node takes the bytes, and its answer is lost
    CountDownLatch taken = new CountDownLatch(1);
    node.lies(
        "eth_sendRawTransaction",
        (params, result) -> {
          taken.countDown();
          throw new UncheckedIOException(new IOException("the connection breaks"));
        });
    Epoch epoch = server.ledger().closeEpoch();
    taken.await();
    server.close();
    node.honest();
    launch();
    await("it is attached again", told -> told.startsWith("read to block"));
    await("the root is followed", told -> posted(epoch));
    // more may be handed over meanwhile; one that was sent twice would keep the nonce ahead
    await(
        "each message has one nonce",
        told ->
            inFlight() == 0
                && own.client().nonce(key, Finality.UNSAFE)
                    == database.number("SELECT COUNT(*) FROM ol_outbox"));
  }

  private long inFlight() {
    return server.server().rollup().orElseThrow().outboxFigures().inFlight();
  }
}
