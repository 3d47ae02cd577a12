/**
 * Governance from the server: what governs is read from the chain in one block, drafts are held
 * against the contracts' rules before anything is sent, and any proposal's calls are put into plain
 * words.
 *
 * <p>Rendering is written against hostile proposals. Every call is shown, also what a call makes
 * others call; what cannot be read is shown as it is and called dangerous; a function's name is
 * told for a known contract alone, because elsewhere the same four bytes can mean anything; the
 * proposer's text is a quotation and says nothing about the calls.
 *
 * <p>It may depend on {@code io.openledger.rollup.outbox} and on the connector, on no other package
 * of this module.
 */
@NullMarked
package io.openledger.rollup.governance;

import org.jspecify.annotations.NullMarked;
