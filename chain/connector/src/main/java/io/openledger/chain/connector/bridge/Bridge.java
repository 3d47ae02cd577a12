package io.openledger.chain.connector.bridge;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.ChainClient;
import java.util.Optional;

/**
 * The bridge between L1 and one rollup. Safe for any number of threads.
 *
 * @see Deposits
 * @see Withdrawals
 */
public final class Bridge {

  private static final View OTHER_BRIDGE = new View("otherBridge()", "(address)");
  private static final View OLD_OTHER_BRIDGE = new View("OTHER_BRIDGE()", "(address)");
  private static final View MESSENGER = new View("messenger()", "(address)");
  private static final View OLD_MESSENGER = new View("MESSENGER()", "(address)");
  private static final View PORTAL = new View("portal()", "(address)");
  private static final View OLD_PORTAL = new View("PORTAL()", "(address)");

  private final Portal portal;
  private final Deposits deposits;
  private final Withdrawals withdrawals;

  private Bridge(Portal portal, RollupNodes nodes) {
    this.portal = portal;
    this.deposits = new Deposits(portal);
    this.withdrawals = new Withdrawals(portal, nodes);
  }

  /**
   * Attaches to contracts, and checks that they belong together: coins that are sent to the portal
   * of another rollup arrive there.
   *
   * @param l1 the chain below
   * @param rollup the chain that this server works on
   * @param nodes of the rollup, for proofs
   * @param addresses of the bridge's contracts on L1
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if the rollup's own bridge leads to other
   *     contracts, there is no portal at the address, or both clients are of the same chain
   */
  public static Bridge attach(
      ChainClient l1, ChainClient rollup, RollupNodes nodes, BridgeAddresses addresses) {
    if (l1.chainId() == rollup.chainId()) {
      throw mismatch("L1 and the rollup have the same chain id, " + l1.chainId());
    }
    Optional<BridgeAddresses> found = discover(l1, rollup);
    if (found.isPresent()) {
      boolean same =
          found.get().portal().equals(addresses.portal())
              && addresses
                  .standardBridge()
                  .map(a -> found.get().standardBridge().equals(Optional.of(a)))
                  .orElse(true);
      if (!same) {
        throw mismatch(
            "the rollup's bridge leads to " + found.get() + ", and configured are " + addresses);
      }
    }
    // what is sent to an address without code is lost, and so may be what a stranger's code takes
    checkCode(l1, addresses.portal());
    addresses.standardBridge().ifPresent(bridge -> checkCode(l1, bridge));
    Portal portal = new Portal(l1, rollup, addresses);
    portal.proposals();
    return new Bridge(portal, nodes);
  }

  private static void checkCode(ChainClient l1, ChainAddress contract) {
    if (l1.code(contract).length == 0) {
      throw mismatch("there is no contract at " + contract + " on L1");
    }
  }

  /**
   * The contracts on L1 that the rollup's own standard bridge leads to; empty if it has none, or if
   * they do not answer as those of the OP Stack do.
   */
  public static Optional<BridgeAddresses> discover(ChainClient l1, ChainClient rollup) {
    return first(rollup, BridgeAddresses.ROLLUP_BRIDGE, OTHER_BRIDGE, OLD_OTHER_BRIDGE)
        .flatMap(
            bridge ->
                first(l1, bridge, MESSENGER, OLD_MESSENGER)
                    .flatMap(messenger -> first(l1, messenger, PORTAL, OLD_PORTAL))
                    .map(p -> new BridgeAddresses(p, Optional.of(bridge), Optional.empty())));
  }

  private static Optional<ChainAddress> first(
      ChainClient chain, ChainAddress contract, View view, View old) {
    return view.maybeOne(chain, contract)
        .or(() -> old.maybeOne(chain, contract))
        .map(ChainAddress.class::cast);
  }

  private static OpenLedgerException mismatch(String what) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        what,
        "the contracts of this rollup's bridge on its L1",
        "correct the bridge's addresses or the endpoints; nothing was sent");
  }

  /** What the rollup's native coin is on L1. */
  public GasToken gasToken() {
    return portal.gasToken();
  }

  /** From L1 to the rollup. */
  public Deposits deposits() {
    return deposits;
  }

  /** From the rollup to L1. */
  public Withdrawals withdrawals() {
    return withdrawals;
  }
}
