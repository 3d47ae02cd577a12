package io.openledger.runtime.datanet;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.TokenizedText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A phrase as it may stand in a contribution.
 *
 * @param text normalised
 * @param readings the ways to cut it into tokens, each once; one or more, none empty
 */
record Phrase(String text, List<int[]> readings) {

  static Phrase of(String raw, Indexes indexes) {
    String text = Content.normalised(raw);
    List<int[]> readings = new ArrayList<>();
    for (TokenizedText reading : indexes.readings(text)) {
      int[] tokens = reading.tokens();
      if (tokens.length > 0 && readings.stream().noneMatch(r -> Arrays.equals(r, tokens))) {
        readings.add(tokens);
      }
    }
    if (readings.isEmpty()) {
      throw OpenLedgerException.invalid(
          "a phrase", "one that the tokenizer makes nothing of", "a phrase of one token or more");
    }
    return new Phrase(text, readings);
  }
}
