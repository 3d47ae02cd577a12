package io.openledger.chain.connector.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Logs as several endpoints show or hide them. */
final class Logs {

  private final Panel panel;
  private final Confirmed confirmed;

  Logs(Panel panel, Confirmed confirmed) {
    this.panel = panel;
    this.confirmed = confirmed;
  }

  /** All that a log says; two logs are equal by their place alone. */
  static Object whole(EventLog log) {
    return List.of(
        log.address(),
        log.topics(),
        java.nio.ByteBuffer.wrap(log.data()),
        log.block(),
        log.blockHash(),
        log.transaction(),
        log.index());
  }

  List<EventLog> of(EventFilter filter, long from, long to) {
    LogRange.check(from, to);
    List<EventLog> logs = new ArrayList<>();
    LogRange.split(from, to, (first, last) -> take(filter, first, last, logs));
    return List.copyOf(logs);
  }

  private Optional<RpcException> take(EventFilter filter, long from, long to, List<EventLog> into) {
    String what = "the logs of blocks " + from + " to " + to;
    // who has not come so far shows fewer, and honestly so
    List<Member> able = able(to);
    int least = Math.max(panel.quorum(), Math.min(2, able.size()));
    Ballot<List<EventLog>> ballot =
        panel.ask(
            able,
            least,
            Question.logs(filter, from, to),
            logs -> logs.stream().map(Logs::whole).toList());
    if (ballot.answers().size() < panel.quorum()) {
      Optional<RpcException> tooMuch =
          ballot.failures().stream().filter(RpcException::tooMuch).findFirst();
      if (tooMuch.isPresent()) {
        return tooMuch;
      }
    }
    into.addAll(panel.decide(ballot, what, confirmed.isSettled(to)));
    return Optional.empty();
  }

  private List<Member> able(long block) {
    List<Member> able = reached(block);
    if (able.size() < panel.quorum()) {
      panel.look();
      able = reached(block);
    }
    return able;
  }

  private List<Member> reached(long block) {
    return panel.up().stream().filter(m -> m.reached(block)).toList();
  }
}
