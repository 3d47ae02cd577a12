package io.openledger.rollup.outbox;

import io.openledger.api.reward.ChainAddress;

/** Whose nonces. */
record Identity(long chainId, ChainAddress signer) {}
