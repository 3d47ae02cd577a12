package io.openledger.rollup.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EndpointSettings;
import io.openledger.chain.connector.rpc.Endpoints;
import io.openledger.chain.connector.rpc.EventFilter;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import io.openledger.rollup.support.DeployedChain;
import io.openledger.runtime.ledger.ChainTerms;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.math.BigInteger;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real node with the real contracts. */
final class AnvilReaderTest {

  /** Longer than a change of a parameter takes on a development chain. */
  private static final Duration NOTICE = Duration.ofSeconds(3605);

  @TempDir Path folder;
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(4);
  private DeployedChain chain;
  private Anvil anvil;
  private ChainClient client;
  private AddressBook book;
  private TestDatabase database;
  private Store store;

  @BeforeEach
  void deploy() throws Exception {
    chain = DeployedChain.start(folder, threads);
    anvil = chain.anvil();
    client = chain.client();
    book = chain.book();
    database = TestDatabase.h2();
    store = open(database);
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    if (database != null) {
      database.close();
    }
    if (chain != null) {
      chain.close();
    }
  }

  private static Store open(TestDatabase of) throws Exception {
    Store store =
        new Store(
            of.pool(), new Transactions(of.transactions(), of.pool()), c -> {}, Clock.systemUTC());
    store.prepare();
    NotedEvents.createTable(of.pool());
    return store;
  }

  private ChainReader reader(Store over) {
    return new ChainReader(
        client,
        over,
        ReaderSettings.of(book),
        "node",
        List.of(new NotedEvents()),
        threads,
        Clock.systemUTC());
  }

  private Hash256 send(ChainAddress from, ChainAddress to, long wei, byte[] data) {
    return Hash256.parse(
        anvil
            .rpc(
                "eth_sendTransaction",
                Map.of(
                    "from",
                    from.value(),
                    "to",
                    to.value(),
                    "value",
                    "0x" + Long.toHexString(wei),
                    "gas",
                    "0x100000",
                    "data",
                    "0x" + HexFormat.of().formatHex(data)))
            .asText());
  }

  private static List<String> rows(TestDatabase of) throws Exception {
    try (Connection c = of.pool().getConnection()) {
      return Sql.list(
          c,
          "SELECT e.*, n.event AS noted FROM ol_chain_events e LEFT JOIN noted n"
              + " ON n.block_number = e.block_number AND n.log_index = e.log_index"
              + " ORDER BY e.block_number, e.log_index",
          row ->
              row.getLong("block_number")
                  + "/"
                  + row.getInt("log_index")
                  + " "
                  + row.getString("block_hash")
                  + " "
                  + row.getString("transaction_hash")
                  + " "
                  + row.getString("event")
                  + " "
                  + row.getString("account")
                  + " "
                  + row.getBigDecimal("amount")
                  + " "
                  + row.getString("noted"));
    }
  }

  @Test
  void isWhatTheChainHasAfterReorganisationsRestartsAndADeadNode() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    ChainAddress wrapped = book.address(ContractName.WOPEN);
    ChainReader reader = reader(store);
    int reorganisations = 0;
    int deaths = 0;
    for (int round = 0; round < 50; round++) {
      anvil.autoMine(random.nextBoolean());
      int transactions = random.nextInt(4);
      for (int i = 0; i < transactions; i++) {
        send(
            anvil.signer(random.nextInt(9)).address(),
            wrapped,
            1 + random.nextInt(99),
            new byte[0]);
      }
      anvil.mine(1 + random.nextInt(2));
      if (random.nextInt(4) != 0) {
        reader.look();
      }
      if (random.nextInt(2) == 0) {
        anvil.reorg(1 + random.nextInt(8));
        reorganisations++;
      }
      if (round == 10 || round == 25) {
        anvil.kill();
        ChainReader waiting = reader;
        assertThatThrownBy(waiting::look)
            .isInstanceOfSatisfying(
                OpenLedgerException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE));
        anvil.restart();
        // a state from before the restart cannot be gone back to: anvil loses the contracts then
        anvil.mine(10);
        deaths++;
      }
      if (random.nextInt(5) == 0) {
        reader = reader(store);
      }
    }
    anvil.autoMine(true);
    anvil.mine(25);
    reader.look();
    assertThat(reader.status().caughtUp()).isTrue();
    assertThat(reorganisations).isGreaterThan(10);
    assertThat(deaths).isEqualTo(2);

    try (TestDatabase fresh = TestDatabase.h2()) {
      ChainReader twin = reader(open(fresh));
      for (int i = 0; i < 20 && !twin.status().caughtUp(); i++) {
        twin.look();
      }
      assertThat(rows(database)).isEqualTo(rows(fresh));
    }
    // and what was wrapped, by the events, is what the contract says that each has
    for (int i = 0; i < 9; i++) {
      ChainAddress account = anvil.signer(i).address();
      BigInteger has =
          book.contract(ContractName.WOPEN)
              .read(client, Finality.UNSAFE, "balanceOf", account)
              .integer("0");
      String told =
          database.text(
              "SELECT COALESCE(SUM(amount), 0) FROM ol_chain_events WHERE contract = 'WOPEN'"
                  + " AND event = 'Deposit' AND account = '"
                  + account
                  + "'");
      assertThat(told).isEqualTo(has.toString());
    }
    List<EventLog> all =
        client.logs(new EventFilter(Set.of(wrapped), Set.of()), 0, anvil.height()).stream()
            .filter(l -> l.topics().get(0).equals(PlainChain.type("WOPEN", "Deposit").topic()))
            .toList();
    assertThat(database.number("SELECT COUNT(*) FROM noted WHERE event LIKE 'WOPEN.Deposit %'"))
        .isEqualTo(all.size());
    System.out.printf(
        "%d events after %d reorganisations and %d deaths of the node%n",
        all.size(), reorganisations, deaths);
  }

  @Test
  void saysOfParametersWhatTheContractSays() throws Exception {
    ChainAddress timelock = book.address(ContractName.TIMELOCK_CONTROLLER);
    ChainAddress parameters = book.address(ContractName.PARAMETER_STORE);
    Instant before = anvil.now();
    anvil.rpc("anvil_impersonateAccount", timelock.value());
    anvil.setBalance(timelock, new Wei(BigInteger.TEN.pow(18)));
    List<BigInteger> split =
        List.of(5000, 1000, 500, 1000, 500, 2000).stream().map(BigInteger::valueOf).toList();
    Hash256 change =
        send(
            timelock,
            parameters,
            0,
            book.contract(ContractName.PARAMETER_STORE).encode("setFeeSplit", split));
    TestServer.await("the change is in a block", () -> client.receipt(change).isPresent());
    anvil.advance(NOTICE);
    Instant after = anvil.now();
    anvil.mine(12);
    reader(store).look();
    ChainHistory history = new ChainHistory(store, ReaderSettings.of(book));
    for (Instant time : List.of(before, after)) {
      ChainTerms.Terms terms = terms(history, time);
      List<?> chain =
          book.contract(ContractName.PARAMETER_STORE)
              .read(
                  client, Finality.UNSAFE, "feeSplitAt", BigInteger.valueOf(time.getEpochSecond()))
              .list("0");
      FeeSplit ours = terms.feeSplit().orElseThrow();
      for (FeeRole role : FeeRole.values()) {
        assertThat(BigInteger.valueOf(ours.of(role))).isEqualTo(chain.get(role.ordinal()));
      }
      assertThat(terms.policy()).contains(new ChainTerms.NamedPolicy(1, DeployedChain.POLICY));
    }
    assertThat(terms(history, after).feeSplit().orElseThrow().of(FeeRole.STAKERS)).isEqualTo(2000);
  }

  private ChainTerms.Terms terms(ChainHistory history, Instant time) {
    ChainTerms.Answer answer = store.requiresNew("terms", c -> history.at(c, time));
    return ((ChainTerms.Known) answer).terms().orElseThrow();
  }

  @Test
  void readsNothingFromANodeOfAnotherChainId() throws Exception {
    ChainReader reader = reader(store);
    anvil.mine(20);
    reader.look();
    List<String> before = rows(database);
    try (Anvil other = Anvil.start(AnvilOptions.USUAL.withChainId(161_201))) {
      other.mine(60);
      ChainClient wrong =
          new Endpoints(
              book.chainId(),
              List.of(
                  new HttpService(new RpcEndpoint("other", other.uri()), RpcLimits.USUAL, threads)),
              EndpointSettings.USUAL,
              System::nanoTime,
              Clock.systemUTC());
      ChainReader misled =
          new ChainReader(
              wrong,
              store,
              ReaderSettings.of(book),
              "node",
              List.of(new NotedEvents()),
              threads,
              Clock.systemUTC());
      assertThatThrownBy(misled::look).isInstanceOf(OpenLedgerException.class);
      assertThat(misled.status().told()).contains("WRONG_CHAIN");
      try (TestDatabase fresh = TestDatabase.h2()) {
        ChainReader first =
            new ChainReader(
                wrong, open(fresh), ReaderSettings.of(book), "node", threads, Clock.systemUTC());
        assertThatThrownBy(first::look).isInstanceOf(OpenLedgerException.class);
        assertThat(fresh.number("SELECT COUNT(*) FROM ol_chain_readers")).isZero();
      }
    }
    assertThat(rows(database)).isEqualTo(before);
    reader.look();
    assertThat(reader.status().caughtUp()).isTrue();
  }

  @Test
  void stopsBeforeAnotherChainUnderTheSameAddresses() throws Exception {
    ChainReader reader = reader(store);
    anvil.mine(20);
    reader.look();
    List<String> before = rows(database);
    try (Anvil other = Anvil.start()) {
      other.mine(60);
      ChainClient forged = DeployedChain.client(other, threads);
      ChainReader misled =
          new ChainReader(
              forged,
              store,
              ReaderSettings.of(book),
              "node",
              List.of(new NotedEvents()),
              threads,
              Clock.systemUTC());
      assertThatThrownBy(misled::look)
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_DISPUTED));
    }
    assertThat(rows(database)).isEqualTo(before).isNotEmpty();
  }
}
