package io.openledger.api.datanet;

/**
 * How often a phrase occurs, exactly.
 *
 * @param occurrences in all contributions asked
 * @param contributions in how many of them
 */
public record PhraseCount(long occurrences, long contributions) {}
