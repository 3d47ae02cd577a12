/**
 * Between L1 and the rollup: deposits, withdrawals and where each of them stands, through the
 * contracts of the OP Stack.
 *
 * <p>Nothing is kept here. The hash of the transaction that began a deposit or a withdrawal is all
 * that is needed to go on: {@link io.openledger.chain.connector.bridge.Deposits#status} and {@link
 * io.openledger.chain.connector.bridge.Withdrawals#status} derive the rest from both chains, so a
 * crash between any two steps loses nothing. Nothing is signed or sent here either: each step says
 * what is to be called ({@link io.openledger.chain.connector.bridge.BridgeCall}) and on which
 * chain.
 *
 * <p>Before a withdrawal's proof is handed out, everything in it has been verified: the block's
 * hash over its header, the contract's storage root under the block's state root, the withdrawal
 * under that, and the output root of it all against what stands on L1. A lying node of the rollup
 * can only make a proof fail to appear.
 *
 * <p>What the deposit of the native coin needs depends on the chain, and is asked of its contracts
 * ({@link io.openledger.chain.connector.bridge.GasToken}). Not supported, and refused by name:
 * games over super roots (interop sets), and native deposits where the coin is minted on the rollup
 * by a bridge of the chain's own (custom gas token of the Jovian upgrade).
 *
 * <p>Plain Java: no database, no container, no thread, no clock of its own; time is L1's.
 */
@NullMarked
package io.openledger.chain.connector.bridge;

import org.jspecify.annotations.NullMarked;
