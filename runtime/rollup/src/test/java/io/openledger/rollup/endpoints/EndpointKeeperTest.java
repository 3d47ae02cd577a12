package io.openledger.rollup.endpoints;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.EndpointSettings;
import io.openledger.chain.connector.rpc.Endpoints;
import io.openledger.chain.connector.rpc.FinalBlock;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.LyingNode;
import io.openledger.chain.connector.support.ManualTime;
import io.openledger.runtime.Caller;
import io.openledger.runtime.rollup.EndpointAdministration;
import io.openledger.runtime.rollup.EndpointAdministration.Decision;
import io.openledger.runtime.rollup.EndpointAdministration.Endpoint;
import io.openledger.runtime.rollup.EndpointAdministration.Status;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of endpoints, over restarts and among servers, in front of a real node. */
class EndpointKeeperTest {

  private static final Caller ADMIN = Caller.user("rest", "ann", Set.of(Caller.Role.ADMIN));
  private static final ExecutorService CALLBACKS = Executors.newCachedThreadPool();

  /** Never asked: looks are made by hand. */
  private static final ScheduledExecutorService IDLE = Executors.newSingleThreadScheduledExecutor();

  private static Anvil anvil;

  private final ManualTime time = new ManualTime();
  private final List<LyingNode> nodes = new ArrayList<>();
  private TestDatabase database;

  /** A server of a cluster. */
  private record Server(Store store, Endpoints endpoints, EndpointKeeper keeper) {
    BlockHeader settled() {
      return endpoints.head(Finality.FINALIZED);
    }

    EndpointAdministration admin() {
      return keeper.administration(ADMIN);
    }

    Endpoint shown(int node) {
      return admin().standing().endpoints().get(node);
    }
  }

  @BeforeAll
  static void startNode() {
    anvil = Anvil.start();
    anvil.mine(30);
  }

  @AfterAll
  static void stopNode() {
    if (anvil != null) {
      anvil.close();
    }
    CALLBACKS.shutdownNow();
    IDLE.shutdownNow();
  }

  @BeforeEach
  void begin() {
    database = TestDatabase.h2();
    for (int i = 0; i < 3; i++) {
      nodes.add(new LyingNode(anvil.uri()));
    }
  }

  @AfterEach
  void end() {
    nodes.forEach(LyingNode::close);
    database.close();
  }

  private Server server(int count) {
    List<HttpService> services = new ArrayList<>();
    Map<String, String> addresses = new HashMap<>();
    for (int i = 0; i < count; i++) {
      addresses.put("n" + i, "http://host" + i);
      services.add(
          new HttpService(
              new RpcEndpoint("n" + i, nodes.get(i).uri()), RpcLimits.USUAL, CALLBACKS));
    }
    Endpoints endpoints = new Endpoints(1612, services, EndpointSettings.USUAL, time, time);
    Store store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            Clock.systemUTC());
    EndpointKeeper keeper = new EndpointKeeper(store, endpoints, addresses, IDLE, Duration.ZERO);
    keeper.load();
    return new Server(store, endpoints, keeper);
  }

  private static void refused(ErrorCode code, ThrowingCallable call, String words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContaining(words);
  }

  private void putAside(Server server, int node) {
    nodes.get(node).liesAboutBlock("finalized", block -> block.put("hash", "0x" + "ab".repeat(32)));
    server.settled();
    assertThat(server.shown(node).status()).isEqualTo(Status.ASIDE);
    nodes.get(node).honest();
  }

  private void setBack() {
    anvil.mine(20);
    anvil.reorg(15); // deeper than what is final, as no rollup does
    anvil.mine(3);
    time.pass(Duration.ofMinutes(1));
  }

  @Test
  void showsWhyAnEndpointIsAsideAndNothingOfItsAddressButTheHost() {
    Server server = server(3);
    putAside(server, 1);
    Endpoint aside = server.shown(1);
    assertThat(aside.name()).isEqualTo("n1");
    assertThat(aside.address()).isEqualTo("http://host1");
    assertThat(aside.detail().orElse("")).contains("contradicts the others about block");
    assertThat(aside.contradictions()).isPositive();
    assertThat(aside.head()).isPresent();
    assertThat(server.admin().standing().quorum()).isEqualTo(2);
    assertThat(server.admin().standing().settled().orElseThrow().number())
        .isEqualTo(server.settled().number());
  }

  @Test
  void liftIsAskedAgainHereAndOnOtherServersAndSaysWho() {
    Server here = server(3);
    Server there = server(3);
    putAside(here, 1);
    putAside(there, 1);
    here.admin().lift("n1");
    assertThat(here.shown(1).status()).isEqualTo(Status.UNKNOWN);
    here.endpoints().refresh();
    assertThat(here.shown(1).status()).isEqualTo(Status.UP);
    assertThat(there.shown(1).status()).as("has not looked yet").isEqualTo(Status.ASIDE);
    there.keeper().look();
    there.endpoints().refresh();
    assertThat(there.shown(1).status()).isEqualTo(Status.UP);
    // what was decided before it was put aside again is no pardon for that
    putAside(there, 1);
    there.keeper().look();
    assertThat(there.shown(1).status()).isEqualTo(Status.ASIDE);
    assertThat(server(3).admin().standing().decisions())
        .extracting(Decision::kind, Decision::subject, Decision::by)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("LIFT", "n1", ADMIN.tenant()));
    refused(ErrorCode.INVALID_ARGUMENT, () -> here.admin().lift("other"), "n0, n1, n2");
  }

  @Test
  void nobodyButAnAdministratorSeesOrDecides() {
    Server server = server(1);
    EndpointAdministration user =
        server.keeper().administration(Caller.user("rest", "bob", Set.of(Caller.Role.CURATOR)));
    for (Consumer<EndpointAdministration> each :
        List.<Consumer<EndpointAdministration>>of(
            EndpointAdministration::standing,
            e -> e.lift("n0"),
            EndpointAdministration::acceptFinality)) {
      refused(ErrorCode.FORBIDDEN, () -> each.accept(user), Caller.Role.ADMIN.label());
    }
    assertThat(server.admin().standing().decisions()).isEmpty();
  }

  /** With one endpoint, the only one who can contradict it is the server's own memory. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void serverThatStartsAnewHoldsAnotherChainAgainstWhatWasFinal(int count) {
    Server before = server(count);
    setBackAfter(before);
    Server restarted = server(count);
    refused(ErrorCode.CHAIN_DISPUTED, restarted::settled, "went back");
    assertThat(restarted.admin().standing().dispute().orElse("")).contains("went back");
    String told = restarted.admin().standing().dispute().orElseThrow();
    restarted.keeper().look();
    anvil.mine(3);
    time.pass(Duration.ofMinutes(1));
    // in the same words while it lasts, though the chain goes on: a log has it once
    refused(ErrorCode.CHAIN_DISPUTED, restarted::settled, told);
    assertThat(restarted.admin().standing().dispute()).contains(told);
  }

  /** The server sees what is final and keeps it, and stops; then the chain is set back. */
  private FinalBlock setBackAfter(Server server) {
    anvil.mine(20);
    time.pass(Duration.ofMinutes(1));
    FinalBlock kept = FinalBlock.of(server.settled());
    server.keeper().look();
    anvil.reorg(15);
    anvil.mine(3);
    time.pass(Duration.ofMinutes(1));
    return kept;
  }

  @Test
  void acceptedFinalityHoldsOnAllServersAndOverRestarts() {
    Server here = server(3);
    Server there = server(3);
    there.settled();
    FinalBlock kept = setBackAfter(here);
    refused(ErrorCode.CHAIN_DISPUTED, here::settled, "went back");
    EndpointAdministration.Standing after = here.admin().acceptFinality();
    assertThat(after.dispute()).isEmpty();
    assertThat(after.decisions().get(0).kind()).isEqualTo("ACCEPT");
    assertThat(after.decisions().get(0).subject()).contains("in place of " + kept);
    assertThat(after.decisions().get(0).by()).isEqualTo(ADMIN.tenant());
    assertThat(here.settled().number()).isEqualTo(after.settled().orElseThrow().number());
    there.keeper().look();
    assertThat(there.settled()).isEqualTo(here.settled());
    assertThat(server(3).settled()).isEqualTo(here.settled());
    refused(ErrorCode.CHAIN_REFUSED, () -> here.admin().acceptFinality(), "follows");
  }

  @Test
  void serverThatHasNotHeardOfADecisionDoesNotWriteOverIt() {
    Server here = server(3);
    FinalBlock before = setBackAfter(here);
    here.admin().acceptFinality();
    FinalBlock late = new FinalBlock(anvil.height() + 1000, before.hash());
    here.store()
        .requiresNew(
            "as a server that looked before the decision",
            c -> {
              new EndpointRows(1612).keep(c, 0, late);
              return true;
            });
    assertThat(server(3).settled()).isEqualTo(here.settled());
  }

  @Test
  void nothingIsAcceptedThatEndpointsContradictEachOtherAbout() {
    Server server = server(2);
    setBackAfter(server);
    nodes.get(0).liesAboutBlock("finalized", b -> b.put("hash", "0x" + "ab".repeat(32)));
    refused(
        ErrorCode.CHAIN_DISPUTED, () -> server.admin().acceptFinality(), "contradict each other");
    assertThat(server.admin().standing().decisions()).isEmpty();
    nodes.get(0).honest();
    setBack();
    refused(ErrorCode.CHAIN_DISPUTED, server::settled, "went back");
  }
}
