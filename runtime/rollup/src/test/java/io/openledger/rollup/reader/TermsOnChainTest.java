package io.openledger.rollup.reader;

import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.model.Prompt;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.rollup.support.DeployedChain;
import io.openledger.runtime.config.OpenLedgerConfig;
import io.openledger.runtime.ledger.EpochSettings;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.ledger.Policies;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestClock;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * By which fee split the answers of an epoch are made, against what the contract itself says that
 * held when the epoch began.
 */
class TermsOnChainTest {

  private static final int EPOCHS = 12;
  private static final int CHANGE_DELAY = 3600;
  private static final String TEXT =
      IntStream.range(0, 12).mapToObj(i -> "word" + i).collect(Collectors.joining(" "));

  private static final byte[] EPOCH_LENGTH =
      Arrays.copyOf("epochLength".getBytes(StandardCharsets.US_ASCII), 32);

  @TempDir Path folder;
  private final TestClock clock = new TestClock();
  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
  private final List<Instant> effects = new ArrayList<>();
  private DeployedChain chain;
  private int changes;

  /** What was decided for an epoch. */
  private record Decided(long epoch, Instant start, FeeSplit split, Duration length) {}

  @Test
  void answersAreSharedByWhatTheContractSaysOfTheInstantAtWhichTheirEpochBegan() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (DeployedChain deployed = DeployedChain.start(folder, threads);
        TestDatabase database = TestDatabase.h2();
        TestServer server =
            TestServer.start(
                database, folder, new PlainAttribution(), new ScriptedServing(), Map.of())) {
      chain = deployed;
      Store store =
          new Store(
              database.pool(),
              new Transactions(database.transactions(), database.pool()),
              c -> {},
              Clock.systemUTC());
      store.prepare();
      Epochs epochs =
          new Epochs(
              store,
              ServiceLoader.load(Settlement.class).findFirst().orElseThrow(),
              clock,
              EpochSettings.each(Duration.ZERO),
              Runnable::run,
              folder.resolve("epochs"));
      Policies policies = new Policies(Map.of(OpenLedgerConfig.DEFAULT_POLICY, configured()));
      ReaderSettings settings = ReaderSettings.of(chain.book());
      policies.follow(new ChainHistory(store, settings), store, clock);
      epochs.listen(policies);
      ChainReader reader =
          new ChainReader(
              chain.client(), store, settings, "node", List.of(), threads, Clock.systemUTC());
      server.createClauses();
      server.datanets().contribute(CLAUSES, draft("ann", TEXT).build());
      governed();
      to(chain.anvil().now());
      reader.look();
      List<Decided> decided = new ArrayList<>();
      for (int i = 1; i <= EPOCHS; i++) {
        change(random);
        chain.anvil().advance(Duration.ofSeconds(1 + random.nextInt(2 * CHANGE_DELAY)));
        chain.anvil().mine(12);
        reader.look();
        to(start(random));
        server.model().complete(Prompt.text(TEXT));
        Epoch closed = epochs.close();
        assertThat(closed.number()).isEqualTo(i);
        // what is told later changes nothing
        change(random);
        chain.anvil().mine(12);
        reader.look();
        decided.add(
            new Decided(
                i + 1,
                closed.closedAt(),
                policies.require(Optional.empty()).feeSplit(),
                store.join("finding a length", policies::epochLength).orElseThrow()));
      }
      chain.anvil().advance(Duration.ofSeconds(2L * CHANGE_DELAY));
      for (Decided one : decided) {
        assertThat(one.split()).as("seed %d, %s", seed, one).isEqualTo(byTheContract(one.start()));
        assertThat(one.length())
            .as("seed %d, %s", seed, one)
            .isEqualTo(Duration.ofSeconds(lengthByTheContract(one.start())));
      }
      System.out.printf(
          "seed %d: %d changes, %d different splits, %d different lengths%n",
          seed,
          changes,
          decided.stream().map(Decided::split).distinct().count(),
          decided.stream().map(Decided::length).distinct().count());
      assertThat(changes).isPositive();
    } finally {
      threads.shutdownNow();
    }
  }

  private static Policy configured() {
    return new Policy(
        OpenLedgerConfig.DEFAULT_POLICY,
        1,
        Wei.of(7),
        Wei.ZERO,
        FeeSplit.standard(),
        SpanThresholds.standard(),
        9000);
  }

  private void to(Instant time) {
    clock.advance(Duration.between(clock.instant(), time));
  }

  /** Often a second before, at, or after a change takes effect; never before the last start. */
  private Instant start(Random random) {
    Instant now = chain.anvil().now();
    List<Instant> edges = new ArrayList<>(List.of(now));
    for (Instant effect : effects) {
      for (int second = -1; second <= 1; second++) {
        edges.add(effect.plusSeconds(second).plusMillis(second == 0 ? 0 : random.nextInt(999)));
      }
    }
    Instant limit = now.plusSeconds(CHANGE_DELAY / 2);
    List<Instant> possible =
        edges.stream().filter(e -> e.isAfter(clock.instant()) && e.isBefore(limit)).toList();
    return possible.isEmpty()
        ? clock.instant().plusSeconds(1)
        : possible.get(random.nextInt(possible.size()));
  }

  private Contract parameters() {
    return chain.book().contract(ContractName.PARAMETER_STORE);
  }

  private void governed() {
    ChainAddress timelock = chain.book().address(ContractName.TIMELOCK_CONTROLLER);
    chain.anvil().rpc("anvil_impersonateAccount", timelock.value());
    chain.anvil().setBalance(timelock, new Wei(BigInteger.TEN.pow(18)));
  }

  /** A change, if the contract takes one now. */
  private void change(Random random) {
    int stakers = 1000 + random.nextInt(2000);
    List<BigInteger> split =
        List.of(7000 - stakers, 1000, 500, 1000, 500, stakers).stream()
            .map(BigInteger::valueOf)
            .toList();
    if (sent(parameters().encode("setFeeSplit", (Object) split))) {
      changes++;
      effects.add(effect("lastFeeSplitChange"));
    }
    BigInteger length = BigInteger.valueOf(1 + random.nextInt(5000));
    if (sent(parameters().encode("setParameter", EPOCH_LENGTH, length))) {
      changes++;
      effects.add(effect("lastChange", (Object) EPOCH_LENGTH));
    }
  }

  private Instant effect(String function, Object... arguments) {
    return Instant.ofEpochSecond(
        parameters()
            .read(chain.client(), Finality.UNSAFE, function, arguments)
            .number("effectiveAt"));
  }

  /** Whether the contract takes a call of the timelock's. */
  private boolean sent(byte[] data) {
    String hash =
        chain
            .anvil()
            .rpc(
                "eth_sendTransaction",
                Map.of(
                    "from",
                    chain.book().address(ContractName.TIMELOCK_CONTROLLER).value(),
                    "to",
                    chain.book().address(ContractName.PARAMETER_STORE).value(),
                    "gas",
                    "0x100000",
                    "data",
                    "0x" + HexFormat.of().formatHex(data)))
            .asText();
    TestServer.await(
        "the change is in a block", () -> chain.client().receipt(Hash256.parse(hash)).isPresent());
    return chain.client().receipt(Hash256.parse(hash)).orElseThrow().succeeded();
  }

  private long lengthByTheContract(Instant time) {
    return parameters()
        .read(
            chain.client(),
            Finality.UNSAFE,
            "parameterAt",
            EPOCH_LENGTH,
            BigInteger.valueOf(time.getEpochSecond()))
        .number("0");
  }

  private FeeSplit byTheContract(Instant time) {
    List<?> parts =
        parameters()
            .read(
                chain.client(),
                Finality.UNSAFE,
                "feeSplitAt",
                BigInteger.valueOf(time.getEpochSecond()))
            .list("0");
    Map<FeeRole, Integer> split = new EnumMap<>(FeeRole.class);
    for (FeeRole role : FeeRole.values()) {
      split.put(role, ((BigInteger) parts.get(role.ordinal())).intValueExact());
    }
    return new FeeSplit(split);
  }
}
