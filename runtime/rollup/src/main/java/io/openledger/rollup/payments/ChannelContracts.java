package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.chain.connector.payments.PaymentChannelContract;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.runtime.store.Store;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where channels are looked at: each in the contract that its vouchers name. A ledger whose server
 * was given another contract is still owed what was signed in the one before, of which the new one
 * says that there is no such channel. For one thread at a time.
 */
final class ChannelContracts {

  private static final System.Logger LOG = System.getLogger(ChannelContracts.class.getName());

  private final ChainClient chain;
  private final ChannelDomain now;
  private final boolean early;
  private final Store store;
  private final Clock clock;
  private final Map<ChannelDomain, ChannelLookup> lookups = new HashMap<>();
  // contracts before this one of which was told that they do not answer, since they last did
  private final Set<ChannelDomain> silent = new HashSet<>();
  private boolean told;

  /**
   * @param now the contract of new channels
   * @param lookup of it
   * @param early see {@link ChannelLookup}
   */
  ChannelContracts(
      ChainClient chain,
      ChannelDomain now,
      ChannelLookup lookup,
      boolean early,
      Store store,
      Clock clock) {
    this.chain = chain;
    this.now = now;
    this.early = early;
    this.store = store;
    this.clock = clock;
    this.lookups.put(now, lookup);
  }

  /** Looks at a channel of this chain. */
  ChannelView look(ChannelRow row) {
    ChannelView view =
        lookups
            .computeIfAbsent(
                row.domain(),
                domain ->
                    new ChannelLookup(new PaymentChannelContract(chain, domain), early, clock))
            .look(row.id());
    silent.remove(row.domain());
    return view;
  }

  /**
   * A channel could not be looked at, or not be settled. One of an earlier contract is not in front
   * of the others for that: it may not answer any more, as after a development chain was begun
   * anew.
   *
   * @param seen whether it was looked at: then each failure is told
   */
  void putOff(Hash256 channel, boolean seen, OpenLedgerException why) {
    Optional<ChannelRow> earlier =
        store.requiresNew(
            "putting a channel off",
            c -> {
              Optional<ChannelRow> row =
                  ChannelRows.find(c, channel).filter(r -> !r.domain().equals(now));
              if (row.isPresent()) {
                ChannelRows.putOff(c, channel, clock.instant());
              }
              return row;
            });
    boolean before = !seen && earlier.isPresent() && !silent.add(earlier.get().domain());
    LOG.log(
        before ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
        "channel {0} is looked at again in a later round: {1}",
        channel.hex(),
        why.getMessage());
  }

  /** Tells once what cannot be settled by this server, because it is owed on other chains. */
  void tellOtherChains() {
    if (told) {
      return;
    }
    Wei owed =
        store.requiresNew(
            "looking for other chains", c -> ChannelLists.elsewhere(c, chain.chainId()));
    told = true;
    if (!owed.isZero()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} wei are owed in channels of other chains than {1}, and can be settled only by a"
              + " server that is attached to those before their payers take the rest",
          owed,
          Long.toString(chain.chainId()));
    }
  }
}
