package io.openledger.api.governance;

import io.openledger.api.reward.Wei;
import java.time.Instant;
import java.util.List;

/**
 * What a draft would do, and whether it can be proposed. Nothing was sent.
 *
 * @param id that the proposal would have
 * @param description as it would go onto the chain
 * @param calls what it would call, rendered as everybody will see it
 * @param summary what it would change, when, and what it needs, in sentences
 * @param refusals why it would not be proposed, each saying what arrived, what is allowed and what
 *     to do; empty if it would
 * @param schedule the earliest times, if it were proposed now
 * @param threshold votes that the proposer needs, in wei
 * @param ownVotes votes that the server's key has, in wei
 * @param quorum votes for and abstentions that it would need now, in wei
 * @param asOf when it was read
 */
public record PolicyPreview(
    ProposalId id,
    String description,
    List<ProposedCall> calls,
    List<String> summary,
    List<String> refusals,
    Schedule schedule,
    Wei threshold,
    Wei ownVotes,
    Wei quorum,
    ChainMoment asOf) {

  public PolicyPreview {
    calls = List.copyOf(calls);
    summary = List.copyOf(summary);
    refusals = List.copyOf(refusals);
  }

  /**
   * The earliest times.
   *
   * @param voteBegins after it is voted
   * @param voteEnds the last second of the vote
   * @param executable when it can be executed, queued at once
   * @param effective when it holds: epochs that begin later are settled by it
   */
  public record Schedule(
      Instant voteBegins, Instant voteEnds, Instant executable, Instant effective) {}
}
