package io.openledger.serving.engine;

import java.util.List;

/**
 * In which pieces prompts are read, and whose is next.
 *
 * <p>A piece ends where a multiple of {@value #GRID} tokens of the prompt ends, whatever runs
 * beside it and whatever came from the prefix cache: a matrix product's last bits may depend on how
 * many rows it has, and so a prompt's keys and values are the same bits each time it is read.
 * {@value #GRID} tokens at once cost 5 % more a token than 512 do (measured on two cores at a width
 * of 896), and five steps of one sequence.
 *
 * <p>Among several prompts the one goes first that would be read first if each were read at the
 * same speed from its admission on: a short prompt overtakes a long one, and a long one waits for
 * at most as many tokens of later ones as it has itself.
 */
final class ReadingPlan {

  static final int GRID = 64;

  private long read;

  /** A prompt is to be read. */
  void admit(Sequence sequence) {
    sequence.readBy = read + sequence.request.prompt().length;
  }

  /** Whose piece is next, of at least one. */
  Sequence next(List<Sequence> reading) {
    Sequence next = reading.get(0);
    for (Sequence each : reading) {
      long order = each.readBy - next.readBy;
      if (order < 0 || order == 0 && each.number < next.number) {
        next = each;
      }
    }
    return next;
  }

  /** Where the piece that begins at a position ends. */
  static int end(int from, int promptLength) {
    return Math.min(promptLength, (from / GRID + 1) * GRID);
  }

  /** So many tokens were read. */
  void read(int tokens) {
    read += tokens;
  }
}
