package io.openledger.attribution.span;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Who owns each token: of each datanet the earliest document among those that hold a sufficient
 * stretch around it. A sliding minimum over the stretches, constant amortised work for each token
 * and datanet.
 *
 * <p>Only stretches that cannot be shortened matter, because a part of a stretch stands in every
 * document that the whole stands in. There are two kinds that cannot be shortened without losing a
 * token t or the thresholds: from a start the shortest that suffices, when it reaches beyond t, and
 * up to t the shortest that suffices. {@link SpanAssembly} gives both.
 */
final class TokenOwners {

  /**
   * That documents hold {@code [start, end)} of the text first, one of each datanet, 0 for none.
   */
  private record Held(int start, int end, long[] documents) {}

  private final ArrayDeque<Held> entering = new ArrayDeque<>();
  // of each datanet those that can still win a token: documents rise, and so do ends
  private final List<ArrayDeque<Held>> winning = new ArrayList<>();

  TokenOwners(int datanets) {
    for (int i = 0; i < datanets; i++) {
      winning.add(new ArrayDeque<>());
    }
  }

  /**
   * Adds a stretch.
   *
   * @param start not below that of the stretch before, nor of a token that was asked for
   * @param end not below that of the stretch before
   */
  void hold(int start, int end, long[] documents) {
    entering.addLast(new Held(start, end, documents));
  }

  /**
   * The owners of a token, one of each datanet, 0 for none. A new array.
   *
   * @param token not below the one asked for before; all stretches around it are added
   */
  long[] of(int token) {
    while (!entering.isEmpty() && entering.getFirst().start() <= token) {
      enter(entering.removeFirst());
    }
    long[] owners = new long[winning.size()];
    for (int i = 0; i < owners.length; i++) {
      ArrayDeque<Held> queue = winning.get(i);
      while (!queue.isEmpty() && queue.getFirst().end() <= token) {
        queue.removeFirst();
      }
      owners[i] = queue.isEmpty() ? 0 : queue.getFirst().documents()[i];
    }
    return owners;
  }

  private void enter(Held held) {
    for (int i = 0; i < winning.size(); i++) {
      long document = held.documents()[i];
      if (document > 0) {
        ArrayDeque<Held> queue = winning.get(i);
        // it ends no earlier than those before it, so it beats the later documents among them
        while (!queue.isEmpty() && queue.getLast().documents()[i] >= document) {
          queue.removeLast();
        }
        queue.addLast(held);
      }
    }
  }
}
