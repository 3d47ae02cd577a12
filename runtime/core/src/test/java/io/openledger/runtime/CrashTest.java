package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.CLAUSES;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.reward.Epoch;
import io.openledger.runtime.support.CrashingServer;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that is killed (SIGKILL) in the middle of a contribution, an answer or an epoch: what
 * it acknowledged is there after a restart, what it did not is not, index and ledger agree with
 * that.
 */
class CrashTest {

  @TempDir Path directory;

  /** Runs until it stands still, kills it, and says how many things it had acknowledged. */
  private int killedWhile(String what, String statement) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                // it lives for a second or two
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingServer.class.getName(),
                directory.toString(),
                what,
                statement)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int acknowledged = 0;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("ACKNOWLEDGED ")) {
          acknowledged = Integer.parseInt(line.substring("ACKNOWLEDGED ".length()));
        }
        assertThat(line).as("it must reach the statement").isNotEqualTo("FINISHED");
        if (line.equals("STANDING")) {
          process.destroyForcibly();
          assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
          return acknowledged;
        }
      }
    } finally {
      process.destroyForcibly();
    }
    throw new AssertionError("the process ended by itself with " + process.waitFor());
  }

  private interface Claims {
    void check(TestServer server, TestDatabase database) throws Exception;
  }

  private void afterRestart(Claims claims) throws Exception {
    try (TestDatabase database = TestDatabase.h2(directory.resolve("store"));
        TestServer server =
            TestServer.start(
                database,
                directory.resolve("data"),
                new PlainAttribution(),
                new ScriptedServing(),
                Map.of())) {
      claims.check(server, database);
      assertThat(server.ledgerSum()).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3:INSERT INTO ol_contributions, 2",
    "2:INSERT INTO ol_shares, 1",
    "2:UPDATE ol_datanets SET version, 1",
    "1:INSERT INTO ol_changes, 0"
  })
  void killedInAContribution(String statement, int expected) throws Exception {
    int acknowledged = killedWhile("contribute", statement);
    assertThat(acknowledged).isEqualTo(expected);
    afterRestart(
        (server, database) -> {
          assertThat(server.datanets().snapshot(CLAUSES).accepted()).isEqualTo(acknowledged);
          assertThat(database.number("SELECT COUNT(*) FROM ol_shares")).isEqualTo(acknowledged);
          for (int n = 1; n <= 3; n++) {
            assertThat(server.model().attribute(CrashingServer.text(n)).spans())
                .hasSize(n <= acknowledged ? 1 : 0);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "2:INSERT INTO ol_receipts, 1",
    "3:INSERT INTO ol_entries, 2",
    "1:INSERT INTO ol_unsealed, 0"
  })
  void killedInAnAnswer(String statement, int expected) throws Exception {
    int acknowledged = killedWhile("answer", statement);
    assertThat(acknowledged).isEqualTo(expected);
    afterRestart(
        (server, database) -> {
          assertThat(database.number("SELECT COUNT(*) FROM ol_receipts")).isEqualTo(acknowledged);
          assertThat(database.number("SELECT COUNT(DISTINCT transaction_id) FROM ol_entries"))
              .isEqualTo(acknowledged);
          TestServer.await(
              "what was acknowledged is linked",
              () -> database.number("SELECT COUNT(*) FROM ol_links") == acknowledged);
        });
  }

  @ParameterizedTest
  @CsvSource({
    "1:INSERT INTO ol_adapters, 0",
    "2:INSERT INTO ol_adapters, 1",
    "3:DELETE FROM ol_adapters, 2"
  })
  void killedInAChangeOfAnAdapter(String statement, int expected) throws Exception {
    int acknowledged = killedWhile("adapter", statement);
    assertThat(acknowledged).isEqualTo(expected);
    afterRestart(
        (server, database) -> {
          List<AdapterAdministration.Adapter> all =
              server.server().adapters(CrashingServer.BUILDER).list();
          assertThat(all).hasSize(acknowledged == 0 ? 0 : 1);
          all.forEach(a -> assertThat(a.residency().version()).isEqualTo(acknowledged));
          try (Stream<Path> files = Files.walk(directory.resolve("data/uploaded-adapters"))) {
            assertThat(files.filter(f -> f.getFileName().toString().startsWith("adapter_")))
                .as("the files of the version, and of no other")
                .hasSize(2 * all.size());
          }
        });
  }

  @Test
  void killedWhileReceiptsAreLinkedLeavesNoGap() throws Exception {
    killedWhile("answer", "2:INSERT INTO ol_links");
    afterRestart(
        (server, database) -> {
          long receipts = database.number("SELECT COUNT(*) FROM ol_receipts");
          TestServer.await(
              "all are linked", () -> database.number("SELECT COUNT(*) FROM ol_links") == receipts);
          assertThat(database.number("SELECT MAX(link_number) FROM ol_links")).isEqualTo(receipts);
        });
  }

  @ParameterizedTest
  @CsvSource({"2:INSERT INTO ol_epochs, 1", "2:INSERT INTO ol_epoch_leaves, 1"})
  void killedInAnEpoch(String statement, int expected) throws Exception {
    int acknowledged = killedWhile("epoch", statement);
    assertThat(acknowledged).isEqualTo(expected);
    afterRestart(
        (server, database) -> {
          assertThat(server.ledger().epochs(10)).hasSize(acknowledged);
          assertThat(database.number("SELECT COUNT(DISTINCT epoch) FROM ol_epoch_leaves"))
              .isEqualTo(acknowledged);
          Epoch next = server.ledger().closeEpoch();
          assertThat(next.number()).isEqualTo(acknowledged + 1);
        });
  }
}
