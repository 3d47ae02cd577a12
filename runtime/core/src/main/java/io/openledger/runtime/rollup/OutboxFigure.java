package io.openledger.runtime.rollup;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * One figure that is published of the outbox. {@link #ALL} is the one list from which every form is
 * made, so that a figure has one name.
 *
 * @param name in words joined by underscores, without prefix and ending
 * @param help one sentence
 * @param counts whether it only grows while the server runs
 * @param value how it is read
 */
public record OutboxFigure(
    String name, String help, boolean counts, ToLongFunction<OutboxFigures> value) {

  /** All of them, in the order in which they are told. */
  public static final List<OutboxFigure> ALL =
      List.of(
          gauge("waiting", "Messages that are not final.", OutboxFigures::waiting),
          gauge("in_flight", "Messages told that are in no block.", OutboxFigures::inFlight),
          gauge(
              "oldest_seconds",
              "How long the oldest message that is not final has waited.",
              OutboxFigures::oldestSeconds),
          gauge("lease", "1 while this server sends.", f -> f.leaseHeld() ? 1 : 0),
          count("broadcasts", "Bytes told for the first time.", OutboxFigures::broadcasts),
          count("rebroadcasts", "Bytes told again.", OutboxFigures::rebroadcasts),
          count("bumps", "Raises of fees and cancellations signed.", OutboxFigures::bumps),
          count("reorgs", "Messages whose block was taken back.", OutboxFigures::reorgs),
          count("moved", "Messages signed for another nonce.", OutboxFigures::moved),
          count("finalized", "Messages final with their effect.", OutboxFigures::finalized),
          count("reverted", "Messages final and reverted.", OutboxFigures::reverted),
          count("cancelled", "Messages final and taken back.", OutboxFigures::cancelled));

  private static OutboxFigure gauge(String name, String help, ToLongFunction<OutboxFigures> value) {
    return new OutboxFigure(name, help, false, value);
  }

  private static OutboxFigure count(String name, String help, ToLongFunction<OutboxFigures> value) {
    return new OutboxFigure(name, help, true, value);
  }

  /** The whole name by Prometheus' conventions, such as {@code openledger_outbox_bumps_total}. */
  public String textName() {
    return "openledger_outbox_" + name + (counts ? "_total" : "");
  }
}
