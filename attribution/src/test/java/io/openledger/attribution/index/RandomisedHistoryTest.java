package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.SpanIndex.Erasure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Long random histories with everything that may happen to an index, against the plain twin:
 * changes of all kinds, merges now or later, readers that stay, full disks, processes that die at
 * any write, texts that repeat themselves. {@code -Dopenledger.seed=} and {@code
 * -Dopenledger.steps=} choose others and more.
 */
class RandomisedHistoryTest {

  private static final Hash256 TOKENIZER = Hash256.sha256("history");
  private static final int EPISODE = 250;
  private static final int ENOUGH_TOKENS = 2500;

  @TempDir Path directory;

  @Test
  void answersLikeTheTwinWhateverHappens() throws IOException {
    long seed = Long.getLong("openledger.seed", 20261125);
    int steps = Integer.getInteger("openledger.steps", 5000);
    System.out.println("seed " + seed + ", " + steps + " steps (-Dopenledger.seed=, .steps=)");
    Random seeds = new Random(seed);
    TreeMap<String, Integer> happened = new TreeMap<>();
    for (int done = 0; done < steps; done += EPISODE) {
      long episode = seeds.nextLong();
      Path where = directory.resolve("" + done);
      try (Episode history = new Episode(where, episode, happened)) {
        for (int step = 0; step < Math.min(EPISODE, steps - done); step++) {
          try {
            history.step();
          } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(
                "seed " + seed + ", step " + (done + step) + ": " + history.last, e);
          }
        }
      }
      delete(where);
    }
    System.out.println("what happened: " + happened);
    if (steps >= 5000) {
      assertThat(happened)
          .containsKeys(
              "append",
              "refused",
              "retract",
              "supersede",
              "erase",
              "purge",
              "merge",
              "reopen",
              "died",
              "died acknowledged",
              "died after",
              "died before",
              "full disk",
              "view");
    }
  }

  private static void delete(Path where) throws IOException {
    try (var files = Files.list(where)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  /** A change of both. */
  private interface Change {
    void of(SegmentedSpanIndex index, BruteForceIndex twin);
  }

  /** A view and what it must go on answering. */
  private record Reader(SpanView view, TreeMap<Long, int[]> active) {}

  /** One index from its making on. */
  private static final class Episode implements AutoCloseable {
    private final Path where;
    private final Random random;
    private final Map<String, Integer> happened;
    private final int alphabet;
    private final int vocabulary;
    private final int offset;
    private final int largest;
    private final boolean later;
    private final long retractedHeap;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final BruteForceIndex twin = new BruteForceIndex();
    private final List<Reader> readers = new ArrayList<>();
    // what a change that failed after its commit reached the disk has left there
    private @Nullable TreeMap<Long, int[]> onDisk;
    private byte[] manifest = {};
    private boolean faults;
    private FaultyFiles files;
    private SegmentedSpanIndex index;
    private long next = 1;
    private String last = "";

    Episode(Path where, long seed, Map<String, Integer> happened) {
      this.where = where;
      this.random = new Random(seed);
      this.happened = happened;
      this.alphabet = 1 + random.nextInt(random.nextBoolean() ? 3 : 30);
      // beyond 65535 the tokens take 32 bits
      this.vocabulary = random.nextInt(4) == 0 ? 70_000 : alphabet;
      this.offset = vocabulary - alphabet;
      this.largest = 1024 << random.nextInt(4);
      this.later = random.nextBoolean();
      // so little that retracted text lies in files all the time, or so much that it never does
      this.retractedHeap = random.nextBoolean() ? random.nextInt(300) : RetractedFiles.MOST;
      open(null);
    }

    private void open(@Nullable TreeMap<Long, int[]> surfaced) {
      files = new FaultyFiles(where).unforced();
      tasks.clear();
      Executor merger = later ? tasks::add : Runnable::run;
      index =
          SegmentedSpanIndex.open(
              files,
              TOKENIZER,
              vocabulary,
              new MergePolicy(largest),
              retractedHeap,
              merger,
              // the setting may change from one opening to the next
              random.nextBoolean() ? IndexForm.FAST : IndexForm.COMPACT);
      faults = false;
      if (surfaced != null && !same(twin.active) && same(surfaced)) {
        count("failed and yet on disk");
        twin.active.clear();
        twin.active.putAll(surfaced);
      }
    }

    /** What a failed change has left on disk, unless a later commit has replaced it. */
    private @Nullable TreeMap<Long, int[]> surfacing() {
      TreeMap<Long, int[]> other = onDisk;
      onDisk = null;
      return other != null && Arrays.equals(manifest, manifest()) ? other : null;
    }

    private byte[] manifest() {
      try {
        return Files.readAllBytes(where.resolve(Manifest.FILE));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private boolean same(TreeMap<Long, int[]> active) {
      return Arrays.equals(index.documents(), active.keySet().stream().mapToLong(s -> s).toArray());
    }

    private void count(String what) {
      happened.merge(what, 1, Integer::sum);
    }

    void step() {
      int what = random.nextInt(100);
      if (what < 70) {
        Change change = change();
        int fault = random.nextInt(10);
        if (fault == 0) {
          dies(change);
        } else if (fault == 1) {
          fails(change);
        } else {
          change.of(index, twin);
        }
      } else if (what < 76) {
        last = "reopen";
        count(last);
        letReadersGo();
        index.close();
        open(surfacing());
      } else if (what < 84 && !tasks.isEmpty()) {
        last = "merge in the background";
        count(last);
        tasks.remove().run();
      } else if (what < 92) {
        last = "view";
        count(last);
        readers.add(new Reader(index.view(), new TreeMap<>(twin.active)));
      } else {
        letReadersGo();
      }
      compare();
    }

    private void letReadersGo() {
      readers.forEach(reader -> reader.view().close());
      readers.clear();
    }

    private Change change() {
      int what = random.nextInt(twin.totalTokens() > ENOUGH_TOKENS ? 18 : 20);
      int first = twin.totalTokens() > ENOUGH_TOKENS ? 0 : 8;
      if (what < first || (what >= 8 && what < 11)) {
        return retract(sequence());
      } else if (what < 15) {
        return append();
      } else if (what == 15) {
        return supersede(sequence(), new Document(next++, text()));
      } else if (what == 16) {
        return erase(LongStream.generate(this::sequence).limit(1 + random.nextInt(3)).toArray());
      } else if (what == 17) {
        return (index, twin) -> {
          last = "purge";
          count(last);
          var purge = index.purge();
          assertThat(index.state().retracted()).isZero();
          assertThat(purge.held().isEmpty() || faults || !readers.isEmpty()).isTrue();
        };
      } else if (what == 18) {
        return (index, twin) -> {
          last = "merge";
          count(last);
          index.merge();
        };
      }
      return refused();
    }

    private Change append() {
      List<Document> documents = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        documents.add(0, new Document(next++, text()));
      }
      return (index, twin) -> {
        last = "append " + documents.size();
        count("append");
        index.append(documents);
        twin.append(documents);
      };
    }

    private Change refused() {
      Document good = new Document(next++, text());
      Document bad =
          switch (random.nextInt(3)) {
            case 0 -> new Document(next++, new int[0]);
            case 1 -> new Document(next++, new int[] {vocabulary});
            default -> good;
          };
      return (index, twin) -> {
        last = "refused";
        count(last);
        assertThatThrownBy(() -> index.append(List.of(good, bad)))
            .isInstanceOfSatisfying(
                OpenLedgerException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
      };
    }

    private Change retract(long sequence) {
      return (index, twin) -> {
        last = "retract " + sequence;
        count("retract");
        boolean there = index.retract(sequence);
        assertThat(there).isEqualTo(twin.retract(sequence));
      };
    }

    private Change supersede(long old, Document replacement) {
      return (index, twin) -> {
        last = "supersede " + old;
        count("supersede");
        boolean there = index.supersede(old, replacement);
        assertThat(there).isEqualTo(twin.retract(old));
        if (there) {
          twin.append(List.of(replacement));
        }
      };
    }

    private Change erase(long... sequences) {
      return (index, twin) -> {
        last = "erase " + Arrays.toString(sequences);
        count("erase");
        Erasure erasure = index.erase(sequences);
        List<Long> there =
            LongStream.of(sequences).filter(twin.active::containsKey).boxed().toList();
        assertThat(erasure.erased()).containsAll(there);
        there.forEach(twin::retract);
        if (readers.isEmpty() && !faults) {
          assertThat(erasure.purge().held()).isEmpty();
          assertThat(erasure.found()).isEmpty();
        }
      };
    }

    /** The process dies at a write of the change, or right after it. */
    private void dies(Change change) {
      letReadersGo();
      TreeMap<Long, int[]> before = new TreeMap<>(twin.active);
      BruteForceIndex after = new BruteForceIndex();
      after.active.putAll(before);
      files.fail(random.nextInt(random.nextInt(4) == 0 ? 25 : 8), true, random.nextBoolean());
      boolean acknowledged = true;
      faults = true;
      try {
        change.of(index, after);
      } catch (OpenLedgerException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INDEX_IO);
        acknowledged = false;
      }
      index.close();
      TreeMap<Long, int[]> other = surfacing();
      open(null);
      last += ", died" + (acknowledged ? "" : " not acknowledged");
      count("died");
      if (other != null && same(other) && !same(before) && !same(after.active)) {
        // the change that died committed nothing, so what failed before it shows
        count("failed and yet on disk");
        twin.active.clear();
        twin.active.putAll(other);
      } else if (acknowledged) {
        count("died acknowledged");
        twin.active.clear();
        twin.active.putAll(after.active);
      } else if (!same(before)) {
        // whole: as the change leaves a twin, had it been acknowledged
        Optional<TreeMap<Long, int[]>> whole = whole(change, before);
        assertThat(whole).as("neither before nor after").isPresent();
        count("died after");
        twin.active.clear();
        twin.active.putAll(whole.orElseThrow());
      } else {
        count("died before");
      }
    }

    /** A disk that is full for one write: nothing that was acknowledged is lost, all goes on. */
    private void fails(Change change) {
      byte[] manifestBefore = manifest();
      TreeMap<Long, int[]> before = new TreeMap<>(twin.active);
      files.fail(random.nextInt(8), false, random.nextBoolean());
      faults = true;
      try {
        change.of(index, twin);
      } catch (OpenLedgerException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INDEX_IO);
        count("full disk");
        twin.active.clear();
        twin.active.putAll(before);
        if (!same(before)) {
          // an erasure that has retracted
          twin.active.clear();
          twin.active.putAll(whole(change, before).orElseThrow());
        } else if (!Arrays.equals(manifestBefore, manifest())) {
          onDisk = plain(change, before);
          manifest = manifest();
        }
      }
      files.fail(Integer.MAX_VALUE, false, false);
      last += ", full disk";
    }

    private Optional<TreeMap<Long, int[]>> whole(Change change, TreeMap<Long, int[]> before) {
      return Optional.of(plain(change, before)).filter(this::same);
    }

    /** What the change makes of a state, by an index of its own that no fault befalls. */
    private TreeMap<Long, int[]> plain(Change change, TreeMap<Long, int[]> before) {
      BruteForceIndex after = new BruteForceIndex();
      after.active.putAll(before);
      List<Reader> open = new ArrayList<>(readers);
      readers.clear();
      Path other = where.resolveSibling(where.getFileName() + "-other");
      try (SegmentedSpanIndex plain =
          SegmentedSpanIndex.open(
              new FaultyFiles(other).unforced(), TOKENIZER, vocabulary, new MergePolicy(largest))) {
        before.forEach((sequence, tokens) -> plain.append(List.of(new Document(sequence, tokens))));
        String was = last;
        boolean were = faults;
        faults = true;
        change.of(plain, after);
        faults = were;
        last = was;
      } finally {
        readers.addAll(open);
        try {
          delete(other);
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
      return after.active;
    }

    private void compare() {
      RandomisedIndexTest.requireSame(index, twin, random, alphabet, offset);
      if (!readers.isEmpty()) {
        Reader reader = readers.get(random.nextInt(readers.size()));
        BruteForceIndex then = new BruteForceIndex();
        then.active.putAll(reader.active());
        int[] query = random.ints(12, 0, alphabet).map(t -> t + offset).toArray();
        assertThat(reader.view().longestMatches(query)).containsExactly(then.longestMatches(query));
        assertThat(reader.view().documents())
            .containsExactly(then.active.keySet().stream().mapToLong(s -> s).toArray());
        int end = 1 + random.nextInt(query.length);
        assertThat(reader.view().longestEnding(query, end))
            .isEqualTo(longestEnding(then, query, end));
      }
    }

    private static int longestEnding(BruteForceIndex twin, int[] query, int end) {
      int length = 0;
      while (length < end && twin.locate(query, end - length - 1, end, 0).occurrences() > 0) {
        length++;
      }
      return length;
    }

    private long sequence() {
      if (random.nextInt(4) > 0 && !twin.active.isEmpty()) {
        List<Long> there = List.copyOf(twin.active.keySet());
        return there.get(random.nextInt(there.size()));
      }
      return 1 + random.nextInt((int) next);
    }

    private int[] text() {
      int length =
          random.nextInt(8) == 0 ? 1 : 1 + random.nextInt(random.nextInt(9) == 0 ? 900 : 60);
      int[] text =
          switch (random.nextInt(6)) {
            case 0 -> new int[length];
            case 1 -> fibonacci(length);
            case 2 -> periodic(length);
            default -> random.ints(length, 0, alphabet).toArray();
          };
      if (random.nextInt(3) == 0 && !twin.active.isEmpty()) {
        List<int[]> others = List.copyOf(twin.active.values());
        int[] other = others.get(random.nextInt(others.size()));
        int copied = Math.min(1 + random.nextInt(other.length), length);
        int from = random.nextInt(other.length - copied + 1);
        for (int i = 0; i < copied; i++) {
          text[i] = other[from + i] - offset;
        }
      }
      return Arrays.stream(text).map(t -> t + offset).toArray();
    }

    private int[] fibonacci(int length) {
      int[] text = new int[length];
      // the n-th letter of the infinite word, by the golden ratio
      double golden = (1 + Math.sqrt(5)) / 2;
      for (int i = 0; i < length; i++) {
        long letter = (long) Math.floor((i + 2) * golden) - (long) Math.floor((i + 1) * golden);
        text[i] = (int) Math.min(alphabet - 1, 2 - letter);
      }
      return text;
    }

    private int[] periodic(int length) {
      int[] period = random.ints(1 + random.nextInt(5), 0, alphabet).toArray();
      int[] text = new int[length];
      for (int i = 0; i < length; i++) {
        text[i] = period[i % period.length];
      }
      return text;
    }

    @Override
    public void close() {
      letReadersGo();
      index.close();
      tasks.clear();
    }
  }

  /** Ten megabytes of one word of five letters: counts are known without looking. */
  @Test
  void tenMegabytesOfOneWord() {
    int length = 2_000_000;
    int[] word = new int[length];
    try (SegmentedSpanIndex index =
        SegmentedSpanIndex.open(directory, TOKENIZER, 10, 1 << 22, Runnable::run)) {
      index.append(List.of(new Document(1, word), new Document(2, new int[] {0, 0, 0})));
      index.append(List.of(new Document(3, new int[] {1, 0, 0})));
      int[] query = new int[500];
      assertThat(index.locate(query, 0, 500, 5).occurrences()).isEqualTo(length - 499);
      assertThat(index.longestMatches(query)[0]).isEqualTo(500);
      assertThat(index.unigram(0)).isEqualTo(length + 5);
      assertThat(index.retract(1)).isTrue();
      assertThat(index.locate(query, 0, 500, 5).occurrences()).isZero();
      assertThat(index.longestMatches(query)[0]).isEqualTo(3);
      assertThat(index.locate(query, 0, 2, 5).occurrences()).isEqualTo(3);
      Erasure erasure = index.erase(1);
      assertThat(erasure.found()).isEmpty();
      assertThat(index.documents()).containsExactly(2, 3);
    }
  }
}
