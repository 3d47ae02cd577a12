package io.openledger.serving.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which sequence has which row of the cache. Rows are dense from 0 on: first those that decode,
 * then those whose prompts are being read. Owned by the scheduler's thread.
 */
final class Batch {

  private final Decoder decoder;
  private final List<Sequence> rows = new ArrayList<>();
  private int decoding;

  Batch(Decoder decoder) {
    this.decoder = decoder;
  }

  int size() {
    return rows.size();
  }

  /** How many decode; they have the rows from 0 on. */
  int decoding() {
    return decoding;
  }

  Sequence get(int row) {
    return rows.get(row);
  }

  int row(Sequence sequence) {
    return rows.indexOf(sequence);
  }

  /** Those whose prompts are being read. */
  List<Sequence> reading() {
    return rows.subList(decoding, rows.size());
  }

  /** Tokens in the cache, by row. */
  int[] lengths() {
    return rows.stream().mapToInt(Sequence::length).toArray();
  }

  /** On how many adapters those that decode run. */
  int distinctAdapters() {
    Set<Object> adapters = new HashSet<>();
    rows.subList(0, decoding).forEach(each -> each.request.adapter().ifPresent(adapters::add));
    return adapters.size();
  }

  /** One more, its prompt unread. */
  void add(Sequence sequence) {
    rows.add(sequence);
  }

  /** A prompt is read: the sequence decodes from the next step on. Returns its row. */
  int ready(int row) {
    if (row != decoding) {
      Sequence read = rows.get(row);
      Sequence other = rows.get(decoding);
      if (other.length() == 0) {
        decoder.move(row, decoding, read.length());
      } else {
        decoder.swap(row, read.length(), decoding, other.length());
      }
      rows.set(row, other);
      rows.set(decoding, read);
    }
    return decoding++;
  }

  /**
   * Takes one away; others move so that no hole is left. When a move fails, rows and cache do not
   * agree any more, and nothing but {@link #drop} is of use; it gives each of the others once.
   */
  Sequence remove(int row) {
    Sequence gone = rows.get(row);
    List<Sequence> others = new ArrayList<>(rows);
    others.remove(row);
    int hole = row;
    try {
      if (row < decoding) {
        decoding--;
        fill(hole, decoding);
        hole = decoding;
      }
      fill(hole, rows.size() - 1);
    } catch (RuntimeException e) {
      rows.clear();
      rows.addAll(others);
      throw e;
    }
    rows.remove(rows.size() - 1);
    return gone;
  }

  /** Takes the last one away, without regard to the cache: all is over. */
  Sequence drop() {
    decoding = Math.min(decoding, rows.size() - 1);
    return rows.remove(rows.size() - 1);
  }

  private void fill(int hole, int from) {
    if (hole != from) {
      Sequence moved = rows.get(from);
      if (moved.length() > 0) {
        decoder.move(from, hole, moved.length());
      }
      rows.set(hole, moved);
    }
  }
}
