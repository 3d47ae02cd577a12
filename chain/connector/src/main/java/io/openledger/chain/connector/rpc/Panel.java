package io.openledger.chain.connector.rpc;

import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.HttpService.Pending;
import io.openledger.chain.connector.rpc.RpcException.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The endpoints as those who are asked together: who is up, who is fresh, and what enough of them
 * say. Safe for any number of threads.
 *
 * <p>It is long because rounds, looks and votes all change what is known of the same members.
 */
final class Panel {

  private final List<Member> members;
  private final EndpointSettings settings;
  private final int quorum;
  private final long chainId;
  private final LongSupplier nanos;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile long lookedAt;
  private volatile boolean looked;

  Panel(List<Member> members, EndpointSettings settings, long chainId, LongSupplier nanos) {
    this.members = List.copyOf(members);
    this.settings = settings;
    this.quorum = settings.quorumOf(members.size());
    this.chainId = chainId;
    this.nanos = nanos;
  }

  int quorum() {
    return quorum;
  }

  List<Member> members() {
    return members;
  }

  /** Those who are asked, the fresh ones first, otherwise as configured. */
  List<Member> up() {
    boolean old = !looked || nanos.getAsLong() - lookedAt > settings.refresh().toNanos();
    boolean few = members.stream().filter(Member::up).count() < quorum;
    if (old || (few && members.stream().anyMatch(Member::mayBeDue))) {
      look();
    }
    List<Member> up = members.stream().filter(Member::up).toList();
    return up.stream().sorted(Comparator.comparing(m -> !m.fresh())).toList();
  }

  /** Those who may be asked for what is newest. */
  List<Member> fresh() {
    return up().stream().filter(Member::fresh).toList();
  }

  /**
   * Looks at the heads of those who are up and at those who are due again. Who comes while another
   * looks goes on with what is known, or waits if nothing is.
   */
  void look() {
    if (!looking.tryLock()) {
      if (looked) {
        return;
      }
      looking.lock();
      looking.unlock();
      return;
    }
    try {
      long alreadyUp = members.stream().filter(Member::up).count();
      List<Member> asked = members.stream().filter(m -> m.up() || m.due()).toList();
      List<Member> unsure = asked.stream().filter(Member::chainDue).toList();
      new Round<>(Question.chainId(), new Ballot<Long>(id -> id))
          .ask(unsure)
          .finish(ballot -> alreadyUp >= quorum || ballot.answers().size() >= quorum)
          .answers()
          .forEach((m, answer) -> answer.value().ifPresent(id -> m.chain(id, chainId)));
      List<Member> right = asked.stream().filter(m -> !m.chainDue()).toList();
      poll(right, Question.block(Finality.UNSAFE.tag()), block -> block)
          .answers()
          .forEach((m, answer) -> answer.value().flatMap(block -> block).ifPresent(m::head));
      compare();
      lookedAt = nanos.getAsLong();
      looked = true;
    } finally {
      looking.unlock();
    }
  }

  private void compare() {
    List<BlockHeader> heads =
        members.stream().filter(Member::up).flatMap(m -> m.head().stream()).toList();
    if (heads.isEmpty()) {
      return;
    }
    int place = Math.min(quorum, heads.size()) - 1;
    long number =
        heads.stream()
            .map(BlockHeader::number)
            .sorted(Comparator.reverseOrder())
            .toList()
            .get(place);
    Instant time =
        heads.stream().map(BlockHeader::time).sorted(Comparator.reverseOrder()).toList().get(place);
    members.forEach(m -> m.compare(number, time));
  }

  /** Asks all of them at once, and waits longer than patience lasts only if too few answer. */
  <T> Ballot<T> poll(List<Member> asked, Question<T> question, Function<T, ?> identity) {
    return new Round<>(question, new Ballot<T>(identity))
        .ask(asked)
        .finish(ballot -> ballot.answers().size() >= quorum);
  }

  /** A question that is on its way to some. */
  private final class Round<T> {
    private final Question<T> question;
    private final Ballot<T> ballot;
    private final Map<Member, Pending<T>> open = new LinkedHashMap<>();
    private final Map<Member, Long> asked = new HashMap<>();

    Round(Question<T> question, Ballot<T> ballot) {
      this.question = question;
      this.ballot = ballot;
    }

    Round<T> ask(List<Member> some) {
      for (Member member : some) {
        asked.put(member, System.nanoTime());
        try {
          open.put(member, member.begin(question));
        } catch (RpcException e) {
          failed(member, question, e, ballot);
        }
      }
      return this;
    }

    /** Takes what arrives while patience lasts, counted from when each was asked. */
    Round<T> gather() {
      for (Member member : List.copyOf(open.keySet())) {
        Pending<T> pending = Objects.requireNonNull(open.get(member));
        long waited = System.nanoTime() - Objects.requireNonNull(asked.get(member));
        if (pending.arrives(settings.patience().toNanos() - waited)) {
          take(member, pending);
        }
      }
      return this;
    }

    private void take(Member member, Pending<T> pending) {
      open.remove(member);
      try {
        ballot.value(member, pending.await());
      } catch (RpcException e) {
        if (e.kind() == Kind.INTERRUPTED) {
          open.values().forEach(Pending::cancel);
        }
        failed(member, question, e, ballot);
      }
    }

    /** Those who are slower than patience lasts are waited for if the others are not enough. */
    Ballot<T> finish(Predicate<Ballot<T>> enough) {
      gather();
      for (Member member : List.copyOf(open.keySet())) {
        if (!enough.test(ballot)) {
          take(member, Objects.requireNonNull(open.get(member)));
        } else {
          Objects.requireNonNull(open.remove(member)).cancel();
          if (!question.isLong()) {
            member.failed(member.slow(question));
          }
        }
      }
      return ballot;
    }
  }

  private static void failed(
      Member member, Question<?> question, RpcException e, Ballot<?> ballot) {
    if (e.kind() == Kind.INTERRUPTED) {
      throw Refusals.unavailable("interrupted while waiting for the chain", e);
    }
    // whoever is asked for too much at once is no worse for it
    if (!(e.tooMuch() && question.isLong())) {
      member.failed(e);
    }
    ballot.failure(member, e);
  }

  /**
   * Asks as many as must agree, and the others only if those do not.
   *
   * @param least how many are asked at first, and must say the same
   */
  <T> Ballot<T> ask(List<Member> asked, int least, Question<T> question, Function<T, ?> identity) {
    Ballot<T> ballot = new Ballot<>(identity);
    int first = Math.min(least, asked.size());
    Round<T> round = new Round<>(question, ballot).ask(asked.subList(0, first)).gather();
    if (ballot.parties().size() != 1 || ballot.answers().size() < least) {
      round.ask(asked.subList(first, asked.size()));
    }
    return round.finish(done -> done.winners(least).isPresent());
  }

  /**
   * What enough say; those who say otherwise are noted.
   *
   * @param about the block that it is about, if that is final: see {@link #outvoted}
   * @throws OpenLedgerException {@code CHAIN_UNAVAILABLE} if too few have a say, {@code
   *     CHAIN_DISPUTED} if too few agree, {@code CHAIN_REFUSED} if enough refuse
   */
  <T> T decide(Ballot<T> ballot, String what, OptionalLong about) {
    if (ballot.answers().size() < quorum) {
      throw tooFew(ballot, what);
    }
    List<Member> winners =
        ballot
            .winners(quorum)
            .orElseThrow(() -> Refusals.disputed("endpoints contradict each other about " + what));
    outvoted(ballot, winners, what, about);
    Ballot.Answer<T> answer = ballot.of(winners);
    return answer.value().orElseThrow(() -> Refusals.refused(answer.refusal().orElseThrow()));
  }

  /**
   * Takes note of those who have a say and are not among the winners.
   *
   * @param about the block that it is about, if that is final: who calls it final, too, and says
   *     otherwise is put aside
   */
  <T> void outvoted(Ballot<T> ballot, List<Member> winners, String what, OptionalLong about) {
    for (Member member : ballot.answers().keySet()) {
      if (!winners.contains(member)) {
        member.contradicted("contradicts the others about " + what, about);
      }
    }
  }

  OpenLedgerException tooFew(Ballot<?> ballot, String what) {
    List<String> why = new ArrayList<>();
    ballot.failures().forEach(e -> why.add(String.valueOf(e.getMessage())));
    for (Member member : members) {
      if (!member.up()) {
        EndpointState state = member.state();
        why.add(
            "endpoint "
                + member.name()
                + " is "
                + state.status()
                + state.lastError().map(last -> " (" + last + ")").orElse(""));
      }
    }
    Optional<RpcException> cause = ballot.failures().stream().findFirst();
    return Refusals.unavailable(
        ballot.answers().size()
            + " of the "
            + quorum
            + " endpoints that are needed answer about "
            + what
            + ": "
            + String.join("; ", why),
        cause.orElse(null));
  }
}
