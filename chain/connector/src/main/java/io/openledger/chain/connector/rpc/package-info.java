/**
 * Talking to one of the chain's nodes over HTTP, with limits.
 *
 * <p>An endpoint is a stranger. What it sends is bounded in time, bytes and depth; that it answers
 * does not mean that it tells the truth. No address, key or header of a request is in a message.
 *
 * <p>Nothing here starts a thread or reads a clock of its own.
 */
@NullMarked
package io.openledger.chain.connector.rpc;

import org.jspecify.annotations.NullMarked;
