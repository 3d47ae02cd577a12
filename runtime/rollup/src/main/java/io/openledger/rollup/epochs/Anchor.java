package io.openledger.rollup.epochs;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AbiValues;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractAbi;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** The contract {@code AttributionAnchor} as it is asked and called. Safe for any thread. */
final class Anchor {

  /** Epochs of one transaction. */
  static final int BATCH = 100;

  /**
   * Receipts of an epoch.
   *
   * @param receipts the number of the epoch's last receipt
   * @param link the value of the chain of receipts there
   */
  record Item(long epoch, Hash256 root, long receipts, Hash256 link) {
    List<Object> values() {
      return List.of(
          BigInteger.valueOf(epoch), root.toBytes(), BigInteger.valueOf(receipts), link.toBytes());
    }
  }

  /** The last that is anchored; zeros if nothing is. */
  record Head(long epoch, long receipts) {}

  private final ChainClient client;
  private final AnchorSettings settings;
  private final Contract contract;
  private volatile Optional<Hash256> id = Optional.empty();

  Anchor(ChainClient client, AnchorSettings settings) {
    this.client = client;
    this.settings = settings;
    this.contract =
        new Contract(
            ContractAbi.load(ContractName.ATTRIBUTION_ANCHOR), settings.contract().contract());
  }

  ChainAddress contract() {
    return contract.address();
  }

  /** Under what the ledger's receipts are anchored. */
  Hash256 id() {
    Optional<Hash256> known = id;
    if (known.isPresent()) {
      return known.get();
    }
    Hash256 asked =
        contract
            .read(client, Finality.UNSAFE, "idOf", settings.publisher(), settings.salt().toBytes())
            .hash("0");
    id = Optional.of(asked);
    return asked;
  }

  /** Whether the publisher may anchor under it. */
  boolean registered() {
    return contract
        .read(client, Finality.UNSAFE, "isPublisher", id().toBytes(), settings.publisher())
        .flag("0");
  }

  Head latest() {
    AbiValues values = contract.read(client, Finality.UNSAFE, "latest", id().toBytes());
    return new Head(values.number("epoch"), values.number("receipts"));
  }

  byte[] register() {
    return contract.encode("register", settings.salt().toBytes());
  }

  byte[] anchor(List<Item> items) {
    if (items.size() == 1) {
      List<Object> values = items.get(0).values();
      return contract.encode(
          "anchor", id().toBytes(), values.get(0), values.get(1), values.get(2), values.get(3));
    }
    return contract.encode("anchorMany", id().toBytes(), items.stream().map(Item::values).toList());
  }
}
