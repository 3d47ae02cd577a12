package io.openledger.rollup.governance;

import io.openledger.api.Hash256;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.ProposalText;
import java.time.Instant;
import java.util.Optional;

/**
 * Finds what the event of a proposal's creation tells and the governor does not keep: the
 * proposer's text, of which it keeps the hash, and when the vote was to end. Safe for any thread.
 */
public interface ProposalSource {

  /**
   * The announcement of a proposal, if it is known by now.
   *
   * @param id the proposal
   * @param upTo the block in which the proposal was seen: its event is not later
   */
  Optional<Announcement> announcement(ProposalId id, long upTo);

  /**
   * The event {@code ProposalCreated}, as far as it is needed.
   *
   * @param textHash Keccak-256 of the whole text, which the governor's is compared with
   * @param text what may be shown of it
   * @param voteEnds when the vote was to end
   */
  record Announcement(Hash256 textHash, ProposalText text, Instant voteEnds) {

    /**
     * Out of the event.
     *
     * @param text the whole of it, which need not be UTF-8
     */
    public static Announcement of(byte[] text, Instant voteEnds) {
      return new Announcement(ProposalHash.of(text), HostileText.of(text), voteEnds);
    }
  }
}
