/**
 * What becomes of closed epochs on the chain: their roots and their receipts' roots are posted,
 * what the chain says of them is kept, and what accounts have earned is claimed.
 *
 * <p><b>When a root is posted.</b> As soon as its epoch has committed, and not in the transaction
 * that closes it: the chain is asked first, and nobody waits for it who closes an epoch, or who
 * takes a nonce. The root's row and its message in the outbox are one short transaction, under a
 * lock of their own. What could not be posted then (the chain was away, was not attached yet, or
 * had no funds, or the server stopped in between) {@link io.openledger.rollup.epochs.EpochPoster}
 * posts at a later look: the newest epoch alone, because a root stands for everything that was ever
 * earned, so those between would be paid for and then replaced. Receipts are the other way about:
 * each epoch's root is anchored, because a receipt is proven against the root of its own epoch.
 *
 * <p><b>What is believed.</b> The contract's state in one block decides what became of a root;
 * nothing is concluded from this server's own times. A root that the guardian drops ends automatic
 * posting, also if a later one was under way and comes into a block after that; only an
 * administrator who posts begins it again. The contract knows no other end of a challenge: it
 * dropped that root and all after it, and takes the next one as any other.
 *
 * <p><b>Deployments.</b> Keys and rows bear the chain and the contract ({@link
 * io.openledger.rollup.epochs.Deployed}), because a ledger may be attached to another one: there
 * nothing is posted yet. A distributor is given no root by itself while another one has had a later
 * one of this ledger: amounts are of all time, and what was claimed at one could be claimed at the
 * other again. Nor is a root replaced by itself that this ledger did not make. Both are for an
 * administrator who posts.
 *
 * <p>It must not depend on REST or CDI. Its tests run with {@code mvn -pl runtime/rollup -am test
 * -Dtest='Epoch*,Claims*'}.
 */
@NullMarked
package io.openledger.rollup.epochs;

import org.jspecify.annotations.NullMarked;
