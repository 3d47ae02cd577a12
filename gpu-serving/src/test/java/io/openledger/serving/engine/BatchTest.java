package io.openledger.serving.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.spi.Scheduling;
import io.openledger.serving.engine.Desk.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rows without holes, whose sequences keep what they have read, and what a failing move leaves. */
class BatchTest {

  private static final int ROWS = 7;
  private static final int CONTEXT = 128;
  private static final Scheduling A = Scheduling.of("a");

  private final FakeDecoder decoder = new FakeDecoder(ROWS, CONTEXT, (long) ROWS * CONTEXT);
  private final Batch batch = new Batch(decoder);
  // What each has read: what its row must hold wherever it is.
  private final Map<Sequence, long[]> read = new HashMap<>();

  private Sequence add(int prompt) {
    TokenRequest request =
        new TokenRequest(
            new int[prompt], Optional.empty(), GenerationOptions.greedy(5), 0, Set.of());
    Sequence sequence = new Sequence(request, A, 0, gone -> {});
    decoder.fit(ROWS, CONTEXT, batch.lengths());
    batch.add(sequence);
    read.put(sequence, new long[0]);
    return sequence;
  }

  private void read(Sequence sequence, int tokens) {
    int row = batch.row(sequence);
    int past = sequence.length();
    int[] piece = new Random(row + past).ints(tokens, 0, FakeDecoder.BREAKS_PROMPT).toArray();
    decoder.prefill(row, past, piece, new long[0], new int[0]);
    sequence.read(tokens);
    read.put(sequence, Arrays.copyOf(decoder.cache[row], sequence.length()));
  }

  private void whole(String claim) {
    List<Sequence> all = new ArrayList<>();
    for (int row = 0; row < batch.size(); row++) {
      Sequence sequence = batch.get(row);
      all.add(sequence);
      assertThat(Arrays.copyOf(decoder.cache[row], sequence.length()))
          .as("%s, row %d", claim, row)
          .isEqualTo(read.get(sequence));
      assertThat(sequence.reading()).as(claim).isEqualTo(row >= batch.decoding());
    }
    assertThat(all).as(claim).doesNotHaveDuplicates().containsOnlyOnceElementsOf(read.keySet());
  }

  @Test
  void keepsEachSequencesTokensInItsRowWhoeverComesAndGoes() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      while (batch.size() > 0) {
        batch.remove(0);
      }
      read.clear();
      for (int step = 0; step < 60; step++) {
        int row = batch.size() == 0 ? 0 : random.nextInt(batch.size());
        if (batch.size() < ROWS && random.nextInt(3) == 0) {
          add(1 + random.nextInt(20));
        } else if (batch.size() > 0 && random.nextInt(3) == 0) {
          read.remove(batch.remove(row));
        } else if (batch.size() > 0) {
          Sequence sequence = batch.get(row);
          if (sequence.reading()) {
            int left = sequence.request.prompt().length - sequence.length();
            read(sequence, 1 + random.nextInt(left));
            if (!sequence.reading()) {
              int place = batch.ready(row);
              assertThat(batch.get(place)).isSameAs(sequence);
            }
          } else if (sequence.length() < CONTEXT) {
            read(sequence, 1);
          }
        }
        whole("seed " + seed + ", step " + step);
      }
    }
  }

  @Test
  void movesNothingForTheLastAndTheLastDecodingOneIntoAHole() {
    List<Sequence> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Sequence sequence = add(2);
      read(sequence, i < 3 ? 2 : 1);
      all.add(sequence);
      if (i < 3) {
        batch.ready(i);
      }
    }
    assertThat(batch.remove(3)).isSameAs(all.get(3));
    assertThat(batch.remove(2)).isSameAs(all.get(2));
    assertThat(decoder.moves).isZero();
    assertThat(batch.remove(0)).isSameAs(all.get(0));
    assertThat(decoder.moves).isEqualTo(1);
    assertThat(batch.get(0)).isSameAs(all.get(1));
    assertThat(batch.decoding()).isEqualTo(1);
  }

  @Test
  void holdsEachOtherOnceWhicheverMoveFails() {
    for (int failing = 0; failing < 2; failing++) {
      while (batch.size() > 0) {
        batch.drop();
      }
      read.clear();
      List<Sequence> all = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Sequence sequence = add(2);
        read(sequence, i < 3 ? 2 : 1);
        all.add(sequence);
        if (i < 3) {
          batch.ready(i);
        }
      }
      // The last that decodes moves into the hole, and the last of all into its place.
      decoder.failingMove = decoder.moves + failing;
      assertThatThrownBy(() -> batch.remove(0)).hasMessageContaining("cannot be moved");
      List<Sequence> left = new ArrayList<>();
      while (batch.size() > 0) {
        left.add(batch.drop());
      }
      assertThat(left).containsExactlyInAnyOrderElementsOf(all.subList(1, 5));
      assertThat(batch.decoding()).isZero();
    }
  }

  @Test
  void endsEachRunningRequestOnceWithTheReasonWhicheverMoveFails() {
    int failed = 0;
    for (int failing = 0; failing < 12; failing++) {
      FakeDecoder moving = new FakeDecoder(5, CONTEXT, 5L * CONTEXT);
      Desk desk = new Desk(moving, 3, 20, 0);
      moving.failingMove = failing;
      List<Call> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int[] prompt = new Random(i).ints(40 + 7 * i, 0, FakeDecoder.BREAKS_PROMPT).toArray();
        calls.add(desk.submit(prompt, i % 3, 3 + i, A));
      }
      for (int step = 0; step < 60 && !desk.scheduler.lost(); step++) {
        desk.step();
      }
      boolean lost = desk.scheduler.lost();
      desk.scheduler.close();
      for (Call call : calls) {
        // That there is one end is checked there.
        assertThat(call.ended()).isTrue();
        if (call.end.failure() == null) {
          Desk.isWhole(call, CONTEXT);
        } else {
          assertThat(lost).isTrue();
          assertThat(call.end.failure()).isInstanceOf(OpenLedgerException.class);
          List<Integer> whole = Desk.alone(call.prompt, call.adapter, call.most, CONTEXT);
          assertThat(call.tokens).isEqualTo(whole.subList(0, call.tokens.size()));
        }
      }
      var counts = desk.scheduler.meters().requests();
      assertThat(counts.completed() + counts.failed()).isEqualTo(8);
      failed += lost ? 1 : 0;
    }
    assertThat(failed).isGreaterThan(5);
  }
}
