package io.openledger.runtime.ledger;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.time.Duration;
import java.util.Optional;

/**
 * When an epoch is closed, and what is kept of it.
 *
 * @param interval how long what was earned waits at most, zero: for ever, or until there is enough
 *     of it
 * @param volume an epoch is closed as soon as so much was earned since the last one, in wei, above
 *     zero; empty: never for that
 * @param receipts most receipts of an epoch, 1 to 2^24: one that has more is closed in parts
 * @param keptFiles how many epochs' files of published amounts are kept, 1 to 10 000; older ones
 *     are written again when they are asked for
 */
public record EpochSettings(Duration interval, Optional<Wei> volume, int receipts, int keptFiles) {

  /** Most receipts of an epoch: the most leaves of a tree over them. */
  public static final int MOST_RECEIPTS = 1 << 24;

  public EpochSettings {
    if (interval.isNegative()) {
      throw OpenLedgerException.invalid("interval of epochs", interval, "zero or more");
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
    return new EpochSettings(interval, Optional.empty(), 1 << 20, 8);
  }

  /** The same, closed for a volume too. */
  public EpochSettings withVolume(Optional<Wei> earned) {
    return new EpochSettings(interval, earned, receipts, keptFiles);
  }

  /** Whether epochs are closed without being asked for. */
  boolean byThemselves() {
    return !interval.isZero() || volume.isPresent();
  }
}
