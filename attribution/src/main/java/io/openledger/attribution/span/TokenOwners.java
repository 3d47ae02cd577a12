package io.openledger.attribution.span;

import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who owns each token: of each datanet the earliest document among those that hold a sufficient
 * stretch around it. A sliding minimum over the stretches, constant amortised work for each token
 * and datanet, beside the look-ups.
 *
 * <p>Only stretches that cannot be shortened matter, because a part of a stretch stands in every
 * document that the whole stands in. There are two kinds that cannot be shortened without losing a
 * token t or the thresholds: from a start the shortest that suffices, when it reaches beyond t, and
 * up to t the shortest that suffices. {@link SpanAssembly} gives both.
 *
 * <p><b>Look-ups.</b> For the same reason the earliest document of a stretch is not later than that
 * of a span around it and not earlier than that of a part of it. So where the part that several
 * stretches share has the same earliest documents as the span around them all, so has each of them,
 * and one look-up stands for many; where it has not, each half of them is tried. At most twice as
 * many look-ups as stretches, and in a quotation that nobody has the like of a few.
 */
final class TokenOwners {

  // looking up a span costs its length, and a hostile text has as many spans as tokens
  private static final int LONGEST_SPAN = 4096;

  /** {@code [start, end)} of the text, until it is known which documents hold it first. */
  private static final class Held {
    final int start;
    final int end;
    final int[] tokens;
    final long before;
    final long until;
    long @Nullable [] documents;

    Held(int start, int[] tokens, long before, long until) {
      this.start = start;
      this.end = start + tokens.length;
      this.tokens = tokens;
      this.before = before;
      this.until = until;
    }
  }

  private final Earliest earliest;
  private final long leastProbe;
  private final ArrayDeque<Held> entering = new ArrayDeque<>();
  // of each datanet those that can still win a token: documents rise, and so do ends
  private final List<ArrayDeque<Held>> winning = new ArrayList<>();

  /**
   * Over some datanets.
   *
   * @param leastProbe a shared part with less information occurs too often to be worth a look. Over
   *     5 million tokens, a trace took 1.3 ms in the fast form and 8.8 ms in the compact one with a
   *     half of what a stretch has, 1.3 and 6.6 with three quarters, 1.8 and 6.0 with seven eighths
   */
  TokenOwners(int datanets, Earliest earliest, long leastProbe) {
    this.earliest = earliest;
    this.leastProbe = leastProbe;
    for (int i = 0; i < datanets; i++) {
      winning.add(new ArrayDeque<>());
    }
  }

  /**
   * Adds a stretch.
   *
   * @param start not below that of the stretch before, nor of a token that was asked for
   * @param tokens of it; it ends no earlier than the stretch before
   * @param before the information of the text before it
   * @param until the same with it
   */
  void hold(int start, int[] tokens, long before, long until) {
    entering.addLast(new Held(start, tokens, before, until));
  }

  /**
   * The owners of a token, one of each datanet, 0 for none. A new array.
   *
   * @param token not below the one asked for before; all stretches around it are added
   * @param span a stretch that occurs
   * @param first of each datanet the earliest document that holds it
   */
  long[] of(int token, Stretch span, Supplier<long[]> first) {
    while (!entering.isEmpty() && entering.getFirst().start <= token) {
      Held next = entering.getFirst();
      if (next.documents == null && next.end > token) {
        next.documents = earliest.known(next.tokens);
      }
      if (next.documents == null && next.end > token) {
        resolve(together(span), first);
      }
      enter(entering.removeFirst());
    }
    long[] owners = new long[winning.size()];
    for (int i = 0; i < owners.length; i++) {
      ArrayDeque<Held> queue = winning.get(i);
      while (!queue.isEmpty() && queue.getFirst().end <= token) {
        queue.removeFirst();
      }
      owners[i] = queue.isEmpty() ? 0 : documents(queue.getFirst())[i];
    }
    return owners;
  }

  /** The first that enters, and those behind it that lie in the span and share enough with it. */
  private List<Held> together(Stretch span) {
    List<Held> group = new ArrayList<>();
    for (Held one : entering) {
      boolean fits =
          group.isEmpty()
              || (span.length() <= LONGEST_SPAN
                  && group.get(0).start >= span.start()
                  && one.end <= span.end()
                  && one.documents == null
                  && one.start < group.get(0).end
                  && group.get(0).until - one.before >= leastProbe);
      if (!fits) {
        break;
      }
      group.add(one);
    }
    return group;
  }

  private void resolve(List<Held> group, Supplier<long[]> first) {
    Held foremost = group.get(0);
    if (group.size() == 1) {
      foremost.documents = earliest.of(foremost.tokens, 0, foremost.tokens.length);
      return;
    }
    int shared = group.get(group.size() - 1).start - foremost.start;
    long[] whole = first.get();
    if (Arrays.equals(earliest.of(foremost.tokens, shared, foremost.tokens.length), whole)) {
      group.forEach(one -> one.documents = whole);
    } else {
      int half = group.size() / 2;
      resolve(group.subList(0, half), first);
      resolve(group.subList(half, group.size()), first);
    }
  }

  private void enter(Held held) {
    if (held.documents == null) {
      // it ends before every token that is still asked for
      return;
    }
    for (int i = 0; i < winning.size(); i++) {
      long document = held.documents[i];
      if (document > 0) {
        ArrayDeque<Held> queue = winning.get(i);
        // it ends no earlier than those before it, so it beats the later documents among them
        while (!queue.isEmpty() && documents(queue.getLast())[i] >= document) {
          queue.removeLast();
        }
        queue.addLast(held);
      }
    }
  }

  private static long[] documents(Held entered) {
    return java.util.Objects.requireNonNull(entered.documents);
  }
}
