package io.openledger.attribution.index;

import io.openledger.api.spi.IndexForm;
import java.util.BitSet;

/**
 * A segment of the compact form: a compressed suffix array without the text. Searching goes
 * backward in the reversed text, so it extends a match to the right by one token, which is two
 * counts in {@link Psi}; text and places are decoded by walking forward in it.
 *
 * <p>Inside, ranks are those of tokens; {@link Psi} and the samples also count the ends of
 * documents, which come first.
 */
final class CompactSegment implements Segment {

  /** How many occurrences are walked together. */
  private static final int WALKED = 4096;

  private final MappedBytes bytes;
  private final CompactHeader header;
  private final PackedInts sequences;
  private final PackedInts starts;
  private final PackedInts firstRanks;
  private final PackedInts ends;
  private final PackedInts tokens;
  private final PackedInts buckets;
  private final Psi psi;
  private final SampledPositions samples;
  private final DocumentLists lists;
  private final int documents;

  /**
   * Reads from a map, which it then owns.
   *
   * @throws CorruptFile when the codes are none
   */
  CompactSegment(MappedBytes bytes, CompactHeader header) throws CorruptFile {
    this.bytes = bytes;
    this.header = header;
    this.documents = header.documents();
    int place = header.placeBits();
    sequences = new PackedInts(bytes, header.sequencesAt(), header.excessBits());
    starts = new PackedInts(bytes, header.startsAt(), place);
    firstRanks = new PackedInts(bytes, header.firstRanksAt(), place);
    ends = new PackedInts(bytes, header.endsAt(), header.documentBits());
    tokens = new PackedInts(bytes, header.tokensAt(), header.tokenBits());
    buckets = new PackedInts(bytes, header.bucketsAt(), place);
    psi =
        new Psi(
            bytes,
            GapCode.read(new PackedInts(bytes, header.lengthsAt(), GapCode.LENGTH_BITS)),
            new PackedInts(bytes, header.blocksAt(), place + header.offsetBits()),
            header.offsetBits(),
            new PackedInts(bytes, header.groupsAt(), PsiWriter.groupBits(header.codeBits())),
            header.codesAt());
    samples = new SampledPositions(bytes, header.samplesAt(), header.textLength());
    lists = new DocumentLists(bytes, header);
  }

  @Override
  public IndexForm form() {
    return IndexForm.COMPACT;
  }

  @Override
  public int documents() {
    return documents;
  }

  @Override
  public long sequence(int document) {
    return header.firstSequence() + document + sequences.get(document);
  }

  private long start(int document) {
    return document == documents ? header.textLength() : starts.get(document);
  }

  @Override
  public int length(int document) {
    return (int) (start(document + 1) - start(document) - 1);
  }

  @Override
  public int[] tokens(int document) {
    int[] decoded = new int[length(document)];
    long rank = firstRanks.get(document) - documents;
    for (int i = decoded.length - 1; i >= 0; i--) {
      decoded[i] = (int) tokens.get(bucketOf(rank));
      rank = psi.get(rank) - documents;
    }
    return decoded;
  }

  /** The number of the distinct token that the suffix of a rank begins with. */
  private int bucketOf(long rank) {
    int low = 0;
    int high = header.distinct() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (buckets.get(middle) <= rank) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  @Override
  public long totalTokens() {
    return header.tokens();
  }

  /** The ranks of the suffixes that begin with a token. */
  Ranks bucket(int token) {
    int low = 0;
    int high = header.distinct() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long there = tokens.get(middle);
      if (there == token) {
        long end = middle + 1 == header.distinct() ? header.tokens() : buckets.get(middle + 1);
        return new Ranks(buckets.get(middle), end);
      }
      if (there < token) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Ranks.NONE;
  }

  @Override
  public long unigram(int token) {
    return bucket(token).count();
  }

  /** The ranks of a match that goes on with a token; of the token alone where there is no match. */
  Ranks extend(Ranks match, int token) {
    Ranks bucket = bucket(token);
    return bucket.count() == 0 || match.count() == 0
        ? Ranks.NONE
        : psi.between(bucket.from(), bucket.to(), match.from() + documents, match.to() + documents);
  }

  @Override
  public int[] longestMatches(int[] query) {
    return new MatchStarts(query, this::bucket, this::extend).longestMatches();
  }

  @Override
  public int longestEnding(int[] query, int end) {
    return new MatchStarts(query, this::bucket, this::extend).longestEnding(end);
  }

  @Override
  public SegmentCursor cursor() {
    return new CompactCursor(this);
  }

  @Override
  public Ranks ranks(int[] query, int start, int end) {
    Ranks ranks = bucket(query[start]);
    for (int i = start + 1; i < end && ranks.count() > 0; i++) {
      ranks = extend(ranks, query[i]);
    }
    return ranks.count() == 0 ? Ranks.NONE : ranks;
  }

  @Override
  public long count(int[] query, int start, int end) {
    return ranks(query, start, end).count();
  }

  @Override
  public Occurrence occurrence(long rank) {
    long at = rank + documents;
    for (int steps = 0; ; steps++) {
      if (at < documents) {
        // documents lie reversed: as many steps to its end in the file as to its beginning
        return new Occurrence((int) ends.get(at), steps);
      }
      long position = samples.position(at);
      if (position >= 0) {
        int document = documentAt(position);
        return new Occurrence(document, (int) (start(document + 1) - 1 - position) + steps);
      }
      at = psi.get(at - documents);
    }
  }

  private int documentAt(long position) {
    int low = 0;
    int high = documents - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (start(middle) <= position) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  @Override
  public void documentsWith(int[] query, int start, int end, BitSet found, int enough) {
    Ranks ranks = ranks(query, start, end);
    if (ranks.count() > 0) {
      collect(ranks, found);
    }
  }

  @Override
  public int earliest(Ranks ranks, BitSet without) {
    BitSet found = new BitSet();
    if (ranks.count() > 0) {
      collect(ranks, found);
    }
    found.andNot(without);
    return found.nextSetBit(0);
  }

  @Override
  public void nextTokens(int[] query, int start, int end, int vocabulary, NextTokens into) {
    Ranks ranks = start == end ? Ranks.NONE : ranks(query, start, end);
    if (start < end && ranks.count() == 0) {
      return;
    }
    for (int i = 0; i < header.distinct(); i++) {
      int token = (int) tokens.get(i);
      into.add(token, start == end ? bucket(token).count() : extend(ranks, token).count());
    }
  }

  /**
   * Adds the documents that ranks stand in.
   *
   * @param ranks all ranks of one query
   */
  private void collect(Ranks ranks, BitSet found) {
    lists.collect(ranks, found, (from, to) -> walk(from, to, found));
  }

  /** How many of a query's occurrences no list has. */
  long walked(Ranks ranks) {
    long[] walked = {0};
    lists.collect(ranks, new BitSet(), (from, to) -> walked[0] += to - from);
    return walked[0];
  }

  /**
   * Adds the documents of ranks. They are walked together, since what follows a phrase is often the
   * same and then their ranks stay together, and one pass over a block serves many.
   */
  private void walk(long from, long to, BitSet found) {
    long[] ranks = new long[(int) Math.min(to - from, WALKED)];
    for (long at = from; at < to; at += ranks.length) {
      int count = (int) Math.min(ranks.length, to - at);
      for (int i = 0; i < count; i++) {
        ranks[i] = at + i + documents;
      }
      while (count > 0) {
        count = step(ranks, count, found);
      }
    }
  }

  /** One step of all; those whose document is known are left behind. */
  private int step(long[] ranks, int count, BitSet found) {
    Psi.Cursor cursor = psi.new Cursor();
    int left = 0;
    for (int i = 0; i < count; i++) {
      long at = ranks[i];
      if (at < documents) {
        found.set((int) ends.get(at));
        continue;
      }
      long position = samples.position(at);
      if (position >= 0) {
        found.set(documentAt(position));
      } else {
        ranks[left++] = cursor.get(at - documents);
      }
    }
    return left;
  }

  @Override
  public void close() {
    bytes.close();
  }
}
