/**
 * What goes to the chain: signed once, stored with the caller's work, sent until it is final.
 *
 * <p>Storing ({@link io.openledger.rollup.outbox.JdbcOutbox#submit}) and sending ({@link
 * io.openledger.rollup.outbox.Sender}) meet in the database alone. A message's way is
 *
 * <pre>
 *   STORED → SENT → UNSAFE → SAFE → FINALIZED, REVERTED or CANCELLED
 *              ↖──────┴───────┘ a reorganisation
 * </pre>
 *
 * <p>These hold after a crash between any two statements or calls, on any number of nodes:
 *
 * <ul>
 *   <li>A business key has one row for ever, and one nonce at a time. The nonce is taken, and the
 *       bytes are stored, in the transaction of the caller's work: what is rolled back leaves no
 *       gap.
 *   <li>Nothing is told to a node before it is committed, raised fees and cancellations included.
 *   <li>Everything that is stored for a message has the message's nonce, of which a chain includes
 *       one. What a key elsewhere signed for a nonce that went to another message is neither stored
 *       nor told.
 *   <li>Another nonce is signed ({@link io.openledger.rollup.outbox.Mover}) only for a message
 *       whose bytes are dead: the transaction that used its nonce was found in a finalized block
 *       and does something else ({@link io.openledger.rollup.outbox.Missing}); or it was reverted
 *       or cancelled in a finalized block and an administrator asks. Where nobody shows what used
 *       the nonce, the message stands, and is signed anew only if an administrator takes the risk.
 *   <li>One node sends ({@link io.openledger.rollup.outbox.Leases}). Whatever it signs or writes is
 *       fenced by the lease's token in the same transaction; what it tells while it no longer holds
 *       the lease are bytes that another node tells too.
 *   <li>What is not final is told again for ever.
 * </ul>
 *
 * <p>It must not depend on the other packages of this module, which submit to it. Its tests run
 * with {@code mvn -pl runtime/rollup -am test}; {@code OutboxStorm}, a program among them, tries to
 * make it pay twice.
 */
@NullMarked
package io.openledger.rollup.outbox;

import org.jspecify.annotations.NullMarked;
