package io.openledger.rollup.governance;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;

/**
 * A call as it stands on the chain.
 *
 * @param target whom
 * @param value in wei
 * @param data calldata, not copied: nobody here writes into it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
record RawCall(ChainAddress target, Wei value, byte[] data) {}
