/**
 * Talking to one of the chain's nodes over HTTP, with limits.
 *
 * <p>An endpoint is a stranger. What it sends is bounded in time, bytes and depth; that it answers
 * does not mean that it tells the truth. No address, key or header of a request is in a message.
 *
 * <p>{@link io.openledger.chain.connector.rpc.Endpoints} asks several and believes none of them
 * alone: what enough of them say counts, and where they contradict each other about receipts or
 * logs, the one that proves them against the hash of the block is right. {@link
 * io.openledger.chain.connector.rpc.NodeClient} believes the one that it asks.
 *
 * <p>Nothing here starts a thread or reads a wall clock of its own; how long something takes is
 * measured in monotonic time. Tests run against {@code anvil} and are skipped where it is missing;
 * {@code support.LyingNode} stands in front of it and lies, fails or dawdles.
 */
@NullMarked
package io.openledger.chain.connector.rpc;

import org.jspecify.annotations.NullMarked;
