/**
 * What becomes of closed epochs on the chain: their roots and their receipts' roots are posted,
 * what the chain says of them is kept, and what accounts have earned is claimed.
 *
 * <p><b>When a root is posted.</b> In the transaction that closes its epoch, through the outbox:
 * both commit or neither. Where that was not possible (the chain was away, was not attached yet, or
 * had no funds), {@link io.openledger.rollup.epochs.EpochPoster} posts the newest epoch later, and
 * that one alone: a root stands for everything that was ever earned, so those between would be paid
 * for and then replaced. Receipts are the other way about: each epoch's root is anchored, because a
 * receipt is proven against the root of its own epoch.
 *
 * <p><b>What is believed.</b> The contract's state in one block decides what became of a root;
 * nothing is concluded from this server's own times. A root that the guardian drops ends automatic
 * posting until an administrator posts again.
 *
 * <p>It must not depend on REST or CDI. Its tests run with {@code mvn -pl runtime/rollup -am test
 * -Dtest='Epoch*,Claims*'}.
 */
@NullMarked
package io.openledger.rollup.epochs;

import org.jspecify.annotations.NullMarked;
