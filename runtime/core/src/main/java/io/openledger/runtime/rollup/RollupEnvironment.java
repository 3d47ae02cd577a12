package io.openledger.runtime.rollup;

import io.openledger.api.model.ModelInfo;
import io.openledger.runtime.ServerEnvironment;
import io.openledger.runtime.config.ChainSettings;
import io.openledger.runtime.ledger.ConfiguredPolicies;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.store.Store;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the rollup's services work with.
 *
 * @param server executor, clock and directories
 * @param chain which chain, and how to sign
 * @param store where their rows are, in the same transactions as the ledger's
 * @param epochs what is to be posted
 * @param models those that are served now
 * @param policies which of them the server could follow
 */
public record RollupEnvironment(
    ServerEnvironment server,
    ChainSettings chain,
    Store store,
    Epochs epochs,
    Supplier<List<ModelInfo>> models,
    ConfiguredPolicies policies) {}
