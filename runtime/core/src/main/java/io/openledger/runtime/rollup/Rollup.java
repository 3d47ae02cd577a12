package io.openledger.runtime.rollup;

import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer.Check;
import io.openledger.runtime.ledger.ChainTerms;
import java.util.Optional;

/** The services on the rollup, of one server. Safe for any thread. */
public interface Rollup extends AutoCloseable {

  /** Begins to follow the chain and to send, on the environment's executor. Returns at once. */
  void start();

  /** What the chain has decided of the rules of answers. There before {@link #start}. */
  ChainTerms terms();

  /** Governance of the policies, as the caller may use it. */
  PolicyGovernance governance(Caller caller);

  /**
   * Whether the caller pays call by call, and owes nothing in the ledger: as it is configured,
   * whatever the chain can do. Whoever does not is answered without {@link #payments}.
   */
  boolean paysByCall(Caller caller);

  /**
   * Payments call by call; empty where none are configured.
   *
   * @throws io.openledger.api.OpenLedgerException why none can be taken now: there is no key, or
   *     the chain is not attached
   */
  Optional<Payments> payments();

  /** The readiness check {@code rollup}: what is missing, and why. Waits for nothing. */
  Check readiness();

  /** What the chain has of the ledger's epochs; empty where roots are not posted. */
  default Optional<EpochsOnChain> epochs() {
    return Optional.empty();
  }

  /** Takes out what accounts have earned; empty where roots are not posted. */
  default Optional<Claims> claims() {
    return Optional.empty();
  }

  /** What the contracts told; there before the chain is attached. Empty where nothing is read. */
  default Optional<ChainEvents> chainEvents() {
    return Optional.empty();
  }

  /** What an address has on the chain, as far as it was read. The chain may be asked. */
  default ChainStanding standing(ChainAddress address) {
    return new ChainStanding.Unknown("this server does not read accounts on the chain");
  }

  /** What is on its way to the chain, for an administrator. */
  OutboxAdministration outbox(Caller caller);

  /** The endpoints of the chain, for an administrator. There while the chain is not. */
  EndpointAdministration endpoints(Caller caller);

  /**
   * The outbox in numbers, for metrics.
   *
   * @throws io.openledger.api.OpenLedgerException {@code LEDGER_UNAVAILABLE}
   */
  OutboxFigures outboxFigures();

  /** Stops what runs; what was stored goes on with the next start. Idempotent. */
  @Override
  void close();
}
