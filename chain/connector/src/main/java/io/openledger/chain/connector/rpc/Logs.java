package io.openledger.chain.connector.rpc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Logs as several endpoints show or hide them. */
final class Logs {

  /** Blocks about which a dispute is settled by proof: each costs some questions. */
  private static final int PROVEN = 16;

  private final Panel panel;
  private final Confirmed confirmed;
  private final Proofs proofs;

  Logs(Panel panel, Confirmed confirmed, Proofs proofs) {
    this.panel = panel;
    this.confirmed = confirmed;
    this.proofs = proofs;
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
    boolean disputed = ballot.answers().size() >= panel.quorum() && ballot.winners(least).isEmpty();
    LogRange.add(
        into,
        (disputed ? proven(ballot, filter) : Optional.<List<EventLog>>empty())
            .orElseGet(() -> panel.decide(ballot, what, confirmed.settled(to))));
    return Optional.empty();
  }

  /**
   * Leaves those whose logs are the proven ones in each block that there are two opinions about;
   * empty if there is no proof, or more than one opinion is left.
   */
  private Optional<List<EventLog>> proven(Ballot<List<EventLog>> ballot, EventFilter filter) {
    Map<Member, Map<Long, List<EventLog>>> left = new LinkedHashMap<>();
    ballot
        .answers()
        .forEach(
            (member, answer) -> answer.value().ifPresent(logs -> left.put(member, byBlock(logs))));
    SortedSet<Long> open = open(left.values());
    if (open.size() > PROVEN) {
      return Optional.empty();
    }
    for (long number : open) {
      Optional<List<TransactionReceipt>> receipts = proofs.of(number);
      if (receipts.isEmpty()) {
        return Optional.empty();
      }
      List<?> right =
          receipts.get().stream()
              .flatMap(receipt -> receipt.logs().stream())
              .filter(log -> Question.wanted(filter, log))
              .map(Proofs::proven)
              .toList();
      List<Member> wrong =
          left.keySet().stream()
              .filter(
                  m ->
                      !in(number, Objects.requireNonNull(left.get(m)), Proofs::proven)
                          .equals(right))
              .toList();
      for (Member member : wrong) {
        left.remove(member);
        member.contradicted(
            "hides, changes or invents logs of block " + number, confirmed.settled(number));
      }
    }
    return open(left.values()).isEmpty()
        ? left.values().stream()
            .findFirst()
            .map(logs -> logs.values().stream().flatMap(List::stream).toList())
        : Optional.empty();
  }

  /** In the chain's order. */
  private static Map<Long, List<EventLog>> byBlock(List<EventLog> logs) {
    return logs.stream()
        .collect(Collectors.groupingBy(EventLog::block, TreeMap::new, Collectors.toList()));
  }

  private static List<Object> in(
      long number, Map<Long, List<EventLog>> logs, Function<EventLog, Object> identity) {
    return logs.getOrDefault(number, List.of()).stream().map(identity).toList();
  }

  /** The blocks whose logs are not the same for all. */
  private static SortedSet<Long> open(Collection<Map<Long, List<EventLog>>> opinions) {
    SortedSet<Long> all = new TreeSet<>();
    opinions.forEach(logs -> all.addAll(logs.keySet()));
    all.removeIf(
        number ->
            opinions.stream().map(logs -> in(number, logs, Logs::whole)).distinct().count() == 1);
    return all;
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
