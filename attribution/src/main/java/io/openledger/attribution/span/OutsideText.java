package io.openledger.attribution.span;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.index.SpanView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Evidence of text that no model of ours generated, so that its tokens are not known. A word's
 * token at a text's beginning is another one than behind a blank, so a sentence cut out of a
 * contribution would lose its beginning; it is therefore also read as if a blank stood before it.
 *
 * <p>What is still lost: a text that begins or ends within a word loses that word, because a token
 * cut short is another token. Costs two traces.
 */
public final class OutsideText {

  private OutsideText() {}

  /**
   * The evidence of the reading that carries more credited information; of the plain one, if equal.
   */
  public static List<SpanMatch> trace(
      String text,
      TextTokenizer tokenizer,
      Map<DatanetId, SpanView> datanets,
      SpanThresholds thresholds) {
    List<SpanMatch> best = List.of();
    long most = -1;
    for (TokenizedText reading : readings(text, tokenizer)) {
      List<SpanMatch> found = SpanTracer.trace(reading, datanets, thresholds);
      long credited = found.stream().mapToLong(SpanMatch::creditedMillibits).sum();
      if (credited > most) {
        most = credited;
        best = found;
      }
    }
    return best;
  }

  /** The text as it is; then, unless it is empty or begins with a blank, as if behind one. */
  public static List<TokenizedText> readings(String text, TextTokenizer tokenizer) {
    List<TokenizedText> readings = new ArrayList<>();
    readings.add(tokenizer.encode(text));
    if (!text.isEmpty() && !Character.isWhitespace(text.charAt(0))) {
      readings.add(withoutFirstCharacter(tokenizer.encode(" " + text)));
    }
    return readings;
  }

  private static TokenizedText withoutFirstCharacter(TokenizedText longer) {
    // a token of the added blank alone stands nowhere in the text: it must not count as evidence
    int from = 0;
    while (from < longer.length() && longer.ends()[from] <= 1) {
      from++;
    }
    int[] tokens = Arrays.copyOfRange(longer.tokens(), from, longer.length());
    int[] starts = Arrays.copyOfRange(longer.starts(), from, longer.length());
    int[] ends = Arrays.copyOfRange(longer.ends(), from, longer.length());
    for (int i = 0; i < tokens.length; i++) {
      starts[i] = Math.max(0, starts[i] - 1);
      ends[i]--;
    }
    return new TokenizedText(tokens, starts, ends);
  }
}
