package io.openledger.runtime.datanet;

import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.SearchResult.Place;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where phrases stand in the text of one contribution. It is cut into tokens as it was for the
 * index, so that what the index has counted is what is found here.
 *
 * @param listed the first {@link DatanetSearch#MOST_PLACES}, by start
 * @param count of all
 */
record PhrasePlaces(List<Place> listed, int count) {

  static PhrasePlaces of(String text, TextTokenizer tokenizer, List<Phrase> phrases) {
    TokenizedText tokens = tokenizer.encode(text);
    List<Place> listed = new ArrayList<>();
    int count = 0;
    for (int at = 0; at < tokens.length(); at++) {
      for (int p = 0; p < phrases.size(); p++) {
        for (int[] reading : phrases.get(p).readings()) {
          if (stands(reading, tokens.tokens(), at)) {
            count++;
            if (listed.size() < DatanetSearch.MOST_PLACES) {
              int end = tokens.ends()[at + reading.length - 1];
              listed.add(
                  new Place(p, start(text, tokens.starts()[at], end, phrases.get(p).text()), end));
            }
          }
        }
      }
    }
    return new PhrasePlaces(listed, count);
  }

  private static boolean stands(int[] reading, int[] tokens, int at) {
    return at + reading.length <= tokens.length
        && Arrays.equals(reading, 0, reading.length, tokens, at, at + reading.length);
  }

  /** A first token may hold the blank before its word, which is none of a phrase without one. */
  private static int start(String text, int start, int end, String phrase) {
    int at = start;
    while (!Character.isWhitespace(phrase.charAt(0))
        && at < end
        && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }
}
