package io.openledger.rollup.governance;

import io.openledger.api.governance.GovernanceStatus.Rules;
import io.openledger.api.governance.Proposal;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.ProposalState;
import io.openledger.api.governance.ProposalText;
import io.openledger.api.governance.ProposedCall;
import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.reward.ChainAddress;
import io.openledger.rollup.governance.GovernorReader.Content;
import io.openledger.rollup.governance.ProposalSource.Announcement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts a proposal together: its content, how it stands, what it would change. */
final class ProposalReader {

  private final GovernanceContracts contracts;
  private final GovernorReader governor;
  private final StoreReader stores;
  private final ProposalSource source;

  ProposalReader(
      GovernanceContracts contracts,
      GovernorReader governor,
      StoreReader stores,
      ProposalSource source) {
    this.contracts = contracts;
    this.governor = governor;
    this.stores = stores;
    this.source = source;
  }

  /**
   * A proposal, if the governor knows it.
   *
   * @param now the store in the view's block
   * @param rules in the same block
   */
  Optional<Proposal> read(ChainView view, StoreState now, Rules rules, ProposalId id) {
    return governor.content(view, id).map(content -> read(view, now, rules, content));
  }

  private Proposal read(ChainView view, StoreState now, Rules rules, Content content) {
    ProposalId id = content.id();
    Optional<Announcement> announced =
        source
            .announcement(id, view.moment().block())
            .filter(a -> a.textHash().equals(content.text()));
    ProposalState state = governor.state(view, id);
    Proposal.Schedule schedule = governor.schedule(view, id, announced.map(Announcement::voteEnds));
    // what was decided is shown against what held when it was voted on, not against itself
    StoreState before =
        state.isFinal() && schedule.voteBegins().isBefore(view.now())
            ? stores.at(view, now, schedule.voteBegins()).orElse(now)
            : now;
    Optional<Instant> executable = executable(view, state, schedule, rules);
    List<ProposedCall> calls =
        new CallRenderer(contracts, before, rules, executable).render(content.calls());
    boolean whole =
        !content.calls().isEmpty() && ProposalHash.of(content.calls(), content.text()).equals(id);
    Optional<ProposalText> text = announced.map(Announcement::text);
    Proposal.Tally tally = governor.tally(view, id, schedule.voteBegins());
    ChainAddress proposer = governor.proposer(view, id);
    return new Proposal(
        id,
        proposer,
        state,
        whole ? Danger.ROUTINE : Danger.UNKNOWN,
        Warnings.of(calls, whole, text),
        calls,
        text,
        tally,
        schedule,
        governor.own(view, id, schedule.voteBegins(), proposer),
        summary(state, tally, schedule, rules, calls, executable),
        view.moment());
  }

  /** When it can be executed at the earliest; empty if it never can any more. */
  private static Optional<Instant> executable(
      ChainView view, ProposalState state, Proposal.Schedule schedule, Rules rules) {
    return switch (state) {
      case PENDING, ACTIVE ->
          Optional.of(schedule.voteEnds().plusSeconds(1).plus(rules.timelockDelay()));
      case SUCCEEDED -> Optional.of(view.now().plus(rules.timelockDelay()));
      case QUEUED ->
          schedule.executableFrom().map(from -> from.isAfter(view.now()) ? from : view.now());
      case CANCELED, DEFEATED, EXPIRED, EXECUTED -> Optional.empty();
    };
  }

  private static List<String> summary(
      ProposalState state,
      Proposal.Tally tally,
      Proposal.Schedule schedule,
      Rules rules,
      List<ProposedCall> calls,
      Optional<Instant> executable) {
    List<String> told = new ArrayList<>();
    told.add(
        switch (state) {
          case PENDING ->
              "The vote begins after "
                  + Words.time(schedule.voteBegins())
                  + " and ends at "
                  + Words.time(schedule.voteEnds())
                  + ".";
          case ACTIVE -> "It is voted until " + Words.time(schedule.voteEnds()) + ".";
          case CANCELED -> "It was taken back, or out of the timelock.";
          case DEFEATED -> "It was defeated at " + Words.time(schedule.voteEnds()) + ".";
          case SUCCEEDED ->
              "It was decided at "
                  + Words.time(schedule.voteEnds())
                  + " and can be queued; then it waits for "
                  + Words.duration(java.math.BigInteger.valueOf(rules.timelockDelay().toSeconds()))
                  + ".";
          case QUEUED -> "It was decided and queued.";
          case EXPIRED -> "It was decided and not executed in time.";
          case EXECUTED -> "It was executed.";
        });
    schedule
        .extendedFrom()
        .ifPresent(
            from ->
                told.add(
                    "The vote was to end at "
                        + Words.time(from)
                        + " and was extended, because its quorum was reached late."));
    if (state != ProposalState.PENDING) {
      told.add(
          Words.votes(tally.votesFor())
              + " for it, "
              + Words.votes(tally.against())
              + " against, "
              + Words.votes(tally.abstain())
              + " abstained.");
    }
    told.add(
        tally.missing().isZero()
            ? "The quorum of " + Words.votes(tally.quorum()) + " is reached."
            : "The quorum is "
                + Words.votes(tally.quorum())
                + (tally.quorumFixed() ? "" : " as of now")
                + "; "
                + Words.missing(tally.missing())
                + ", for it or abstained.");
    executable.ifPresent(
        at -> {
          told.add(
              (state == ProposalState.PENDING || state == ProposalState.ACTIVE
                      ? "If it succeeds, it can be executed from "
                      : "It can be executed from ")
                  + Words.time(at)
                  + " on.");
          if (calls.stream().anyMatch(c -> !c.differences().isEmpty())) {
            told.add(Warnings.effect(at, rules));
          }
        });
    return told;
  }
}
