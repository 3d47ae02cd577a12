/**
 * Talking to the chain's nodes: one endpoint over HTTP with limits, and several of them that check
 * each other.
 *
 * <p>An endpoint is a stranger. What it sends is bounded in time, bytes and depth; that it answers
 * does not mean that it tells the truth. No address, key or header of a request is in a message.
 *
 * <p>Nothing here starts a thread or reads a clock of its own.
 */
@NullMarked
package io.openledger.chain.connector.rpc;

import org.jspecify.annotations.NullMarked;
