package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import io.openledger.runtime.OpenLedgerServer.Check;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An erasure that has committed reaches the index's files, whatever comes between. */
class ErasureTest {

  private static final ContributionId FIRST = new ContributionId(CLAUSES, 1);

  @TempDir Path data;
  private final PlainAttribution attribution = new PlainAttribution();
  private final Queue<Long> erased = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicBoolean broken = new AtomicBoolean();
  private TestDatabase database;
  private TestServer server;

  @BeforeEach
  void open() {
    database = TestDatabase.h2();
    attribution.onErase(
        sequences -> {
          if (broken.get()) {
            failed.incrementAndGet();
            throw new OpenLedgerException(ErrorCode.INDEX_IO, "a full disk", "room", "make some");
          }
          Arrays.stream(sequences).forEach(erased::add);
          return List.of();
        });
    start();
    server.createClauses();
    server.datanets().contribute(CLAUSES, draft("ann", StoreContract.ONE).build());
    server.datanets().contribute(CLAUSES, draft("bob", StoreContract.TWO).build());
    assertThat(server.model().attribute(StoreContract.ONE).spans()).hasSize(1);
  }

  private void start() {
    server = TestServer.start(database, data, attribution, new ScriptedServing(), Map.of());
  }

  @AfterEach
  void close() {
    server.close();
    database.close();
  }

  private Check index() {
    return server.server().readiness().stream()
        .filter(c -> c.name().equals("index"))
        .findFirst()
        .orElseThrow();
  }

  private void awaitErased() {
    TestServer.await("the index was asked to erase", () -> erased.contains(1L));
    TestServer.await("nothing is left to do", () -> index().detail().equals("1 datanets indexed"));
    assertThat(erased).doesNotContain(2L);
    assertThat(server.model().attribute(StoreContract.ONE).spans()).isEmpty();
    assertThat(server.model().attribute(StoreContract.TWO).spans()).hasSize(1);
  }

  @Test
  void followsTheCommitWithoutBeingAsked() {
    server.datanets().erase(FIRST, "asked for");
    awaitErased();
  }

  @Test
  void followsTheCommitOfWhatWasRetractedLongBefore() {
    server.datanets().retract(FIRST, "wrong");
    assertThat(server.model().attribute(StoreContract.ONE).spans()).isEmpty();
    assertThat(erased).isEmpty();
    server.datanets().erase(FIRST, "asked for");
    awaitErased();
  }

  @Test
  void isTriedAgainUntilItSucceedsAndToldUntilThen() {
    broken.set(true);
    server.datanets().erase(FIRST, "asked for");
    TestServer.await("the trouble is told", () -> !index().up());
    assertThat(index().detail()).contains("clauses", "erased text", "a full disk");
    assertThat(server.model().attribute(StoreContract.ONE).spans())
        .as("not found from the commit on")
        .isEmpty();
    TestServer.await("it is tried again", () -> failed.get() >= 2);
    assertThat(erased).isEmpty();
    broken.set(false);
    awaitErased();
  }

  @Test
  void isDoneByTheNextStartWhenTheServerEndedBetweenCommitAndIndex() {
    broken.set(true);
    server.datanets().retract(FIRST, "wrong");
    server.datanets().erase(FIRST, "asked for");
    TestServer.await("it was tried", () -> failed.get() >= 1);
    server.close();
    broken.set(false);
    assertThat(erased).isEmpty();
    start();
    awaitErased();
  }

  @Test
  void waitsForReadersAndTheServerStaysReady() {
    AtomicBoolean held = new AtomicBoolean(true);
    attribution.onErase(
        sequences -> {
          Arrays.stream(sequences).forEach(erased::add);
          return held.get() ? List.of("segment-1") : List.of();
        });
    server.datanets().erase(FIRST, "asked for");
    TestServer.await("it is told", () -> index().detail().contains("segment-1"));
    assertThat(index().up()).isTrue();
    held.set(false);
    awaitErased();
    assertThat(erased.size()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void questionsAndContributionsGoOnMeanwhile() throws Exception {
    CountDownLatch erasing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    attribution.onErase(
        sequences -> {
          erasing.countDown();
          try {
            assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          Arrays.stream(sequences).forEach(erased::add);
          return List.of();
        });
    server.datanets().erase(FIRST, "asked for");
    assertThat(erasing.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(server.model().attribute(StoreContract.TWO).spans()).hasSize(1);
    String third = "words that nobody said before in any clause of this house";
    server.datanets().contribute(CLAUSES, draft("eve", third).build());
    assertThat(server.model().attribute(third).spans()).hasSize(1);
    server.datanets().erase(new ContributionId(CLAUSES, 3), "asked for as well");
    assertThat(server.model().attribute(third).spans()).isEmpty();
    assertThat(erased).isEmpty();
    goOn.countDown();
    TestServer.await("the one that came meanwhile is erased too", () -> erased.contains(3L));
    awaitErased();
  }
}
