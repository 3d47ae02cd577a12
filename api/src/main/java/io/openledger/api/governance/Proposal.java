package io.openledger.api.governance;

import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A proposal and how it stands.
 *
 * @param id names it
 * @param proposer who made it
 * @param state how far it is
 * @param danger the worst of its calls
 * @param warnings what to look at before voting, worst first; empty only if every call is a change
 *     of policy that would be accepted
 * @param calls all of them, in their order
 * @param text what the proposer wrote, if it was found and is what the id commits to
 * @param tally the votes so far
 * @param schedule its times
 * @param own what the server's key has to do with it
 * @param summary how it stands, in sentences
 * @param asOf when it was read
 */
public record Proposal(
    ProposalId id,
    ChainAddress proposer,
    ProposalState state,
    Danger danger,
    List<String> warnings,
    List<ProposedCall> calls,
    Optional<ProposalText> text,
    Tally tally,
    Schedule schedule,
    Own own,
    List<String> summary,
    ChainMoment asOf) {

  public Proposal {
    warnings = List.copyOf(warnings);
    calls = List.copyOf(calls);
    summary = List.copyOf(summary);
    for (ProposedCall call : calls) {
      danger = danger.worst(call.danger());
    }
  }

  /**
   * Votes, in wei of GOPEN.
   *
   * @param votesFor for it
   * @param against it
   * @param abstain neither
   * @param quorum that {@code votesFor} and {@code abstain} must reach together
   * @param quorumFixed false while the vote has not begun: the quorum is then what it would be now
   */
  public record Tally(Wei votesFor, Wei against, Wei abstain, Wei quorum, boolean quorumFixed) {

    /** Votes that the quorum still lacks. */
    public Wei missing() {
      Wei counted = votesFor.plus(abstain);
      return counted.compareTo(quorum) >= 0 ? Wei.ZERO : quorum.minus(counted);
    }

    /** Whether it would succeed if the vote ended so. */
    public boolean carried() {
      return missing().isZero() && votesFor.compareTo(against) > 0;
    }
  }

  /**
   * Times of the chain's clock, in whole seconds.
   *
   * @param voteBegins the votes of this time count; voting is possible after it
   * @param voteEnds the last second of the vote
   * @param extendedFrom when it would have ended, had its quorum not been reached late
   * @param executableFrom when the timelock lets it be executed; once it is queued
   */
  public record Schedule(
      Instant voteBegins,
      Instant voteEnds,
      Optional<Instant> extendedFrom,
      Optional<Instant> executableFrom) {}

  /**
   * The server's key and this proposal.
   *
   * @param power votes that it has in it: those of the vote's beginning, or of now before that; in
   *     wei
   * @param voted whether it has voted
   * @param proposer whether it proposed it
   */
  public record Own(Wei power, boolean voted, boolean proposer) {}
}
