package io.openledger.rollup.reader;

import io.openledger.api.OpenLedgerException;
import java.time.Instant;
import java.util.Optional;

/**
 * How the reader of this node is. Figures are those of its last look at the chain.
 *
 * @param reading whether this node reads; another one does if not, or none has begun
 * @param finalized the last block that was read and is final; −1 before the first
 * @param head the last block that was read; −1 before the first
 * @param chainHead the chain's newest block; −1 before the first look
 * @param looked when it looked last with success
 * @param trouble why it does not go on
 * @param undecoded events that could not be decoded, and were kept as they are
 * @param takenBack blocks that the chain took back since the start of this node
 */
public record ReaderStatus(
    boolean reading,
    long finalized,
    long head,
    long chainHead,
    Optional<Instant> looked,
    Optional<OpenLedgerException> trouble,
    long undecoded,
    long takenBack) {

  static ReaderStatus fresh() {
    return new ReaderStatus(false, -1, -1, -1, Optional.empty(), Optional.empty(), 0, 0);
  }

  /** Whether all that the chain had at the last look was read. */
  boolean caughtUp() {
    return reading && trouble.isEmpty() && head >= chainHead;
  }

  /** In words, for administrators. */
  public String told() {
    StringBuilder text = new StringBuilder();
    if (trouble.isPresent()) {
      text.append(trouble.get().getMessage());
    } else if (reading) {
      text.append("read to block ").append(head).append(" of ").append(chainHead);
      text.append(", final to ").append(finalized);
    } else {
      text.append("another node reads, or none has begun");
    }
    if (undecoded > 0) {
      text.append("; ").append(undecoded).append(" events could not be decoded, see the log");
    }
    return text.toString();
  }
}
