package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
import io.openledger.api.Page;
import io.openledger.api.reward.ChainAddress;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What the contracts told, as this server has read it. The database is asked alone. What is not
 * final may be taken back, and is not there any more then. Safe for any thread.
 */
public interface ChainEvents {

  /** What an event is about. */
  enum Kind {
    /** Roots, and what was claimed against them. */
    CLAIM("RewardDistributor", "ClaimOrStakeAirdrop"),
    /** Stakes: begun, topped up, left, withdrawn. */
    STAKE("Staking"),
    /** Proposals, votes, and votes that were delegated. */
    VOTE("OpenLedgerGovernor", "ConfiguredGovernor", "GOPEN"),
    /** Parameters, the fee split and the attribution policy. */
    PARAMETER("ParameterStore"),
    /** Datanets, models and receipts that were registered. */
    REGISTRATION("DatanetRegistry", "ModelRegistry", "AttributionAnchor"),
    /** Channels between agents. */
    PAYMENT("PaymentChannel");

    private final Set<String> contracts;

    Kind(String... contracts) {
      this.contracts = Set.of(contracts);
    }

    /** The names of the contracts that tell such events. */
    public Set<String> contracts() {
      return contracts;
    }
  }

  /**
   * An event.
   *
   * @param contract the contract's name
   * @param event the event's name; {@code ?} for one that could not be decoded
   * @param subject what it is about, such as the key of a parameter or the number of a stake
   * @param account whom it concerns
   * @param amount how much, in the event's own unit; of a claim, all that was claimed by then
   * @param time of the block
   * @param block its number
   * @param transaction in which
   * @param settled whether the block is final
   */
  record Event(
      String contract,
      String event,
      Optional<String> subject,
      Optional<ChainAddress> account,
      Optional<BigInteger> amount,
      Instant time,
      long block,
      Hash256 transaction,
      boolean settled) {}

  /**
   * Events, the newest first.
   *
   * @param kind only these; all if empty
   * @param account only those that concern it; all if empty
   * @param offset position of the first, from 0
   * @param limit 1 to {@value Page#MAX_LIMIT}
   * @throws io.openledger.api.OpenLedgerException {@code INVALID_ARGUMENT}, {@code
   *     LEDGER_UNAVAILABLE}
   */
  Page<Event> list(Optional<Kind> kind, Optional<ChainAddress> account, long offset, int limit);
}
