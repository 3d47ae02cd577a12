package io.openledger.attribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.TokenizedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Text whose tokens are not known, cut out of contributions with a real tokenizer (byte-level BPE).
 * "Nearly whole" means: all of it, but for the word that the cut goes through at each end, with the
 * blank before it.
 */
class CutSentencesTest {

  private static final long SEED = 20261125;
  private static final int CUTS = 100;

  @TempDir Path directory;

  private Texts clauses() throws Exception {
    return new Texts(
        Texts.sample("resources/clauses.jsonl"),
        Texts.sample("openledger/models/speeches-3m"),
        directory);
  }

  private Texts speeches() throws Exception {
    return new Texts(
        Texts.shared("data/speeches.jsonl"), Texts.shared("models/speeches-3m"), directory);
  }

  /** A place in a contribution. */
  private record Cut(String text, int start, int end) {
    String piece() {
      return text.substring(start, end);
    }
  }

  /** 80 to 200 characters that begin with a word and end behind one. */
  private static List<Cut> sentences(Texts texts, Random random) {
    List<Cut> cuts = new ArrayList<>();
    while (cuts.size() < CUTS) {
      String text = texts.text(1 + random.nextInt(texts.rows.size()));
      int start = 1 + random.nextInt(text.length() - 80);
      while (start < text.length() && !(begins(text, start))) {
        start++;
      }
      int end = Math.min(text.length(), start + 80 + random.nextInt(120));
      while (end > start && end < text.length() && text.charAt(end) != ' ') {
        end--;
      }
      if (end - start >= 80) {
        cuts.add(new Cut(text, start, end));
      }
    }
    return cuts;
  }

  private static boolean begins(String text, int at) {
    return text.charAt(at - 1) == ' ' && Character.isLetter(text.charAt(at));
  }

  /** The characters that lie in a span. */
  private static BitSet found(Texts texts, String piece) {
    BitSet found = new BitSet();
    for (SpanMatch span :
        texts.engine.trace(piece, texts.tokenizer, texts.datanets(), SpanThresholds.standard())) {
      found.set(span.start(), span.end());
    }
    return found;
  }

  private static double share(Texts texts, List<Cut> cuts, String what) {
    long all = 0;
    long found = 0;
    for (Cut cut : cuts) {
      all += cut.piece().length();
      found += found(texts, cut.piece()).cardinality();
    }
    double share = (double) found / all;
    System.out.printf(
        Locale.ROOT, "seed %d, %s: %.2f %% of %d characters found%n", SEED, what, 100 * share, all);
    return share;
  }

  private static void sentencesAreFoundWhole(Texts texts, String what) {
    List<Cut> cuts = sentences(texts, new Random(SEED));
    assertThat(share(texts, cuts, what + ", sentences without their blank")).isEqualTo(1.0);
  }

  /** Every cut goes through a word at its beginning and through one at its end. */
  private static void onlyTheCutWordsAreLost(Texts texts, String what) {
    List<Cut> cuts = new ArrayList<>();
    for (Cut whole : sentences(texts, new Random(SEED))) {
      int start = whole.start() + 1;
      while (!TokenizedText.insideWord(whole.text(), start)) {
        start++;
      }
      int end = whole.end() - 1;
      while (!TokenizedText.insideWord(whole.text(), end)) {
        end--;
      }
      cuts.add(new Cut(whole.text(), start, end));
    }
    for (Cut cut : cuts) {
      String piece = cut.piece();
      // the tokenizer cuts texts at blanks and between letters, digits and signs first
      int first = 0;
      while (first < piece.length() && Character.isLetterOrDigit(piece.charAt(first))) {
        first++;
      }
      int last = piece.length();
      while (last > 0 && Character.isLetterOrDigit(piece.charAt(last - 1))) {
        last--;
      }
      // a word's token has the blank before it
      last -= last > 0 && piece.charAt(last - 1) == ' ' ? 1 : 0;
      assertThat(found(texts, piece).nextClearBit(first))
          .as("seed %d, all but the cut words of: %s", SEED, piece)
          .isGreaterThanOrEqualTo(last);
    }
    assertThat(share(texts, cuts, what + ", cut through words")).isGreaterThan(0.9);
  }

  /** As the runtime previews an answer: a few words at a time, the first in both readings. */
  private static void aPreviewEqualsTheWhole(Texts texts) {
    for (Cut cut : sentences(texts, new Random(SEED + 1))) {
      String piece = cut.piece();
      try (EvidenceStream stream =
          texts.engine.stream(texts.datanets(), SpanThresholds.standard())) {
        int at = 0;
        while (at < piece.length()) {
          int end = nextWord(piece, at + 1);
          String part = piece.substring(at, end);
          TokenizedText tokens = texts.tokenizer.encode(part);
          Optional<TokenizedText> behindBlank =
              at == 0 ? texts.tokenizer.encodeBehindBlank(part) : Optional.empty();
          if (behindBlank.isPresent()) {
            stream.begin(tokens, behindBlank.get());
          } else {
            for (int i = 0; i < tokens.length(); i++) {
              stream.push(
                  tokens.tokens()[i],
                  at + tokens.starts()[i],
                  at + tokens.ends()[i],
                  tokens.continues()[i]);
            }
          }
          at = end;
        }
        assertThat(stream.finish())
            .as(piece)
            .isEqualTo(
                texts.engine.trace(
                    piece, texts.tokenizer, texts.datanets(), SpanThresholds.standard()));
      }
    }
  }

  /** The next blank between a letter or sign and a letter, or the end. */
  private static int nextWord(String text, int from) {
    for (int at = from; at + 1 < text.length(); at++) {
      if (text.charAt(at) == ' '
          && Character.isLetter(text.charAt(at + 1))
          && !Character.isWhitespace(text.charAt(at - 1))) {
        return at;
      }
    }
    return text.length();
  }

  @Test
  void sentencesOfTheOwnClausesAreFoundNearlyWhole() throws Exception {
    try (Texts clauses = clauses()) {
      sentencesAreFoundWhole(clauses, "clauses");
      onlyTheCutWordsAreLost(clauses, "clauses");
      aPreviewEqualsTheWhole(clauses);
    }
  }

  @Test
  void sentencesOfSpeechesAreFoundNearlyWhole() throws Exception {
    try (Texts speeches = speeches()) {
      sentencesAreFoundWhole(speeches, "speeches");
      onlyTheCutWordsAreLost(speeches, "speeches");
      aPreviewEqualsTheWhole(speeches);
    }
  }
}
