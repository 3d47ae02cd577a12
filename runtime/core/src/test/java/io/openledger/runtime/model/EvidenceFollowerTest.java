package io.openledger.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import io.openledger.runtime.support.WordTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Text and evidence side by side; what goes wrong with evidence is not the answer's trouble. */
class EvidenceFollowerTest {

  private static final TextTokenizer WORDS = new WordTokenizer("follower");

  /** Makes a span of every token and remembers where it stood. */
  private static final class Recorded implements EvidenceStream {
    final List<SpanMatch> spans = new ArrayList<>();
    int failAt = Integer.MAX_VALUE;
    boolean closed;

    @Override
    public List<SpanMatch> push(int token, int start, int end, boolean continues) {
      if (spans.size() == failAt) {
        throw new IllegalStateException("the index is gone");
      }
      spans.add(
          new SpanMatch(start, end, 1, token, token, 1, 1, List.of(ContributionId.parse("d:1"))));
      return spans.size() < 2 ? List.of() : List.of(spans.get(spans.size() - 2));
    }

    @Override
    public List<SpanMatch> finish() {
      return List.copyOf(spans);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** Keeps what it is told. */
  private static class Kept implements AnswerListener {
    final StringBuilder text = new StringBuilder();
    final List<SpanMatch> spans = new ArrayList<>();

    @Override
    public void onText(String delta) {
      text.append(delta);
    }

    @Override
    public boolean followsEvidence() {
      return true;
    }

    @Override
    public void onEvidence(List<SpanMatch> certain) {
      assertThat(certain).isNotEmpty();
      // nothing is shown of text that has not arrived
      assertThat(certain.get(certain.size() - 1).end()).isLessThanOrEqualTo(text.length());
      spans.addAll(certain);
    }
  }

  @Test
  void putsTheSameTokensAtTheSamePlacesHoweverTheTextArrives() {
    String text = "The carrier  shall deliver, at dawn;\nthe goods of 12 parties and  wait ";
    TokenizedText whole = WORDS.encode(text);
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Recorded stream = new Recorded();
      Kept kept = new Kept();
      try (EvidenceFollower follower = new EvidenceFollower(kept, WORDS, () -> stream)) {
        for (int at = 0; at < text.length(); ) {
          int next = Math.min(text.length(), at + 1 + random.nextInt(9));
          follower.onText(text.substring(at, next));
          at = next;
        }
        follower.finish();
      }
      assertThat(kept.text).as("seed %d", seed).hasToString(text);
      assertThat(kept.spans).as("seed %d", seed).isEqualTo(stream.spans).hasSize(whole.length());
      for (int i = 0; i < whole.length(); i++) {
        assertThat(kept.spans.get(i).start()).isEqualTo(whole.starts()[i]);
        assertThat(kept.spans.get(i).end()).isEqualTo(whole.ends()[i]);
        assertThat(kept.spans.get(i).millibits()).isEqualTo(whole.tokens()[i]);
      }
      assertThat(stream.closed).isTrue();
    }
  }

  @Test
  void goesOnWithoutEvidenceThatFails() {
    Recorded stream = new Recorded();
    stream.failAt = 3;
    Kept kept = new Kept();
    try (EvidenceFollower follower = new EvidenceFollower(kept, WORDS, () -> stream)) {
      follower.onText("one two three four five six");
      assertThat(stream.closed).as("closed at once").isTrue();
      follower.onText(" seven");
      follower.finish();
    }
    assertThat(kept.text).hasToString("one two three four five six seven");
    assertThat(kept.spans).hasSizeLessThan(3);

    Kept other = new Kept();
    try (EvidenceFollower follower =
        new EvidenceFollower(
            other,
            WORDS,
            () -> {
              throw new IllegalStateException("no index");
            })) {
      follower.onText("one two three");
      follower.finish();
    }
    assertThat(other.text).hasToString("one two three");
    assertThat(other.spans).isEmpty();
  }

  @Test
  void opensNothingForThoseWhoDoNotAsk() {
    StringBuilder text = new StringBuilder();
    try (EvidenceFollower follower =
        new EvidenceFollower(
            text::append,
            WORDS,
            () -> {
              throw new AssertionError("not asked for");
            })) {
      follower.onText("one two");
      follower.finish();
    }
    assertThat(text).hasToString("one two");
  }

  @Test
  void passesOnWhatTheListenerThrows() {
    Kept thrower =
        new Kept() {
          @Override
          public void onEvidence(List<SpanMatch> certain) {
            throw new IllegalArgumentException("the reader went away");
          }
        };
    Recorded stream = new Recorded();
    try (EvidenceFollower follower = new EvidenceFollower(thrower, WORDS, () -> stream)) {
      assertThatThrownBy(() -> follower.onText("one two three four"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(stream.closed).isTrue();
  }
}
