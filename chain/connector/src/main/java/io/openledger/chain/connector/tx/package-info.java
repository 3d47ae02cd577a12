/**
 * Transactions: their bytes, what they cost, what their calldata says and why they were reverted.
 *
 * <p>Pure computing: nothing here opens a connection or holds a key. Signatures of EIP-1559
 * transactions and EIP-712 messages are made by {@link io.openledger.chain.connector.keys}; RLP and
 * Keccak are web3j's, the curve is Bouncy Castle's. ABI encoding is done here, because web3j 4.13.0
 * computes a wrong selector for functions that take nested arrays and the call then reverts without
 * a reason.
 */
@NullMarked
package io.openledger.chain.connector.tx;

import org.jspecify.annotations.NullMarked;
