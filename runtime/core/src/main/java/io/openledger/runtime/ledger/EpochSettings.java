package io.openledger.runtime.ledger;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When an epoch is closed, and what is kept of it.
 *
 * @param interval how long what was earned waits at most, zero: for ever, or until there is enough
 *     of it; empty: as long as the chain says, {@link #USUAL} where it says nothing
 * @param volume an epoch is closed as soon as so much was earned since the last one, in wei, above
 *     zero; empty: never for that
 * @param receipts most receipts of an epoch, 1 to 2^24: one that has more is closed in parts
 * @param keptFiles how many epochs' files of published amounts are kept, 1 to 10 000; older ones
 *     are written again when they are asked for
 */
public record EpochSettings(
    Optional<Duration> interval, Optional<Wei> volume, int receipts, int keptFiles) {

  /** Most receipts of an epoch: the most leaves of a tree over them. */
  public static final int MOST_RECEIPTS = 1 << 24;

  /** How long what was earned waits where nobody says anything of it. */
  public static final Duration USUAL = Duration.ofHours(1);

  public EpochSettings {
    if (interval.filter(Duration::isNegative).isPresent()) {
      throw OpenLedgerException.invalid("interval of epochs", interval.get(), "zero or more");
    }
    if (volume.filter(Wei::isZero).isPresent()) {
      throw OpenLedgerException.invalid("volume of an epoch", "zero", "above zero");
    }
    if (receipts < 1 || receipts > MOST_RECEIPTS) {
      throw OpenLedgerException.invalid("receipts of an epoch", receipts, "1 to " + MOST_RECEIPTS);
    }
    if (keptFiles < 1 || keptFiles > 10_000) {
      throw OpenLedgerException.invalid("kept files of epochs", keptFiles, "1 to 10000");
    }
  }

  /** By time alone: a million receipts an epoch, the files of eight epochs. */
  public static EpochSettings each(Duration interval) {
    return by(Optional.of(interval));
  }

  /** The same, with or without an interval of our own. */
  public static EpochSettings by(Optional<Duration> interval) {
    return new EpochSettings(interval, Optional.empty(), 1 << 20, 8);
  }

  /** The same, closed for a volume too. */
  public EpochSettings withVolume(Optional<Wei> earned) {
    return new EpochSettings(interval, earned, receipts, keptFiles);
  }

  /** Whether epochs are closed without being asked for. */
  boolean byThemselves() {
    return !onRequest() || volume.isPresent();
  }

  private boolean onRequest() {
    return interval.filter(Duration::isZero).isPresent();
  }

  /**
   * How long what was earned waits at most; empty: for ever. The shorter of ours and the chain's,
   * so that a vote lets nobody wait longer than the operator does, and an operator nobody longer
   * than was voted; but who closes epochs on request alone goes on to do so.
   *
   * @param chain how long the epoch is by the chain's word, if it has said so
   */
  Optional<Duration> longest(Optional<Duration> chain) {
    if (onRequest()) {
      return Optional.empty();
    }
    return Stream.of(interval, chain)
        .flatMap(Optional::stream)
        .min(Comparator.naturalOrder())
        .or(() -> Optional.of(USUAL));
  }
}
