package io.openledger.serving.engine;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;

/**
 * The order of tokens: the likelier first, the smaller id first among equals. Selection by heaps,
 * so that a few of a large vocabulary cost one scan. No logit may be NaN, which {@link #top} finds.
 */
final class Ranking {

  private Ranking() {}

  /**
   * The largest logit.
   *
   * @throws OpenLedgerException {@link ErrorCode#INTERNAL} when one is NaN or the largest infinite
   */
  static float top(float[] logits, int vocabulary) {
    float top = Float.NEGATIVE_INFINITY;
    for (int token = 0; token < vocabulary; token++) {
      // Of NaN and anything the maximum is NaN.
      top = Math.max(top, logits[token]);
    }
    if (!Float.isFinite(top)) {
      throw new OpenLedgerException(
          ErrorCode.INTERNAL,
          "logits that are not finite",
          "finite logits",
          "check the adapter and the checkpoint");
    }
    return top;
  }

  private static boolean before(float[] logits, int a, int b) {
    return logits[a] > logits[b] || logits[a] == logits[b] && a < b;
  }

  /**
   * Fills {@code ids} with the likeliest tokens, the likeliest first.
   *
   * @return how many: {@code most}, or the vocabulary where it is smaller
   */
  static int likeliest(float[] logits, int vocabulary, int most, int[] ids) {
    int count = Math.min(most, vocabulary);
    if (count == 0) {
      return 0;
    }
    for (int token = 0; token < count; token++) {
      ids[token] = token;
    }
    heapify(logits, ids, count);
    float worst = logits[ids[0]];
    for (int token = count; token < vocabulary; token++) {
      // An equal one has a larger id, so it comes after.
      if (logits[token] > worst) {
        ids[0] = token;
        sink(logits, ids, 0, count);
        worst = logits[ids[0]];
      }
    }
    for (int last = count - 1; last > 0; last--) {
      swap(ids, 0, last);
      sink(logits, ids, 0, last);
    }
    return count;
  }

  /** Makes a heap with the last of the order on its top. */
  private static void heapify(float[] logits, int[] heap, int size) {
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(logits, heap, i, size);
    }
  }

  private static void sink(float[] logits, int[] heap, int from, int size) {
    int i = from;
    while (2 * i + 1 < size) {
      int child = 2 * i + 1;
      if (child + 1 < size && !before(logits, heap[child + 1], heap[child])) {
        child++;
      }
      if (before(logits, heap[child], heap[i])) {
        return;
      }
      swap(heap, i, child);
      i = child;
    }
  }

  private static void swap(int[] heap, int a, int b) {
    int id = heap[a];
    heap[a] = heap[b];
    heap[b] = id;
  }
}
