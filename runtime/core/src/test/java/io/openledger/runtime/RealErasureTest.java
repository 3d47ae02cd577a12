package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.APP;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.datanet.ContributionId;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import io.openledger.runtime.support.WordTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Below the data directory nothing of an erased text is left, with the real suffix arrays. */
class RealErasureTest {

  private static final int STRETCH = 4;

  @TempDir Path data;

  private static int[] reversed(int[] tokens) {
    int[] reversed = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      reversed[tokens.length - 1 - i] = tokens[i];
    }
    return reversed;
  }

  private static byte[] bytes(int[] tokens, ByteOrder order) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * tokens.length).order(order);
    bytes.asIntBuffer().put(tokens);
    return bytes.array();
  }

  /**
   * Whether any file has the words, or four tokens in a row, as 32-bit numbers from 0 or 1 on, in
   * either direction and byte order.
   */
  private boolean onDisk(String text) {
    for (int i = 0; i < 1000; i++) {
      try {
        return looked(text);
      } catch (UncheckedIOException e) {
        requireReplaced(e.getCause());
      } catch (IOException e) {
        requireReplaced(e);
      }
    }
    throw new AssertionError("in vain: the files stand still");
  }

  /** A file that is replaced while it is read by what must be looked at as well: all over again. */
  private static void requireReplaced(IOException e) {
    if (!(e instanceof NoSuchFileException)) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean looked(String text) throws IOException {
    int[] tokens = new WordTokenizer("any").encode(text).tokens();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        // one character a byte, so that a search for characters is one for bytes
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (content.contains(text.substring(0, 12))) {
          return true;
        }
        for (int i = 0; i + STRETCH <= tokens.length; i++) {
          int[] stretch = Arrays.copyOfRange(tokens, i, i + STRETCH);
          for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            int[] fromOne = Arrays.stream(stretch).map(t -> t + 1).toArray();
            for (int[] way : new int[][] {stretch, reversed(stretch), fromOne, reversed(fromOne)}) {
              if (content.contains(new String(bytes(way, order), StandardCharsets.ISO_8859_1))) {
                return true;
              }
            }
          }
        }
      }
    }
    return false;
  }

  @Test
  void leavesNoFileThatHoldsTheText() throws Exception {
    Optional<AttributionEngine> engine = ServiceLoader.load(AttributionEngine.class).findFirst();
    Assumptions.assumeTrue(engine.isPresent(), "no AttributionEngine on the class path");
    try (TestDatabase database = TestDatabase.h2();
        TestServer server =
            TestServer.launch(
                database, data, engine.orElseThrow(), new ScriptedServing(), Map.of())) {
      TestServer.await("the model is loaded", () -> !server.server().models(APP).list().isEmpty());
      server.createClauses();
      String third = "a third clause says that notices are sent by post to the seat of the party";
      // in one segment, most of which stays: others the index rewrites by itself
      String rest =
          IntStream.range(0, 200).mapToObj(i -> "word" + i * 7919).collect(Collectors.joining(" "));
      database.inTransaction(
          () -> {
            for (String text : new String[] {StoreContract.ONE, StoreContract.TWO, third, rest}) {
              server.datanets().contribute(CLAUSES, draft("ann", text).build());
            }
          });
      assertThat(server.model().attribute(StoreContract.ONE).spans()).hasSize(1);
      server.datanets().retract(new ContributionId(CLAUSES, 1), "wrong");
      assertThat(server.model().attribute(StoreContract.ONE).spans()).isEmpty();
      assertThat(onDisk(StoreContract.ONE)).as("retracting leaves it").isTrue();
      assertThat(onDisk(StoreContract.TWO)).isTrue();

      server.datanets().erase(new ContributionId(CLAUSES, 1), "asked for");
      server.datanets().erase(new ContributionId(CLAUSES, 2), "asked for");
      TestServer.await(
          "both are gone", () -> !onDisk(StoreContract.ONE) && !onDisk(StoreContract.TWO));
      assertThat(onDisk(third)).isTrue();
      assertThat(server.model().attribute(third).spans()).hasSize(1);
      assertThat(server.model().attribute(StoreContract.TWO).spans()).isEmpty();
      assertThat(server.server().readiness())
          .filteredOn(c -> c.name().equals("index"))
          .allSatisfy(c -> assertThat(c.up()).isTrue());
    }
  }
}
