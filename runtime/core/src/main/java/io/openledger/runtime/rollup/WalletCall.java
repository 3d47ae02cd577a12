package io.openledger.runtime.rollup;

import io.openledger.api.reward.ChainAddress;

/**
 * What a wallet is asked to sign; no coins go with it.
 *
 * @param to the contract
 * @param data calldata in hexadecimal digits after {@code 0x}
 */
public record WalletCall(ChainAddress to, String data) {}
