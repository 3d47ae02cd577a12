package io.openledger.attribution.index;

/**
 * Where a match of k tokens stands: {@code [end − k, end)} of a document.
 *
 * @param document its number in the segment
 * @param end offset behind the last token of the match, 1 to the document's length
 */
record Occurrence(int document, int end) {}
