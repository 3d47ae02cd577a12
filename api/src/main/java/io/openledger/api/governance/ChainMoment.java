package io.openledger.api.governance;

import java.time.Instant;

/**
 * The block that something was read in: what is told holds then.
 *
 * @param block its number
 * @param time its time, in whole seconds; deadlines are held against it, not against a clock here
 * @param finality {@code unsafe} (may be undone), {@code safe} or {@code finalized}
 */
public record ChainMoment(long block, Instant time, String finality) {}
