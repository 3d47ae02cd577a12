package io.openledger.rollup.epochs;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;

/**
 * How receipts are anchored.
 *
 * @param contract the {@code AttributionAnchor}
 * @param publisher whose key the outbox signs with
 * @param salt the publisher's own name for the ledger: its id on chain follows from both
 */
public record AnchorSettings(Deployed contract, ChainAddress publisher, Hash256 salt) {}
