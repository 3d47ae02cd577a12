package io.openledger.rollup.governance;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.ChainMoment;
import io.openledger.api.governance.GovernanceStatus.Rules;
import io.openledger.api.governance.PolicyChange;
import io.openledger.api.governance.PolicyDraft;
import io.openledger.api.governance.PolicyPreview;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.ProposedCall;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.runtime.ledger.ChainTerms.NamedPolicy;
import io.openledger.runtime.ledger.ConfiguredPolicies;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Makes proposals of drafts, and holds them against the rules. Immutable. */
final class Drafts {

  private static final AbiSignature PROPOSE =
      AbiSignature.parse("propose(address[],uint256[],bytes[],string)");

  private final GovernanceContracts contracts;
  private final ChainAddress self;

  Drafts(GovernanceContracts contracts, ChainAddress self) {
    this.contracts = contracts;
    this.self = self;
  }

  /**
   * A draft as it goes onto the chain.
   *
   * @param id that it has there
   * @param calls of the parameter store, and of the distributor
   * @param description with the mark of its proposer at the end
   */
  record Prepared(ProposalId id, List<RawCall> calls, String description) {

    byte[] calldata() {
      return PROPOSE.encodeCall(
          ProposalHash.targets(calls),
          ProposalHash.values(calls),
          ProposalHash.datas(calls),
          description);
    }
  }

  /** A preview, and the refusals that it tells in words. */
  record Checked(PolicyPreview preview, List<OpenLedgerException> refusals) {}

  /** Whether it changes the delay that the distributor has too. */
  static boolean delays(PolicyDraft draft) {
    return draft.changes().stream().anyMatch(change -> delay(change).isPresent());
  }

  private static Optional<BigInteger> delay(PolicyChange change) {
    return change instanceof PolicyChange.Parameter p
            && p.key().equals(PolicyChange.ACTIVATION_DELAY)
        ? Optional.of(p.value())
        : Optional.empty();
  }

  /**
   * The calls of a draft. Where votes reach the distributor, it takes its delay with the parameter,
   * in one proposal: neither is decided without the other.
   */
  Prepared prepare(PolicyDraft draft, Optional<DistributorState> distributor) {
    List<RawCall> calls = new ArrayList<>();
    for (PolicyChange change : draft.changes()) {
      calls.add(new RawCall(contracts.store(), Wei.ZERO, PolicyReadings.encode(change)));
      distributor
          .filter(DistributorState::governed)
          .flatMap(d -> delay(change).filter(DistributorState::takes).map(d::call))
          .ifPresent(calls::add);
    }
    String description = draft.description() + "\n" + PolicyDraft.PROPOSER_MARK + self;
    return new Prepared(
        ProposalHash.of(calls, ProposalHash.of(description.getBytes(StandardCharsets.UTF_8))),
        calls,
        description);
  }

  /**
   * Holds a draft against the rules.
   *
   * @param votes that the key had a second ago
   * @param known whether the governor knows a proposal
   * @param configured the policies that this server could follow
   */
  Checked check(
      PolicyDraft draft,
      ChainMoment now,
      StoreState store,
      Rules rules,
      Wei votes,
      Predicate<ProposalId> known,
      ConfiguredPolicies configured) {
    Prepared prepared = prepare(draft, store.distributor());
    Instant begins = now.time().plus(rules.votingDelay());
    Instant ends = begins.plus(rules.votingPeriod());
    Instant executable = ends.plusSeconds(1).plus(rules.timelockDelay());
    List<OpenLedgerException> refusals = new ArrayList<>();
    for (PolicyChange change : draft.changes()) {
      StoreRules.refusal(store, change, executable).ifPresent(r -> refusals.add(r.told()));
      unknownPolicy(draft, change, store, configured).ifPresent(refusals::add);
      untaken(change, store).ifPresent(refusals::add);
    }
    if (known.test(prepared.id())) {
      refusals.add(
          new OpenLedgerException(
              ErrorCode.PROPOSAL_STATE,
              "a proposal with the same changes and the same text as " + prepared.id(),
              "proposals that have not been made",
              "look at that one, or change the text"));
    }
    if (votes.compareTo(rules.proposalThreshold()) < 0) {
      refusals.add(
          new OpenLedgerException(
              ErrorCode.VOTES_MISSING,
              "a proposer with " + Words.votes(votes),
              Words.votes(rules.proposalThreshold()) + " or more",
              "wrap OPEN into GOPEN and delegate them to " + self));
    }
    List<ProposedCall> calls =
        new CallRenderer(contracts, store, rules, Optional.of(executable)).render(prepared.calls());
    PolicyPreview preview =
        new PolicyPreview(
            prepared.id(),
            prepared.description(),
            calls,
            summary(calls, rules, votes, begins, ends, executable),
            refusals.stream().map(Drafts::told).toList(),
            new PolicyPreview.Schedule(
                begins, ends, executable, executable.plus(rules.changeDelay())),
            rules.proposalThreshold(),
            votes,
            rules.quorum(),
            now);
    return new Checked(preview, refusals);
  }

  /**
   * The refusal of a policy that this server could not follow once it is decided. The chain takes
   * any hash, so a wrong digit would be noticed after a vote of weeks, by an epoch without it.
   */
  private static Optional<OpenLedgerException> unknownPolicy(
      PolicyDraft draft, PolicyChange change, StoreState store, ConfiguredPolicies configured) {
    if (!(change instanceof PolicyChange.AttributionPolicy policy)) {
      return Optional.empty();
    }
    FeeSplit split =
        draft.changes().stream()
            .filter(PolicyChange.Split.class::isInstance)
            .map(c -> ((PolicyChange.Split) c).split())
            .findFirst()
            .orElse(store.lastSplit());
    return configured.have(new NamedPolicy(policy.version(), policy.hash()), split)
        ? Optional.empty()
        : Optional.of(
            new OpenLedgerException(
                ErrorCode.INVALID_ARGUMENT,
                "version " + policy.version() + " of the policy with hash " + policy.hash(),
                "the hash that a configured policy has at this version",
                "configure its rules under openledger.policies first, and take the hash from"
                    + " /openledger/api/policies?version="
                    + policy.version()));
  }

  /** The refusal of a delay that the store would take and the distributor would not. */
  private static Optional<OpenLedgerException> untaken(PolicyChange change, StoreState store) {
    return store
        .distributor()
        .filter(DistributorState::governed)
        .flatMap(d -> delay(change))
        .filter(seconds -> !DistributorState.takes(seconds))
        .map(
            seconds ->
                new OpenLedgerException(
                    ErrorCode.INVALID_ARGUMENT,
                    PolicyChange.ACTIVATION_DELAY + " of " + seconds,
                    DistributorState.LEAST
                        + " to "
                        + DistributorState.MOST
                        + ", which is what the distributor takes",
                    "propose a value within these bounds"));
  }

  private static String told(OpenLedgerException e) {
    return e.code().id() + ": " + e.arrived() + "; allowed: " + e.allowed() + "; " + e.remedy();
  }

  private static List<String> summary(
      List<ProposedCall> calls,
      Rules rules,
      Wei votes,
      Instant begins,
      Instant ends,
      Instant executable) {
    List<String> told = new ArrayList<>();
    calls.forEach(call -> told.addAll(call.sentences()));
    told.add(
        "If it were proposed now, it would be voted after "
            + Words.time(begins)
            + " and until "
            + Words.time(ends)
            + ", and could be executed from "
            + Words.time(executable)
            + " on.");
    told.add(Warnings.effect(executable, rules));
    told.add(
        "It needs "
            + Words.votes(rules.quorum())
            + " for it or abstained, and more for it than against; there are "
            + Words.votes(rules.supply())
            + " in all, and the server's key has "
            + Words.votes(votes)
            + ".");
    return told;
  }
}
