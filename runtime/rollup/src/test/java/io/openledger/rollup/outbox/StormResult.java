package io.openledger.rollup.outbox;

/**
 * What came of it.
 *
 * @param messages that were stored and committed
 * @param lostCode how often a reorganisation took the counting contract's code with it, and it was
 *     put back before the next block
 * @param duplicates events beyond the first of a message
 * @param losses messages that were committed and have no event
 * @param ghosts messages that were rolled back and have an event
 */
record StormResult(
    long messages,
    long kills,
    long processKills,
    long reorgs,
    long restarts,
    long foreign,
    long lostCode,
    long bumped,
    long moved,
    long rolledBack,
    double seconds,
    long duplicates,
    long losses,
    long ghosts) {}
