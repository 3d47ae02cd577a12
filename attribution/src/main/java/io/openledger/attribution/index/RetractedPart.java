package io.openledger.attribution.index;

import io.openledger.api.OpenLedgerException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The retracted documents of a segment, sorted: immutable arrays on the heap, each less than half
 * of the one before, and arrays in mapped files that {@link RetractedFiles} has made of larger
 * ones. One more retraction sorts its own document and arrays of about its size, never those beyond
 * {@link #INLINE} tokens; a document beyond it is sorted when first asked about. At most log₂ of
 * {@link #INLINE} small arrays, and as each file has more than twice the tokens of the next, at
 * most log₂ of the segment's tokens files; each costs a query one binary search. Safe for any
 * thread while its files are held.
 */
final class RetractedPart {

  /** Arrays of more tokens are not sorted again: sorting so many takes a few milliseconds. */
  static final long INLINE = 1 << 14;

  /** Tokens that one reader may exclude from a segment: sorting so many takes about a second. */
  static final long LARGEST_EXCLUDED = 1 << 22;

  /**
   * What the documents are by their number.
   *
   * @param tokens of a document
   * @param length how many those are
   * @param vocabulary one more than the largest token
   */
  record Texts(IntFunction<int[]> tokens, IntUnaryOperator length, int vocabulary) {
    Texts(Segment segment, int vocabulary) {
      this(segment::tokens, segment::length, vocabulary);
    }

    private Sorted on(int... documents) {
      return new Sorted(this, documents, Long.MAX_VALUE, null, null);
    }
  }

  /** Documents that are sorted together: on the heap, at the latest when asked, or in a file. */
  static final class Sorted {
    private final Texts texts;
    private final int[] documents;
    private final long tokens;
    private final long most;
    private final @Nullable SharedSegment file;
    private volatile @Nullable SuffixArray suffixes;

    private Sorted(
        Texts texts,
        int[] documents,
        long most,
        @Nullable SharedSegment file,
        @Nullable SuffixArray suffixes) {
      this.texts = texts;
      this.documents = documents;
      this.most = most;
      this.tokens = Arrays.stream(documents).mapToLong(d -> texts.length().applyAsInt(d)).sum();
      this.file = file;
      this.suffixes = suffixes;
    }

    int[] documents() {
      return documents;
    }

    long tokens() {
      return tokens;
    }

    /** The file, where it is not on the heap. */
    Optional<SharedSegment> file() {
      return Optional.ofNullable(file);
    }

    private SuffixArray suffixes() {
      SuffixArray made = suffixes;
      if (made == null) {
        if (tokens > most) {
          throw OpenLedgerException.invalid(
              "what is excluded from a question",
              tokens + " tokens in one segment",
              "at most " + most + "; ask for documents instead of counts, or of them all");
        }
        synchronized (this) {
          made = suffixes;
          if (made == null) {
            made =
                HeapSuffixArray.of(
                    Arrays.stream(documents).mapToObj(texts.tokens()).toList(), texts.vocabulary());
            suffixes = made;
          }
        }
      }
      return made;
    }
  }

  private final Texts texts;
  // by size, falling
  private final List<Sorted> files;
  private final List<Sorted> heap;

  private RetractedPart(Texts texts, List<Sorted> files, List<Sorted> heap) {
    this.texts = texts;
    this.files = List.copyOf(files);
    this.heap = List.copyOf(heap);
  }

  /** All in one array, sorted when first asked about. */
  static RetractedPart of(Texts texts, int... documents) {
    return new RetractedPart(
        texts, List.of(), documents.length == 0 ? List.of() : List.of(texts.on(documents)));
  }

  /**
   * One document more, sorted together with the arrays of at most twice its size and so on: fewer
   * than three times {@link #INLINE} tokens, most often only a few more than its own.
   */
  RetractedPart with(int document) {
    List<Sorted> after = new ArrayList<>(heap);
    int[] documents = {document};
    long size = texts.length().applyAsInt(document);
    while (!after.isEmpty()) {
      Sorted last = after.get(after.size() - 1);
      // twice: so that sizes halve from array to array and not only fall
      if (last.tokens() > Math.min(2 * size, INLINE)) {
        break;
      }
      int[] there = last.documents();
      int[] both = Arrays.copyOf(there, there.length + documents.length);
      System.arraycopy(documents, 0, both, there.length, documents.length);
      documents = both;
      size += last.tokens();
      after.remove(after.size() - 1);
    }
    Sorted more = texts.on(documents);
    if (size <= 3 * INLINE) {
      more.suffixes();
    }
    after.add(more);
    return new RetractedPart(texts, files, after);
  }

  /** Tokens of the arrays on the heap, at 8 bytes each once they are sorted. */
  long heapTokens() {
    return heap.stream().mapToLong(Sorted::tokens).sum();
  }

  /** What belongs into one file together: empty while no array on the heap is beyond inline. */
  List<Sorted> settled() {
    return withSmallerFiles(heap.stream().filter(array -> array.tokens() > INLINE).toList());
  }

  /** As {@link #settled}, whatever the size. */
  List<Sorted> all() {
    return withSmallerFiles(heap);
  }

  private List<Sorted> withSmallerFiles(List<Sorted> chosen) {
    if (chosen.isEmpty()) {
      return chosen;
    }
    List<Sorted> together = new ArrayList<>(chosen);
    long size = chosen.stream().mapToLong(Sorted::tokens).sum();
    for (int i = files.size() - 1; i >= 0 && files.get(i).tokens() <= 2 * size; i--) {
      together.add(files.get(i));
      size += files.get(i).tokens();
    }
    return together;
  }

  /**
   * With a file in place of some arrays; empty when not all of them are there any more.
   *
   * @param suffixes of exactly their documents
   */
  Optional<RetractedPart> inFile(List<Sorted> arrays, SharedSegment file, SuffixArray suffixes) {
    List<Sorted> newFiles = new ArrayList<>(files);
    List<Sorted> newHeap = new ArrayList<>(heap);
    for (Sorted array : arrays) {
      // by identity: an array is the same one or another
      if (!newFiles.remove(array) && !newHeap.remove(array)) {
        return Optional.empty();
      }
    }
    int[] documents =
        arrays.stream().flatMapToInt(a -> Arrays.stream(a.documents())).sorted().toArray();
    newFiles.add(new Sorted(texts, documents, Long.MAX_VALUE, file, suffixes));
    newFiles.sort(Comparator.comparingLong(Sorted::tokens).reversed());
    return Optional.of(new RetractedPart(texts, newFiles, newHeap));
  }

  /** The files that it reads. */
  List<SharedSegment> files() {
    return files.stream().flatMap(array -> array.file().stream()).toList();
  }

  /**
   * These and others, which are none of these, for one reader: those are sorted when they are asked
   * about, and refused then where they are more than {@link #LARGEST_EXCLUDED} tokens.
   */
  RetractedPart excluding(int... others) {
    List<Sorted> both = new ArrayList<>(heap);
    both.add(new Sorted(texts, others, LARGEST_EXCLUDED, null, null));
    return new RetractedPart(texts, files, both);
  }

  /** How many arrays a query searches. */
  int arrays() {
    return files.size() + heap.size();
  }

  long unigram(int token) {
    long sum = 0;
    for (Sorted array : files) {
      sum += array.suffixes().bucket(token).count();
    }
    for (Sorted array : heap) {
      sum += array.suffixes().bucket(token).count();
    }
    return sum;
  }

  long count(int[] query, int start, int end) {
    long sum = 0;
    for (Sorted array : files) {
      sum += array.suffixes().ranks(query, start, end).count();
    }
    for (Sorted array : heap) {
      sum += array.suffixes().ranks(query, start, end).count();
    }
    return sum;
  }

  /** The longest stretch that ends before {@code end} and that any of them holds. */
  int longestEnding(int[] query, int end, int most) {
    int longest = 0;
    for (Sorted array : files) {
      longest = Math.max(longest, array.suffixes().longestEnding(query, end, most));
    }
    for (Sorted array : heap) {
      longest = Math.max(longest, array.suffixes().longestEnding(query, end, most));
    }
    return longest;
  }

  /** Counts the tokens that follow a stretch, as {@link Segment#nextTokens} does. */
  void nextTokens(int[] query, int start, int end, int vocabulary, NextTokens into) {
    for (Sorted array : files) {
      array.suffixes().nextTokens(query, start, end, vocabulary, into);
    }
    for (Sorted array : heap) {
      array.suffixes().nextTokens(query, start, end, vocabulary, into);
    }
  }

  /** For each position of the query the longest prefix of the rest that any of them holds. */
  int[] longestMatches(int[] query) {
    int[] longest = new int[query.length];
    files.forEach(array -> longer(array.suffixes().longestMatches(query), longest));
    heap.forEach(array -> longer(array.suffixes().longestMatches(query), longest));
    return longest;
  }

  private static void longer(int[] here, int[] longest) {
    for (int i = 0; i < here.length; i++) {
      longest[i] = Math.max(longest[i], here[i]);
    }
  }
}
