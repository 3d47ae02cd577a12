package io.openledger.runtime;

import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelRegistry;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.ServingStatus;
import io.openledger.runtime.rollup.Rollup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The feature on one server: one base model, one store, one ledger for every application on it.
 * Each view is cheap, bound to a {@link Caller} and limited to that caller's rights. Safe for any
 * thread.
 */
public interface OpenLedgerServer extends AutoCloseable {

  /** Datanets as the caller may see and change them. */
  DatanetRepository datanets(Caller caller);

  /** The models that the caller may ask. */
  ModelRegistry models(Caller caller);

  /**
   * A model that is looked up at each call: the one named; else the one of the current {@link
   * Boundary}; else the server's default.
   */
  AttributedModel model(Caller caller, Optional<ModelId> model);

  /** The adapters as the caller may see and change them. */
  AdapterAdministration adapters(Caller caller);

  /**
   * The most that answers to prompts can cost, under the policy of the current {@link Boundary}.
   *
   * @throws io.openledger.api.OpenLedgerException for a policy that is not known
   */
  Wei most(List<Prompt> prompts);

  /**
   * The policies of the configuration, in the order of their names. Their version is 1, whatever
   * version is in force: what a proposal or a deployment names is the hash of one at a version.
   */
  List<Policy> configuredPolicies();

  /**
   * How the serving engine is.
   *
   * @throws io.openledger.api.OpenLedgerException why no model is loaded
   */
  ServingStatus serving();

  /** The ledger as the caller may see it. */
  RewardLedger ledger(Caller caller);

  /** Receipts and reports as the caller may see them. */
  ProvenanceReports reports(Caller caller);

  /** What the server does on the rollup; empty where no chain is attached. */
  default Optional<Rollup> rollup() {
    return Optional.empty();
  }

  /**
   * An address as somebody typed it, its EIP-55 checksum verified: once folded to lower case, a
   * wrong digit cannot be told any more.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} for mixed case with a wrong checksum
   */
  ChainAddress parseAddress(String typed);

  /**
   * One thing that must be well for the server to be ready.
   *
   * @param name {@code store}, {@code model}, {@code index}, {@code adapters} or {@code rollup}
   * @param up whether it is
   * @param detail what is missing, why, and what to do; or figures when it is well
   */
  record Check(String name, boolean up, String detail) {}

  /**
   * Whether the server can do its work: what is missing, and why. Does not wait for anything slow.
   */
  List<Check> readiness();

  /**
   * Takes no more questions to models, and returns when those under way have their answers or after
   * a time. For a server that is about to stop; {@link #close} is still to follow.
   *
   * @param grace how long answers may take; the rest is cancelled
   */
  void drain(Duration grace);

  /** Stops taking work, ends what runs, releases files and native handles. Idempotent. */
  @Override
  void close();
}
