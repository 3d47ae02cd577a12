package io.openledger.attribution.index;

import io.openledger.api.spi.SpanIndex.Erasure;
import io.openledger.api.spi.SpanIndex.Purge;
import io.openledger.api.spi.SpanIndex.StoredFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@link io.openledger.api.spi.SpanIndex#erase}: retracts, purges, and looks whether it is so. */
final class Eraser {

  private static final int STRETCHES = 8192;

  private final Commits commits;
  private final Merger merger;

  Eraser(Commits commits, Merger merger) {
    this.commits = commits;
    this.merger = merger;
  }

  /** What was searched, and what was found in it. */
  private record Search(int stretches, List<StoredFile> searched, List<String> found) {}

  Erasure erase(long... sequences) {
    long[] rising = Arrays.stream(sequences).sorted().distinct().toArray();
    List<int[]> stretches = new ArrayList<>();
    Set<Long> erased = new TreeSet<>();
    try {
      retract(rising, erased, stretches);
      Purge purge =
          merger.purge(entry -> Arrays.stream(rising).anyMatch(s -> entry.dead().contains(s)));
      if (erased.isEmpty()) {
        return new Erasure(List.of(), purge, 0, List.of(), List.of());
      }
      Search search = search(stretches);
      if (!search.found().isEmpty()) {
        // retracted before and not erased, such as an earlier version of the same text
        Set<String> found = Set.copyOf(search.found());
        Predicate<Manifest.Entry> repeats =
            entry -> entry.dead().size() > 0 && found.contains(entry.file());
        purge = both(purge, merger.purge(repeats));
        search = search(stretches);
      }
      return new Erasure(
          List.copyOf(erased), purge, search.stretches(), search.searched(), search.found());
    } catch (IOException e) {
      throw IndexErrors.io(commits.files().directory(), "erasing", e);
    }
  }

  private void retract(long[] sequences, Set<Long> erased, List<int[]> stretches)
      throws IOException {
    synchronized (commits) {
      List<SegmentView> before = commits.current().segments();
      pick(before, sequences, erased, stretches);
      List<SegmentView> after = new ArrayList<>();
      for (SegmentView view : before) {
        SegmentView left = view;
        for (long sequence : sequences) {
          left = left.find(sequence) >= 0 ? left.without(sequence) : left;
        }
        after.add(left);
      }
      List<IndexOpener.Refused> missing = commits.covered(sequences);
      if (!after.equals(before) || !missing.equals(commits.refused())) {
        commits.commit(after, missing, null);
        merger.boundHeap();
      }
    }
  }

  /** Stretches of the documents, one document on the heap at a time. */
  private static void pick(
      List<SegmentView> views, long[] sequences, Set<Long> erased, List<int[]> stretches) {
    long tokens = 0;
    for (SegmentView view : views) {
      Segment segment = view.shared().segment();
      for (long sequence : sequences) {
        int document = segment.find(sequence);
        tokens += document < 0 ? 0 : segment.length(document);
      }
    }
    int step = (int) Math.max(StretchSearch.MOST, (tokens + STRETCHES - 1) / STRETCHES);
    for (SegmentView view : views) {
      Segment segment = view.shared().segment();
      for (long sequence : sequences) {
        int document = segment.find(sequence);
        if (document >= 0) {
          erased.add(sequence);
          pick(segment.tokens(document), step, stretches);
        }
      }
    }
  }

  private static void pick(int[] tokens, int step, List<int[]> stretches) {
    int length = Math.min(StretchSearch.MOST, tokens.length);
    if (length < StretchSearch.LEAST) {
      return;
    }
    for (int start = 0; start <= tokens.length - length; start += step) {
      stretches.add(Arrays.copyOfRange(tokens, start, start + length));
    }
  }

  /** In every file of the directory; nobody merges meanwhile. */
  private Search search(List<int[]> stretches) throws IOException {
    return merger.alone(
        () -> {
          StretchSearch search = new StretchSearch(commits.vocabulary());
          List<StoredFile> searched = new ArrayList<>();
          Set<String> found = new TreeSet<>();
          List<Path> files;
          int count = 0;
          try (SpanView view = commits.view()) {
            files = files();
            for (int[] stretch : stretches) {
              int[] reversed = reversed(stretch);
              if (!stands(stretch, view)) {
                count++;
                // segments hold documents reversed
                search.add(reversed);
                found.addAll(encoded(stretch));
                if (!stands(reversed, view)) {
                  search.add(stretch);
                }
              }
            }
          }
          for (Path file : files) {
            String name = file.getFileName().toString();
            try {
              StretchSearch.Result result = search.in(file);
              searched.add(new StoredFile(name, result.digest()));
              if (result.found()) {
                found.add(name);
              }
            } catch (NoSuchFileException e) {
              // the last reader of a replaced segment is done: gone is what is asked for
              continue;
            }
          }
          return new Search(count, searched, List.copyOf(found));
        });
  }

  private static boolean stands(int[] stretch, SpanView view) {
    return view.locate(stretch, 0, stretch.length, 0).occurrences() > 0;
  }

  private static int[] reversed(int[] stretch) {
    int[] reversed = new int[stretch.length];
    for (int i = 0; i < stretch.length; i++) {
      reversed[stretch.length - 1 - i] = stretch[i];
    }
    return reversed;
  }

  /** Segments that hold a stretch in a form in which no bytes are tokens; they stay while alone. */
  private List<String> encoded(int[] stretch) {
    return commits.current().segments().stream()
        .filter(view -> !(view.shared().segment() instanceof FastSegment))
        .filter(view -> view.shared().segment().count(stretch, 0, stretch.length) > 0)
        .map(view -> view.entry().file())
        .toList();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(commits.files().directory())) {
      return all.filter(Files::isRegularFile).sorted().collect(Collectors.toList());
    }
  }

  private static Purge both(Purge first, Purge second) {
    List<StoredFile> removed = new ArrayList<>(first.removed());
    List<StoredFile> written = new ArrayList<>(first.written());
    removed.addAll(second.removed());
    written.addAll(second.written());
    // what the first wrote and the second replaced is neither
    List<StoredFile> passing = new ArrayList<>(written);
    passing.retainAll(removed);
    written.removeAll(passing);
    removed.removeAll(passing);
    List<String> held = new ArrayList<>(first.held());
    second.held().stream().filter(name -> !held.contains(name)).forEach(held::add);
    return new Purge(removed, written, held);
  }
}
