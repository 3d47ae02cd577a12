package io.openledger.attribution.index;

/** A {@link MatchCursor} over all documents of one segment; tokens are within the vocabulary. */
interface SegmentCursor extends MatchCursor {

  /** How often the match occurs that the last push told of; 0 when it told of none. */
  long count();
}
