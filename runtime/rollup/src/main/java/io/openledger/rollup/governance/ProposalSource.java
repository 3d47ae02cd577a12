package io.openledger.rollup.governance;

import io.openledger.api.governance.ProposalId;
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
   * @param text the proposer's text, which need not be UTF-8; whoever asks holds it against its
   *     hash; copied on the way in and out
   * @param voteEnds when the vote was to end
   */
  record Announcement(byte[] text, Instant voteEnds) {

    public Announcement {
      text = text.clone();
    }

    @Override
    public byte[] text() {
      return text.clone();
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Announcement other
          && java.util.Arrays.equals(text, other.text)
          && voteEnds.equals(other.voteEnds);
    }

    @Override
    public int hashCode() {
      return java.util.Arrays.hashCode(text);
    }
  }
}
