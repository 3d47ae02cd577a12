package io.openledger.rollup.epochs;

import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractAbi;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.contracts.Deployment;
import io.openledger.chain.connector.contracts.DeploymentParameters;
import io.openledger.chain.connector.contracts.DirectSender;
import io.openledger.chain.connector.contracts.SendLimits;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventFilter;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.JdbcOutbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.rollup.outbox.OutboxSettings;
import io.openledger.rollup.reader.ReaderSettings;
import io.openledger.rollup.support.QuickOutbox;
import io.openledger.runtime.Caller;
import io.openledger.runtime.ledger.EpochSettings;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.rollup.ChainAccounts;
import io.openledger.runtime.rollup.Claimable;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.EpochPosting.Kind;
import io.openledger.runtime.rollup.EpochPosting.State;
import io.openledger.runtime.rollup.PaidClaim;
import io.openledger.runtime.rollup.ReceiptProof;
import io.openledger.runtime.rollup.WalletCall;
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
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From answers to coins: what the ledger says is what the contract pays, to the wei. */
class EpochsOnChainTest {

  private static final Duration DELAY = Duration.ofMinutes(61);
  private static final Caller ADMIN = Caller.user("rest", "root", Set.of(Caller.Role.ADMIN));
  private static final int UPDATER = 0;
  private static final int GUARDIAN = 1;

  private static final OutboxSettings SOON =
      QuickOutbox.settings(Duration.ofMillis(20), Duration.ofMillis(200));

  private static Anvil anvil;
  private static ChainClient client;
  private static ExecutorService threads;
  private static ScheduledExecutorService never;
  private static AddressBook book;
  private static String deployed;

  @TempDir Path data;
  private final Settlement settlement =
      ServiceLoader.load(Settlement.class).findFirst().orElseThrow();
  private TestDatabase database;
  private TestServer server;
  private Store store;
  private JdbcOutbox outbox;
  private ScheduledExecutorService sending;
  private Epochs epochs;

  @BeforeAll
  static void deploy() {
    anvil = Anvil.start();
    threads = Executors.newCachedThreadPool();
    never = Executors.newScheduledThreadPool(1);
    client =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, threads));
    book =
        Deployment.deploy(
            client,
            anvil.signer(UPDATER),
            DeploymentParameters.ready("development")
                .with("parameters.policy-hash", "0x" + Hash256.sha256("policy").hex())
                .with("rewards.updater", anvil.signer(UPDATER).address().value())
                .with("rewards.guardian", anvil.signer(GUARDIAN).address().value()));
  }

  @AfterAll
  static void stopNode() {
    if (anvil != null) {
      anvil.close();
      threads.shutdownNow();
      never.shutdownNow();
    }
  }

  @BeforeEach
  void start() {
    deployed = anvil.snapshot();
    database = TestDatabase.h2();
    server =
        TestServer.start(database, data, new PlainAttribution(), new ScriptedServing(), Map.of());
    server.createClauses();
    store =
        new Store(
            database.pool(),
            new Transactions(database.transactions(), database.pool()),
            c -> {},
            Clock.systemUTC());
    store.prepare();
    sending = Executors.newScheduledThreadPool(1);
    outbox = sender();
    outbox.start();
    epochs = node();
  }

  private JdbcOutbox sender() {
    return new JdbcOutbox(
        store, client, anvil.signer(UPDATER), "node", SOON, sending, System::nanoTime);
  }

  @AfterEach
  void stop() throws InterruptedException {
    outbox.close();
    sending.shutdown();
    assertThat(sending.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    server.close();
    database.close();
    anvil.autoMine(true);
    anvil.revert(deployed);
  }

  private Epochs node() {
    return new Epochs(
        store,
        settlement,
        Clock.systemUTC(),
        EpochSettings.each(Duration.ZERO),
        Runnable::run,
        data.resolve("epochs"));
  }

  private EpochService service(Epochs of, boolean fund) {
    return service(of, fund, client);
  }

  private EpochService service(Epochs of, boolean fund, ChainClient client) {
    return service(of, fund, client, book);
  }

  private EpochService service(Epochs of, boolean fund, ChainClient client, AddressBook at) {
    return new EpochService(
        new RootSettings(
            Deployed.of(at, ContractName.REWARD_DISTRIBUTOR), fund, Duration.ofHours(1)),
        Optional.of(
            new AnchorSettings(
                Deployed.of(at, ContractName.ATTRIBUTION_ANCHOR),
                anvil.signer(UPDATER).address(),
                Hash256.sha256("ledger"))),
        store,
        of,
        outbox,
        client,
        Clock.systemUTC(),
        never);
  }

  private EpochService started() {
    EpochService service = service(epochs, true);
    service.start();
    return service;
  }

  private ClaimService claims() {
    return new ClaimService(
        new ClaimSettings(
            Deployed.of(book, ContractName.REWARD_DISTRIBUTOR), Wei.of(1), Optional.empty()),
        store,
        epochs,
        outbox,
        client);
  }

  /** A business key as it is stored. */
  private static String key(ContractName contract, String rest) {
    return Deployed.of(book, contract).name() + "/" + rest;
  }

  private static String rootKey(String rest) {
    return key(ContractName.REWARD_DISTRIBUTOR, "epoch/" + rest);
  }

  private static String receiptsKey(String epochs) {
    return key(ContractName.ATTRIBUTION_ANCHOR, "epoch/" + epochs + "/receipts");
  }

  private static String text(String who) {
    return IntStream.range(0, 12).mapToObj(i -> who + "word" + i).collect(Collectors.joining(" "));
  }

  private void contribute(String... names) {
    for (String who : names) {
      server.datanets().contribute(CLAUSES, draft(who, text(who)).build());
    }
  }

  private Receipt ask(String who) {
    return server.model().complete(Prompt.text(text(who))).receipt();
  }

  private static AccountId account(String who) {
    return AccountId.parse("contributor:" + who);
  }

  private Wei earned(String who) {
    return server.ledger().account(account(who)).orElseThrow().earned();
  }

  /** Until all that is to be handed over is in a block, and what became of it is known. */
  private void look(EpochService service) {
    for (int i = 0; i < 2; i++) {
      sent();
      service.look();
    }
    sent();
  }

  private void sent() {
    TestServer.await(
        "all is in a block",
        () ->
            database.number("SELECT COUNT(*) FROM ol_outbox WHERE state IN ('STORED', 'SENT')")
                == 0);
  }

  private EpochPosting root(EpochService service, long epoch) {
    return service.postings(epoch, epoch).stream()
        .filter(p -> p.kind() == Kind.ROOT)
        .findFirst()
        .orElseThrow();
  }

  private static Contract contract(ContractName name) {
    return book.contract(name);
  }

  private static void send(int account, ContractName name, String function, Object... arguments) {
    Signer signer = anvil.signer(account);
    new DirectSender(
            client,
            signer,
            new SendLimits(
                SendLimits.USUAL.feeCeiling(), Duration.ofMillis(20), SendLimits.USUAL.patience()))
        .send(
            function, book.address(name), Wei.ZERO, contract(name).encode(function, arguments), 0);
  }

  private static Hash256 rootOnChain() {
    return contract(ContractName.REWARD_DISTRIBUTOR)
        .read(client, Finality.UNSAFE, "latestRoot")
        .structure("posting")
        .hash("root");
  }

  @Test
  void whatWasEarnedIsPaidToTheWei() {
    contribute("ann", "bob");
    EpochService service = started();
    ask("ann");
    ask("bob");
    ask("ann");
    Epoch first = epochs.close();
    service.look();
    assertThat(root(service, 1).state()).isIn(State.SUBMITTED, State.WAITING);
    look(service);
    EpochPosting posted = root(service, 1);
    assertThat(posted.state()).isEqualTo(State.WAITING);
    assertThat(posted.businessKey()).isEqualTo(rootKey("1/root"));
    assertThat(posted.sequence()).hasValue(1);
    assertThat(posted.transaction()).isPresent();
    assertThat(rootOnChain()).isEqualTo(first.root());
    assertThat(claims().of(account("ann"), OptionalLong.empty()).proof())
        .as("not active yet")
        .isEmpty();
    assertThat(claims().of(account("ann"), OptionalLong.empty()).next())
        .isEqualTo(posted.activeAt());

    anvil.advance(DELAY);
    look(service);
    assertThat(root(service, 1).state()).isEqualTo(State.ACTIVE);

    // a later epoch waits: claims are proven against the active one
    Wei before = earned("ann");
    ask("ann");
    epochs.close();
    look(service);
    assertThat(root(service, 2).state()).isEqualTo(State.WAITING);
    Claimable claimable = claims().of(account("ann"), OptionalLong.empty());
    assertThat(claimable.proof().orElseThrow().epoch()).isEqualTo(1);
    assertThat(claimable.claimable()).isEqualTo(before);
    assertThat(claimable.earned()).isEqualTo(earned("ann"));

    List<PaidClaim> paid = claims().pay(ADMIN, List.of(account("ann")));
    sent();
    assertThat(paid).hasSize(1);
    assertThat(paid.get(0).businessKey())
        .isEqualTo(
            key(
                ContractName.REWARD_DISTRIBUTOR,
                "claim/" + TestServer.address("ann") + "/" + before));
    assertThat(client.balance(TestServer.address("ann"))).isEqualTo(before);
    assertThat(claims().pay(ADMIN, List.of(account("ann")))).as("all is claimed").isEmpty();
    assertThat(claims().of(account("ann"), OptionalLong.empty()).claimable()).isEqualTo(Wei.ZERO);

    anvil.advance(DELAY);
    look(service);
    assertThat(root(service, 1).state()).isEqualTo(State.SUPERSEDED);
    assertThat(root(service, 2).state()).isEqualTo(State.ACTIVE);
    List<PaidClaim> both = claims().pay(ADMIN, List.of(account("ann"), account("bob")));
    assertThat(both).hasSize(2);
    sent();
    assertThat(both.get(0).businessKey()).isEqualTo(both.get(1).businessKey());
    for (String who : List.of("ann", "bob")) {
      assertThat(client.balance(TestServer.address(who))).isEqualTo(earned(who));
      assertThat(claims().of(account(who), OptionalLong.empty()).claimed()).isEqualTo(earned(who));
    }
    Wei promised = epochs.last().orElseThrow().epoch().total();
    assertThat(promised).isEqualTo(earned("ann").plus(earned("bob")));
    assertThat(client.balance(book.address(ContractName.REWARD_DISTRIBUTOR)))
        .as("what was funded with the roots is what they promised, and all of it is paid")
        .isEqualTo(Wei.ZERO);
  }

  @Test
  void contractTakesTheProofAgainstTheActiveRootAndNoOther() {
    contribute("ann");
    EpochService service = started();
    ask("ann");
    epochs.close();
    look(service);
    anvil.advance(DELAY);
    ask("ann");
    epochs.close();
    look(service);
    EpochProof active = claims().of(account("ann"), OptionalLong.empty()).proof().orElseThrow();
    EpochProof latest = epochs.proof(2, account("ann"));
    assertThat(latest.root()).isNotEqualTo(active.root());
    claim(active);
    // as the account's own wallet sends it, and nobody else's
    WalletCall packed = claims().of(account("ann"), OptionalLong.empty()).call().orElseThrow();
    wallet("ann", packed);
    assertThatThrownBy(() -> wallet("bob", packed)).isInstanceOf(OpenLedgerException.class);
    assertThatThrownBy(() -> claim(latest))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED));
  }

  private static void wallet(String who, WalletCall call) {
    client.call(
        new Call(
            Optional.of(TestServer.address(who)),
            Optional.of(call.to()),
            Wei.ZERO,
            HexFormat.of().parseHex(call.data().substring(2))),
        Finality.UNSAFE);
  }

  private static void claim(EpochProof proof) {
    client.call(
        Call.to(
            book.address(ContractName.REWARD_DISTRIBUTOR),
            contract(ContractName.REWARD_DISTRIBUTOR)
                .encode(
                    "claimFor",
                    proof.address(),
                    proof.cumulative().value(),
                    proof.siblings().stream().map(Hash256::toBytes).toList())),
        Finality.UNSAFE);
  }

  @Test
  void chainThatIsAttachedLaterGetsTheNewestRootAndAllReceipts() {
    contribute("ann");
    List<Receipt> receipts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      receipts.add(ask("ann"));
      receipts.add(ask("ann"));
      epochs.close();
    }
    EpochService service = started();
    look(service);
    look(service);
    assertThat(service.trouble()).isEmpty();
    assertThat(service.postings(1, 3))
        .extracting(EpochPosting::businessKey)
        .containsExactlyInAnyOrder(rootKey("3/root"), receiptsKey("1-3"));
    assertThat(rootOnChain()).isEqualTo(epochs.last().orElseThrow().epoch().root());
    look(service);
    for (Receipt asked : receipts) {
      Receipt receipt =
          server.server().reports(Caller.application("desk")).receipt(asked.id()).orElseThrow();
      ReceiptProof proof = service.prove(receipt);
      assertThat(proof.posting().orElseThrow().state()).isEqualTo(State.ANCHORED);
      assertThat(isAnchored(proof, proof.receiptHash())).isTrue();
      assertThat(isAnchored(proof, Hash256.sha256("another receipt"))).isFalse();
    }
    // and the next as soon as it is closed
    ask("ann");
    epochs.close();
    service.look();
    assertThat(service.postings(4, 4))
        .extracting(EpochPosting::businessKey)
        .containsExactlyInAnyOrder(rootKey("4/root"), receiptsKey("4"));
  }

  private static boolean isAnchored(ReceiptProof proof, Hash256 hash) {
    return contract(ContractName.ATTRIBUTION_ANCHOR)
        .read(
            client,
            Finality.UNSAFE,
            "isAnchored",
            proof.ledger().toBytes(),
            BigInteger.valueOf(proof.epoch()),
            hash.toBytes(),
            proof.siblings().stream().map(Hash256::toBytes).toList())
        .flag("0");
  }

  @Test
  void epochIsClosedWhileTheChainIsAwayAndPostedWhenItIsBack() {
    contribute("ann");
    EpochService service = started();
    ask("ann");
    anvil.kill();
    try {
      Epoch closed = epochs.close();
      assertThat(closed.number()).isEqualTo(1);
      service.look();
      assertThat(service.trouble()).isPresent();
      assertThat(service.postings(1, 1)).isEmpty();
    } finally {
      anvil.restart();
      deployed = anvil.snapshot();
    }
    look(service);
    assertThat(rootOnChain()).isEqualTo(epochs.last().orElseThrow().epoch().root());
    assertThat(root(service, 1).businessKey()).isEqualTo(rootKey("1/root"));
  }

  @Test
  void rootThatIsNotFundedWaitsForItsCoins() {
    contribute("ann");
    EpochService service = service(epochs, false);
    service.start();
    ask("ann");
    assertThat(epochs.close().number()).isEqualTo(1);
    look(service);
    assertThat(service.trouble().orElseThrow()).contains("posting", "OPENLEDGER-5012");
    assertThat(service.postings(1, 1)).noneMatch(p -> p.kind() == Kind.ROOT);
    new DirectSender(client, anvil.signer(3), SendLimits.USUAL)
        .send(
            "coins", book.address(ContractName.REWARD_DISTRIBUTOR), earned("ann"), new byte[0], 0);
    look(service);
    assertThat(root(service, 1).state()).isEqualTo(State.WAITING);
  }

  @Test
  void rootThatTheGuardianDropsEndsPostingUntilAnAdministratorPosts() {
    contribute("ann");
    EpochService service = started();
    ask("ann");
    Epoch first = epochs.close();
    look(service);
    drop(first);
    look(service);
    assertThat(root(service, 1).state()).isEqualTo(State.CHALLENGED);
    ask("ann");
    epochs.close();
    look(service);
    assertThat(service.postings(2, 2)).noneMatch(p -> p.kind() == Kind.ROOT);
    assertThatThrownBy(() -> service.post(Caller.user("rest", "ann", Set.of(Caller.Role.USER))))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
    assertThat(service.post(ADMIN).businessKey()).isEqualTo(rootKey("2/root"));
    look(service);
    assertThat(root(service, 2).state()).isEqualTo(State.WAITING);
    assertThat(root(service, 2).sequence()).as("the number is given again").hasValue(1);
    assertThat(root(service, 1).state()).isEqualTo(State.CHALLENGED);
    // and by itself again
    ask("ann");
    epochs.close();
    look(service);
    assertThat(root(service, 3).state()).isEqualTo(State.WAITING);
  }

  @Test
  void nothingIsPostedByItselfWhileItIsNotKnownWhetherTheGuardianHasDroppedARoot() {
    contribute("ann");
    AtomicBoolean hidden = new AtomicBoolean();
    EpochService service = service(epochs, true, hidingReceipts(hidden));
    ask("ann");
    Epoch first = epochs.close();
    look(service);
    hidden.set(true);
    drop(first);
    ask("ann");
    epochs.close();
    look(service);
    assertThat(service.trouble().orElseThrow()).startsWith("following the roots");
    assertThat(service.postings(2, 2)).noneMatch(p -> p.kind() == Kind.ROOT);
    hidden.set(false);
    look(service);
    assertThat(root(service, 1).state()).isEqualTo(State.CHALLENGED);
    assertThat(service.postings(2, 2)).noneMatch(p -> p.kind() == Kind.ROOT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"block", "receipt"})
  void nothingIsPostedByItselfWhileWhatBecameOfARootIsNotSeen(String what) {
    contribute("ann");
    AtomicBoolean hidden = new AtomicBoolean();
    EpochService service = service(epochs, true, hiding(what, hidden, Optional::empty));
    ask("ann");
    Epoch first = epochs.close();
    look(service);
    hidden.set(true);
    drop(first);
    ask("ann");
    epochs.close();
    look(service);
    assertThat(service.postings(2, 2)).noneMatch(p -> p.kind() == Kind.ROOT);
    hidden.set(false);
    look(service);
    assertThat(root(service, 1).state()).isEqualTo(State.CHALLENGED);
    assertThat(service.postings(2, 2)).noneMatch(p -> p.kind() == Kind.ROOT);
  }

  private ChainClient hidingReceipts(AtomicBoolean hidden) {
    return hiding(
        "receipt",
        hidden,
        () -> {
          throw new OpenLedgerException(
              ErrorCode.CHAIN_UNAVAILABLE, "no receipt", "receipts", "wait");
        });
  }

  /** A client that answers one of its questions otherwise while it is said. */
  private ChainClient hiding(String what, AtomicBoolean hidden, Supplier<Object> answer) {
    return (ChainClient)
        Proxy.newProxyInstance(
            EpochsOnChainTest.class.getClassLoader(),
            new Class<?>[] {ChainClient.class},
            (self, method, arguments) -> {
              if (method.getName().equals(what) && hidden.get()) {
                return answer.get();
              }
              try {
                return method.invoke(client, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void rootThatTheChainRefusedTooOftenIsToldAndNotSilentlyLeft() {
    contribute("ann");
    EpochService service = service(epochs, true);
    ask("ann");
    epochs.close();
    refusedByTheChain(ContractName.REWARD_DISTRIBUTOR, Kind.ROOT, Instant.now());
    service.look();
    assertThat(service.trouble().orElseThrow())
        .contains("the root of epoch 1")
        .contains("POST /api/ledger/epochs/postings");
  }

  @Test
  void receiptsThatTheChainRefusedTooOftenAreToldAndNotSilentlyLeft() {
    contribute("ann");
    EpochService service = service(epochs, true);
    ask("ann");
    epochs.close();
    refusedByTheChain(ContractName.ATTRIBUTION_ANCHOR, Kind.RECEIPTS, Instant.now());
    // the ledger is registered first
    look(service);
    look(service);
    assertThat(service.trouble().orElseThrow()).contains("the receipts of epochs 1 to 1");
  }

  @Test
  void receiptsThatTheChainRefusedTooOftenAreTriedAgainADayLater() {
    contribute("ann");
    EpochService service = service(epochs, true);
    ask("ann");
    epochs.close();
    Instant before = Instant.now().minus(Duration.ofHours(25));
    refusedByTheChain(ContractName.ATTRIBUTION_ANCHOR, Kind.RECEIPTS, before);
    look(service);
    look(service);
    assertThat(service.postings(1, 1))
        .anyMatch(p -> p.kind() == Kind.RECEIPTS && p.state() != State.REVERTED);
  }

  private void refusedByTheChain(ContractName contract, Kind kind, Instant at) {
    long epoch = epochs.last().orElseThrow().number();
    PostingRows rows = new PostingRows(Deployed.of(book, contract).name());
    for (int attempt = 1; attempt <= Submission.BY_ITSELF; attempt++) {
      String key = "refused/" + kind + "/" + attempt;
      EpochPosting posting =
          new EpochPosting(
              key,
              kind,
              epoch,
              epoch,
              State.REVERTED,
              at,
              Optional.empty(),
              OptionalLong.empty(),
              OptionalLong.empty(),
              Optional.empty(),
              Optional.of("refused"),
              Instant.now());
      store.requiresNew(
          "noting a refusal",
          c -> {
            rows.insert(c, posting);
            return true;
          });
    }
  }

  @Test
  void challengeEndsPostingAlsoIfALaterRootIsUnderWay() {
    contribute("ann");
    EpochService service = started();
    ask("ann");
    Epoch first = epochs.close();
    look(service);
    // the next root is stored and not sent when the guardian drops the one before it
    outbox.close();
    ask("ann");
    epochs.close();
    service.look();
    assertThat(root(service, 2).state()).isEqualTo(State.SUBMITTED);
    drop(first);
    service.look();
    assertThat(root(service, 1).state()).isEqualTo(State.CHALLENGED);
    assertThat(service.trouble().orElseThrow())
        .contains("epoch 1", "guardian", "POST /api/ledger/epochs/postings");
    outbox = sender();
    outbox.start();
    look(service);
    assertThat(root(service, 2).state()).isEqualTo(State.WAITING);
    ask("ann");
    epochs.close();
    look(service);
    assertThat(service.postings(3, 3)).noneMatch(p -> p.kind() == Kind.ROOT);
    assertThat(service.trouble().orElseThrow()).contains("epoch 1");

    assertThat(service.post(ADMIN).epoch()).isEqualTo(3);
    look(service);
    assertThat(service.trouble()).isEmpty();
    assertThat(root(service, 3).state()).isEqualTo(State.WAITING);
    assertThat(root(service, 1).state()).isEqualTo(State.CHALLENGED);
    ask("ann");
    epochs.close();
    look(service);
    assertThat(root(service, 4).state()).as("by itself again").isEqualTo(State.WAITING);
  }

  /** The guardian drops the first root, which is this epoch's. */
  private void drop(Epoch first) {
    send(
        GUARDIAN,
        ContractName.REWARD_DISTRIBUTOR,
        "challenge",
        BigInteger.ONE,
        first.root().toBytes(),
        new byte[32]);
  }

  /** Notes which rows another connection cannot lock whenever the chain is asked. */
  private ChainClient watching(Set<String> held) {
    return (ChainClient)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ChainClient.class},
            (self, method, arguments) -> {
              if (method.getDeclaringClass() == ChainClient.class
                  && !method.getName().equals("chainId")) {
                for (String rows :
                    List.of(
                        "SELECT next_nonce FROM ol_outbox_signers",
                        "SELECT name FROM ol_locks WHERE name = 'epoch'")) {
                  // another thread's, as another node's would be
                  threads
                      .submit(
                          () -> {
                            try (Connection c =
                                    DriverManager.getConnection(database.url(), "sa", "");
                                Statement s = c.createStatement()) {
                              c.setAutoCommit(false);
                              s.execute("SET LOCK_TIMEOUT 100");
                              s.executeQuery(rows + " FOR UPDATE").close();
                              c.rollback();
                            } catch (SQLException e) {
                              held.add(rows + " while asking " + method.getName());
                            }
                            return true;
                          })
                      .get();
                }
              }
              try {
                return method.invoke(client, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void nobodyWaitsForTheChainWhenAnEpochIsClosed() {
    contribute("ann");
    Set<String> held = ConcurrentHashMap.newKeySet();
    EpochService service = service(epochs, true, watching(held));
    service.start();
    for (int i = 0; i < 3; i++) {
      ask("ann");
      epochs.close();
      look(service);
      look(service);
    }
    assertThat(service.postings(3, 3)).hasSize(2);
    assertThat(held).isEmpty();
  }

  private static AddressBook another() {
    return Deployment.deploy(
        client,
        anvil.signer(3),
        DeploymentParameters.ready("development")
            .with("parameters.policy-hash", "0x" + Hash256.sha256("policy").hex())
            .with("rewards.updater", anvil.signer(UPDATER).address().value())
            .with("rewards.guardian", anvil.signer(GUARDIAN).address().value()));
  }

  private static Hash256 latest(AddressBook at) {
    return at.contract(ContractName.REWARD_DISTRIBUTOR)
        .read(client, Finality.UNSAFE, "latestRoot")
        .structure("posting")
        .hash("root");
  }

  @Test
  void anotherDeploymentIsGivenRootsWhenAnAdministratorPosts() {
    AddressBook other = another();
    contribute("ann");
    EpochService before = service(epochs, true);
    Receipt receipt = ask("ann");
    Epoch closed = epochs.close();
    look(before);
    look(before);
    assertThat(latest(book)).isEqualTo(closed.root());

    EpochService service = service(epochs, true, client, other);
    look(service);
    look(service);
    look(service);
    assertThat(service.trouble().orElseThrow())
        .contains("all time", "epoch 1", "POST /api/ledger/epochs/postings");
    assertThat(latest(other)).as("what was claimed is not promised again").isEqualTo(Hash256.ZERO);
    // receipts are nobody's money
    ReceiptProof proof =
        service.prove(
            server
                .server()
                .reports(Caller.application("desk"))
                .receipt(receipt.id())
                .orElseThrow());
    assertThat(proof.posting().orElseThrow().state()).isEqualTo(State.ANCHORED);
    assertThat(proof.posting().orElseThrow().businessKey()).isNotEqualTo(receiptsKey("1"));

    EpochPosting posted = service.post(ADMIN);
    assertThat(posted.businessKey()).endsWith("/epoch/1/root").isNotEqualTo(rootKey("1/root"));
    look(service);
    assertThat(service.trouble()).isEmpty();
    assertThat(latest(other)).isEqualTo(closed.root());
    ask("ann");
    Epoch next = epochs.close();
    look(service);
    assertThat(latest(other)).as("by itself from then on").isEqualTo(next.root());
    assertThat(service.postings(1, 2)).extracting(EpochPosting::businessKey).hasSize(4);
    assertThat(before.postings(1, 2))
        .extracting(EpochPosting::businessKey)
        .containsExactlyInAnyOrder(rootKey("1/root"), receiptsKey("1"));
  }

  @Test
  void goingBackToAnEarlierDeploymentPromisesNothingTwiceByItself() {
    AddressBook other = another();
    contribute("ann");
    EpochService first = service(epochs, true);
    ask("ann");
    Epoch one = epochs.close();
    look(first);
    EpochService second = service(epochs, true, client, other);
    ask("ann");
    Epoch two = epochs.close();
    second.post(ADMIN);
    look(second);
    assertThat(latest(other)).as("claimable there").isEqualTo(two.root());
    // the configuration of before
    EpochService again = service(epochs, true);
    ask("ann");
    epochs.close();
    look(again);
    look(again);
    assertThat(latest(book)).as("what is claimable at the other").isEqualTo(one.root());
    assertThat(again.trouble().orElseThrow())
        .contains("roots up to epoch 1", "up to epoch 2", "POST /api/ledger/epochs/postings");
    again.post(ADMIN);
    ask("ann");
    Epoch four = epochs.close();
    look(again);
    look(again);
    assertThat(latest(book)).as("by itself from then on").isEqualTo(four.root());
  }

  @Test
  void rootOfAnotherLedgerIsNotReplacedByItself() {
    contribute("ann");
    Hash256 theirs = Hash256.sha256("what others have earned");
    anotherLedgerPosts(1, theirs);
    EpochService service = service(epochs, true);
    ask("ann");
    epochs.close();
    ask("ann");
    epochs.close();
    look(service);
    look(service);
    assertThat(rootOnChain()).isEqualTo(theirs);
    assertThat(service.trouble().orElseThrow())
        .contains(theirs.hex(), "POST /api/ledger/epochs/postings");
    service.post(ADMIN);
    look(service);
    assertThat(rootOnChain()).isEqualTo(epochs.last().orElseThrow().epoch().root());
    assertThat(service.trouble()).isEmpty();
  }

  private void anotherLedgerPosts(long epoch, Hash256 root) {
    outbox.close(); // what is sent by hand has a nonce of the same key
    send(
        UPDATER,
        ContractName.REWARD_DISTRIBUTOR,
        "postRoot",
        BigInteger.valueOf(epoch),
        root.toBytes(),
        BigInteger.ZERO,
        new byte[32]);
    outbox = sender();
    outbox.start();
  }

  @Test
  void whatTheContractWouldRefuseForEverIsNotPostedForAnAdministratorEither() {
    contribute("ann");
    anotherLedgerPosts(5, Hash256.sha256("of a ledger that is further"));
    EpochService service = service(epochs, true);
    ask("ann");
    epochs.close();
    assertThatThrownBy(() -> service.post(ADMIN))
        .hasMessageContaining("an epoch above 5")
        .hasMessageContaining("which backup");
    assertThat(service.postings(1, 1)).noneMatch(p -> p.kind() == Kind.ROOT);
  }

  /** What an older release has handed over, whose keys and rows had no deployment. */
  private void before(String key, ContractName contract, String kind, long epoch, byte[] data) {
    OutboxMessage message =
        outbox.submit(
            new ChainIntent(
                key,
                book.address(contract),
                kind.equals("ROOT") ? epochs.last().orElseThrow().epoch().total() : Wei.ZERO,
                data,
                OptionalLong.empty()));
    if (!kind.isEmpty()) {
      store.requiresNew(
          "an older release",
          c ->
              Sql.update(
                  c,
                  "INSERT INTO ol_epoch_postings (business_key, kind, first_epoch, epoch,"
                      + " submitted_at, state, transaction_hash, changed_at)"
                      + " VALUES (?, ?, ?, ?, ?, 'SUBMITTED', ?, ?)",
                  key,
                  kind,
                  epoch,
                  epoch,
                  Clock.systemUTC().instant(),
                  message.transaction(),
                  Clock.systemUTC().instant()));
    }
  }

  @Test
  void whatAnOlderReleaseHasHandedOverIsFollowedAndNotHandedOverAgain() {
    contribute("ann");
    ask("ann");
    epochs.close();
    Distributor distributor =
        new Distributor(client, book.address(ContractName.REWARD_DISTRIBUTOR));
    before(
        "epoch/1/root",
        ContractName.REWARD_DISTRIBUTOR,
        "ROOT",
        1,
        distributor.postRoot(epochs.last().orElseThrow()));
    Anchor anchor =
        new Anchor(
            client,
            new AnchorSettings(
                Deployed.of(book, ContractName.ATTRIBUTION_ANCHOR),
                anvil.signer(UPDATER).address(),
                Hash256.sha256("ledger")));
    before(
        "ledger/" + Hash256.sha256("ledger").hex() + "/register",
        ContractName.ATTRIBUTION_ANCHOR,
        "",
        0,
        anchor.register());
    EpochService service = started();
    look(service);
    look(service);
    assertThat(service.trouble()).isEmpty();
    assertThat(root(service, 1).businessKey()).isEqualTo("epoch/1/root");
    assertThat(root(service, 1).state()).isEqualTo(State.WAITING);
    assertThat(database.number("SELECT COUNT(*) FROM ol_outbox WHERE business_key LIKE '%root%'"))
        .isEqualTo(1);
    assertThat(
            database.number("SELECT COUNT(*) FROM ol_outbox WHERE business_key LIKE '%register%'"))
        .isEqualTo(1);
    assertThat(service.post(ADMIN).businessKey()).as("the same").isEqualTo("epoch/1/root");
    ask("ann");
    epochs.close();
    look(service);
    assertThat(root(service, 2).businessKey()).isEqualTo(rootKey("2/root"));
  }

  private static ChainAccounts.Stake stake(long principal, boolean withdrawn) {
    return new ChainAccounts.Stake(
        BigInteger.ONE,
        BigInteger.ZERO,
        Wei.of(principal),
        Wei.of(9),
        Instant.EPOCH,
        Optional.empty(),
        withdrawn);
  }

  private void readTo(long block, long finalBlock) {
    String deployment = ReaderSettings.of(book).deployment().hex();
    store.requiresNew(
        "reading",
        c -> {
          Sql.update(c, "DELETE FROM ol_chain_blocks");
          Sql.update(c, "DELETE FROM ol_chain_readers");
          Sql.update(
              c,
              "INSERT INTO ol_chain_readers (deployment, chain_id, finalized_number,"
                  + " finalized_hash, finalized_time) VALUES (?, 1, ?, ?, ?)",
              deployment,
              finalBlock,
              Hash256.ZERO,
              Instant.EPOCH);
          return Sql.update(
              c,
              "INSERT INTO ol_chain_blocks (deployment, block_number, hash) VALUES (?, ?, ?)",
              deployment,
              block,
              Hash256.ZERO);
        });
  }

  @Test
  void statementTellsWhatIsOnTheChainOrThatItIsNotKnown() {
    contribute("ann");
    EpochService service = started();
    ask("ann");
    epochs.close();
    look(service);
    Wei posted = earned("ann");
    anvil.advance(DELAY);
    look(service);
    assertThat(root(service, 1).state()).isEqualTo(State.ACTIVE);
    ChainAccounts accounts =
        address ->
            new ChainAccounts.Standing(
                address, Wei.of(3), Wei.ZERO, List.of(stake(5, false), stake(7, true)));
    Standings standings =
        new Standings(
            Deployed.of(book, ContractName.REWARD_DISTRIBUTOR),
            ReaderSettings.of(book).deployment(),
            store,
            epochs,
            accounts,
            client);
    ChainAddress ann = TestServer.address("ann");
    assertThat(standings.of(ann)).isInstanceOf(ChainStanding.Unknown.class);
    readTo(anvil.height(), 2);
    assertThat(standings.of(ann))
        .isEqualTo(new ChainStanding.Known(ann, posted, Wei.of(3), Wei.of(5), anvil.height(), 2));
    assertThat(((ChainStanding.Known) standings.of(ann)).claimable())
        .isEqualTo(posted.minus(Wei.of(3)));
    anvil.mine(31);
    assertThat(standings.of(ann))
        .isInstanceOfSatisfying(
            ChainStanding.Unknown.class, u -> assertThat(u.why()).contains("read to block"));
    readTo(anvil.height(), 2);
    // nobody's figures are zeros because nobody could be asked
    ChainStanding.Known bob = (ChainStanding.Known) standings.of(TestServer.address("bob"));
    assertThat(bob.posted()).as("bob has earned nothing").isEqualTo(Wei.ZERO);
  }

  @Test
  void droppedRootOfTheNewestEpochIsPostedAgainUnderAnotherKey() {
    contribute("ann");
    EpochService service = started();
    ask("ann");
    Epoch first = epochs.close();
    look(service);
    drop(first);
    look(service);
    assertThat(service.post(ADMIN).businessKey()).isEqualTo(rootKey("1/root/2"));
    look(service);
    assertThat(root(service, 1).businessKey()).isEqualTo(rootKey("1/root/2"));
    assertThat(root(service, 1).state()).isEqualTo(State.WAITING);
  }

  @Test
  void reorganisationTakesBackWhatWasSaid() {
    contribute("ann");
    EpochService service = started();
    ask("ann");
    epochs.close();
    look(service);
    assertThat(root(service, 1).state()).isEqualTo(State.WAITING);
    anvil.autoMine(false);
    long block = root(service, 1).block().orElseThrow();
    anvil.rollback(Math.toIntExact(anvil.height() - block + 1));
    service.look();
    assertThat(root(service, 1).state()).isEqualTo(State.SUBMITTED);
    assertThat(root(service, 1).sequence()).isEmpty();
    anvil.autoMine(true);
    // and it comes back by itself
    TestServer.await(
        "the root is in a block again",
        () -> {
          service.look();
          return root(service, 1).state() == State.WAITING;
        });
    assertThat(rootOnChain()).isEqualTo(epochs.last().orElseThrow().epoch().root());
  }

  @Test
  void twoNodesThatCloseAtOncePostOnce() throws Exception {
    contribute("ann");
    Epochs other = node();
    EpochService here = started();
    EpochService there = service(other, true);
    there.start();
    ask("ann");
    CyclicBarrier together = new CyclicBarrier(2);
    List<Future<Epoch>> closed = new ArrayList<>();
    for (Epochs node : List.of(epochs, other)) {
      closed.add(
          threads.submit(
              () -> {
                together.await();
                return node.close();
              }));
    }
    assertThat(closed.get(0).get()).isEqualTo(closed.get(1).get());
    look(here);
    look(there);
    Hash256 posted = ContractAbi.load(ContractName.REWARD_DISTRIBUTOR).event("RootPosted").topic();
    assertThat(
            client.logs(
                new EventFilter(
                    Set.of(book.address(ContractName.REWARD_DISTRIBUTOR)), Set.of(posted)),
                0,
                anvil.height()))
        .hasSize(1);
    assertThat(here.postings(1, 1).stream().filter(p -> p.kind() == Kind.ROOT)).hasSize(1);
  }

  @Test
  void serverClaimsForNobodyElse() {
    contribute("ann");
    ask("ann");
    Caller ann = Caller.user("rest", "ann", Set.of(Caller.Role.CONTRIBUTOR));
    Caller bob = Caller.user("rest", "bob", Set.of(Caller.Role.CONTRIBUTOR));
    assertThat(claims().pay(ann, List.of(account("ann")))).as("nothing is active").isEmpty();
    assertThatThrownBy(() -> claims().pay(bob, List.of(account("ann"))))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
    assertThatThrownBy(() -> claims().pay(ADMIN, List.of()))
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void rootThatIsNotTheLedgersProvesNothing() {
    contribute("ann");
    ask("ann");
    epochs.close();
    // somebody with the updater's key posts a root of another ledger
    send(
        UPDATER,
        ContractName.REWARD_DISTRIBUTOR,
        "postRoot",
        BigInteger.valueOf(7),
        Hash256.sha256("another tree").toBytes(),
        BigInteger.ZERO,
        new byte[32]);
    EpochService service = started();
    service.look();
    assertThat(service.trouble().orElseThrow()).contains("of epoch 7");
    anvil.advance(DELAY);
    assertThatThrownBy(() -> claims().of(account("ann"), OptionalLong.empty()))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.LEDGER_INCONSISTENT));
  }
}
