package io.openledger.chain.connector.rpc;

import io.openledger.api.OpenLedgerException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that enough endpoints have, with the same hash. Of the heads that endpoints tell, the one
 * counts that as many as must agree have reached: one that tells a number too high or too low moves
 * nothing.
 *
 * <p>What was once final is remembered, and each new final block is compared with it: if it does
 * not descend from it by number and hash, finality is disputed until an administrator says
 * otherwise.
 */
final class Confirmed {

  /** How far below a disputed head one is looked for that enough agree on. */
  private static final int[] STEPS = {1, 2, 4, 8, 16, 32};

  private final Panel panel;
  private @Nullable FinalBlock last;
  private Optional<String> dispute = Optional.empty();

  Confirmed(Panel panel) {
    this.panel = panel;
  }

  /** The last block that was final. */
  synchronized Optional<FinalBlock> last() {
    return Optional.ofNullable(last);
  }

  /** Why what was last called final was not believed; empty if it was. */
  synchronized Optional<String> dispute() {
    return dispute;
  }

  private synchronized void settled(BlockHeader block) {
    dispute = Optional.empty();
    remember(FinalBlock.of(block));
  }

  /** Holds later finality against a block that was final before. */
  synchronized void remember(FinalBlock block) {
    if (last == null || block.number() > last.number()) {
      last = block;
    }
  }

  /** Forgets what was final. */
  synchronized void forget() {
    last = null;
    dispute = Optional.empty();
  }

  /** In the words of the first time, as long as it lasts: who tells what is new tells it once. */
  private synchronized OpenLedgerException disputed(String why) {
    String first = dispute.orElse(why);
    dispute = Optional.of(first);
    return Refusals.disputed(first);
  }

  /** The number of a block if it is final already. */
  OptionalLong settled(long number) {
    boolean settled = last().map(block -> number <= block.number()).orElse(false);
    return settled ? OptionalLong.of(number) : OptionalLong.empty();
  }

  BlockHeader head(Finality finality) {
    if (finality != Finality.FINALIZED) {
      return newest(finality);
    }
    BlockHeader told = newest(finality);
    Optional<FinalBlock> before = last();
    Optional<BlockHeader> follows =
        before.isEmpty() ? Optional.of(told) : after(before.get(), told);
    if (follows.isEmpty()) {
      throw disputed(
          "finality went back: "
              + before.get()
              + " was final, and now "
              + FinalBlock.of(told)
              + " is, which does not follow from it");
    }
    settled(follows.get());
    return follows.get();
  }

  /**
   * What enough call final now, if it does not follow from what was.
   *
   * @throws OpenLedgerException as {@link #head}, if too few say the same
   */
  Optional<BlockHeader> unaccepted() {
    BlockHeader told = newest(Finality.FINALIZED);
    Optional<FinalBlock> before = last();
    return before.isEmpty() || after(before.get(), told).isPresent()
        ? Optional.empty()
        : Optional.of(told);
  }

  /** The newer of what was final and what is called so now; empty if one contradicts the other. */
  private Optional<BlockHeader> after(FinalBlock before, BlockHeader told) {
    if (told.number() == before.number()) {
      return Optional.of(told).filter(before::is);
    }
    if (told.number() == before.number() + 1) {
      return Optional.of(told).filter(t -> t.parent().equals(before.hash()));
    }
    Optional<BlockHeader> there = block(before.number()).filter(before::is);
    // an older one is no contradiction, if the one that was final is still there
    return told.number() > before.number() ? there.map(t -> told) : there;
  }

  private BlockHeader newest(Finality finality) {
    String what = "the block that is " + finality.tag();
    List<Member> asked = finality == Finality.UNSAFE ? panel.fresh() : panel.up();
    Ballot<Optional<BlockHeader>> heads =
        panel.poll(asked, Question.block(finality.tag()), Function.identity());
    List<Long> numbers =
        heads.answers().values().stream()
            .flatMap(answer -> answer.value().flatMap(b -> b).stream())
            .map(BlockHeader::number)
            .sorted(Comparator.reverseOrder())
            .toList();
    heads
        .answers()
        .forEach(
            (member, answer) ->
                answer.value().flatMap(b -> b).ifPresent(b -> told(member, finality, b)));
    if (numbers.size() < panel.quorum()) {
      throw panel.tooFew(heads, what);
    }
    long number = numbers.get(panel.quorum() - 1);
    Optional<BlockHeader> found = confirm(number, heads, finality == Finality.FINALIZED);
    if (found.isPresent()) {
      return found.get();
    }
    if (finality != Finality.FINALIZED) {
      for (int step : STEPS) {
        Optional<BlockHeader> lower =
            number < step ? Optional.empty() : confirm(number - step, heads, false);
        if (lower.isPresent()) {
          return lower.get();
        }
      }
    }
    throw Refusals.disputed("endpoints contradict each other about " + what + ", " + number);
  }

  private static void told(Member member, Finality finality, BlockHeader head) {
    if (finality == Finality.UNSAFE) {
      member.head(head);
    } else if (finality == Finality.FINALIZED) {
      member.callsFinal(head.number());
    }
  }

  /** The block of a number that enough have; those whose head it is need not be asked again. */
  private Optional<BlockHeader> confirm(
      long number, Ballot<Optional<BlockHeader>> heads, boolean settled) {
    Ballot<BlockHeader> ballot = new Ballot<>(Function.identity());
    Set<Member> open = new HashSet<>();
    heads
        .answers()
        .forEach(
            (member, answer) -> {
              Optional<BlockHeader> head = answer.value().flatMap(b -> b);
              if (head.isPresent() && head.get().number() == number) {
                ballot.value(member, head.get());
              } else {
                open.add(member);
              }
            });
    if (ballot.parties().size() > 1 || ballot.answers().size() < panel.quorum() || settled) {
      List<Member> others = panel.members().stream().filter(open::contains).toList();
      panel
          .poll(others, Question.block(number), Function.identity())
          .answers()
          .forEach(
              (member, answer) ->
                  answer.value().flatMap(b -> b).ifPresent(b -> ballot.value(member, b)));
    }
    Optional<List<Member>> winners = ballot.winners(panel.quorum());
    winners.ifPresent(
        who ->
            panel.outvoted(
                ballot,
                who,
                "block " + number,
                settled ? OptionalLong.of(number) : OptionalLong.empty()));
    return winners.flatMap(who -> ballot.of(who).value());
  }

  /**
   * The block of a number that enough have. Not to have it is no contradiction: an endpoint may not
   * have come so far.
   *
   * @throws OpenLedgerException if those who have one contradict each other, or too few answer
   */
  Optional<BlockHeader> block(long number) {
    String what = "block " + number;
    Ballot<Optional<BlockHeader>> all =
        panel.ask(panel.up(), panel.quorum(), Question.block(number), Function.identity());
    if (all.answers().size() < panel.quorum()) {
      throw panel.tooFew(all, what);
    }
    Ballot<BlockHeader> having = new Ballot<>(Function.identity());
    all.answers()
        .forEach(
            (member, answer) ->
                answer.value().flatMap(b -> b).ifPresent(b -> having.value(member, b)));
    Optional<List<Member>> winners = having.winners(panel.quorum());
    if (winners.isPresent()) {
      panel.outvoted(having, winners.get(), what, settled(number));
      return having.of(winners.get()).value();
    }
    if (having.parties().size() > 1) {
      throw Refusals.disputed("endpoints contradict each other about " + what);
    }
    return Optional.empty();
  }
}
