package io.openledger.attribution;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.reward.Credit;
import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.credit.CreditRule;
import io.openledger.attribution.index.SegmentedSpanIndex;
import io.openledger.attribution.index.SpanView;
import io.openledger.attribution.proof.MerkleTree;
import io.openledger.attribution.span.NearDuplicates;
import io.openledger.attribution.span.OutsideText;
import io.openledger.attribution.span.SpanStream;
import io.openledger.attribution.span.SpanTracer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;

/**
 * The {@link AttributionEngine} of this module. Stateless; safe for any thread. It works on indexes
 * that it opened itself.
 */
public final class SpanAttributionEngine implements AttributionEngine {

  // sorting needs about 25 bytes of heap a token beside the documents; a merge may use a third
  private static final long HEAP_BYTES_PER_TOKEN = 75;
  private static final long LARGEST_SEGMENT = 1L << 26;

  private final long largestSegment;
  private final Executor merger;

  /**
   * Segments of as many tokens as this JVM's heap can sort, merged by who changes an index unless
   * it is opened with threads for that.
   */
  public SpanAttributionEngine() {
    this(
        Math.min(LARGEST_SEGMENT, Runtime.getRuntime().maxMemory() / HEAP_BYTES_PER_TOKEN),
        Runnable::run);
  }

  /**
   * Segments of a chosen size, merged on given threads.
   *
   * @param largestSegment in tokens; also the limit of one document
   * @param merger runs the merges of all indexes, one task at a time for each
   */
  public SpanAttributionEngine(long largestSegment, Executor merger) {
    if (largestSegment < 1024 || largestSegment > LARGEST_SEGMENT) {
      throw OpenLedgerException.invalid(
          "the largest segment", largestSegment, "1024 to " + LARGEST_SEGMENT + " tokens");
    }
    this.largestSegment = largestSegment;
    this.merger = merger;
  }

  @Override
  public SpanIndex open(Path directory, Hash256 tokenizer, int vocabularySize) {
    return open(directory, tokenizer, vocabularySize, merger);
  }

  @Override
  public SpanIndex open(
      Path directory, Hash256 tokenizer, int vocabularySize, Executor maintenance) {
    return SegmentedSpanIndex.open(
        directory, tokenizer, vocabularySize, largestSegment, maintenance);
  }

  @Override
  public SpanIndex open(
      Path directory, Hash256 tokenizer, int vocabularySize, Executor maintenance, IndexForm form) {
    return SegmentedSpanIndex.open(
        directory, tokenizer, vocabularySize, largestSegment, maintenance, form);
  }

  @Override
  public List<SpanMatch> trace(
      TokenizedText text, Map<DatanetId, SpanIndex> datanets, SpanThresholds thresholds) {
    Map<DatanetId, SpanView> views = new HashMap<>();
    try {
      datanets.forEach((id, index) -> views.put(id, ours(index).view()));
      return SpanTracer.trace(text, views, thresholds);
    } finally {
      views.values().forEach(SpanView::close);
    }
  }

  @Override
  public List<SpanMatch> trace(
      String text,
      TextTokenizer tokenizer,
      Map<DatanetId, SpanIndex> datanets,
      SpanThresholds thresholds) {
    Map<DatanetId, SpanView> views = new HashMap<>();
    try {
      datanets.forEach((id, index) -> views.put(id, ours(index).view()));
      return OutsideText.trace(text, tokenizer, views, thresholds);
    } finally {
      views.values().forEach(SpanView::close);
    }
  }

  @Override
  public EvidenceStream stream(Map<DatanetId, SpanIndex> datanets, SpanThresholds thresholds) {
    Map<DatanetId, SpanView> views = new HashMap<>();
    try {
      datanets.forEach((id, index) -> views.put(id, ours(index).view()));
      return new SpanStream(views, thresholds);
    } catch (RuntimeException | Error e) {
      views.values().forEach(SpanView::close);
      throw e;
    }
  }

  @Override
  public OptionalLong nearDuplicateOf(int[] tokens, SpanIndex index, int basisPoints) {
    try (SpanView view = ours(index).view()) {
      return NearDuplicates.earliest(tokens, view, basisPoints);
    }
  }

  private static SegmentedSpanIndex ours(SpanIndex index) {
    if (index instanceof SegmentedSpanIndex segmented) {
      return segmented;
    }
    throw OpenLedgerException.invalid(
        "the index", index.getClass().getName(), "an index that this engine opened");
  }

  @Override
  public List<Credit> credit(CreditRequest request) {
    return CreditRule.apply(request);
  }

  @Override
  public Hash256 merkleRoot(List<Hash256> leaves) {
    return MerkleTree.of(leaves).root();
  }
}
