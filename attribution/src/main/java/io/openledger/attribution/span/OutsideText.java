package io.openledger.attribution.span;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.index.SpanView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Evidence of text whose tokens are not known: written elsewhere, or here and read as text. A
 * word's token at a text's beginning is another one than behind a blank, so a sentence cut out of a
 * contribution would lose its beginning; it is therefore also read as if a blank stood before it.
 * Behind the first word both readings have the same tokens, so the one whose match from the
 * beginning reaches further has everything that the other has, and {@link SpanStream} can choose as
 * early.
 *
 * <p>What is still lost: a text that begins or ends within a word loses that word, because a token
 * cut short is another token. Costs one trace, and a few look-ups to choose.
 */
public final class OutsideText {

  private OutsideText() {}

  /**
   * The rule of {@link io.openledger.api.spi.AttributionEngine#trace(String, TextTokenizer, Map,
   * SpanThresholds)}.
   */
  public static List<SpanMatch> trace(
      String text,
      TextTokenizer tokenizer,
      Map<DatanetId, SpanView> datanets,
      SpanThresholds thresholds) {
    TokenizedText plain = tokenizer.encode(text);
    int reach = reach(plain, datanets.values());
    TokenizedText chosen =
        tokenizer
            .encodeBehindBlank(text)
            .filter(behindBlank -> reach(behindBlank, datanets.values()) > reach)
            .orElse(plain);
    return SpanTracer.trace(chosen, datanets, thresholds);
  }

  /** Behind which character the longest match from the beginning ends. */
  private static int reach(TokenizedText text, Collection<SpanView> views) {
    int furthest = 0;
    for (SpanView view : views) {
      // what begins a match begins shorter ones too, so the longest is found by halving
      int low = furthest;
      int high = text.length();
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (view.longestEnding(text.tokens(), middle) == middle) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      furthest = low;
    }
    return furthest == 0 ? 0 : text.ends()[furthest - 1];
  }

  /** The text as it is; then as if a blank stood before it, where that is another reading. */
  public static List<TokenizedText> readings(String text, TextTokenizer tokenizer) {
    List<TokenizedText> readings = new ArrayList<>();
    readings.add(tokenizer.encode(text));
    tokenizer.encodeBehindBlank(text).ifPresent(readings::add);
    return readings;
  }
}
