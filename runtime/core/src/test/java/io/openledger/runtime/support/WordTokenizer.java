package io.openledger.runtime.support;

import io.openledger.api.Hash256;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A token is a word, under the name {@link #BLANKS} with the blank before it; its id is a hash of
 * it, so that every process tokenizes alike.
 */
public final class WordTokenizer implements TextTokenizer {

  /** Under this name a word's token depends on whether a blank stands before it. */
  public static final String BLANKS = "words with blanks";

  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final Pattern WORD_AND_BLANK = Pattern.compile(" ?\\S+");
  private static final int VOCABULARY = 1 << 20;

  private final String name;
  private final Map<Integer, String> words = new ConcurrentHashMap<>();

  public WordTokenizer(String name) {
    this.name = name;
  }

  @Override
  public TokenizedText encode(String text) {
    Pattern token = name.equals(BLANKS) ? WORD_AND_BLANK : WORD;
    MatchResult[] found = token.matcher(text).results().toArray(MatchResult[]::new);
    int[] tokens = new int[found.length];
    int[] starts = new int[found.length];
    int[] ends = new int[found.length];
    for (int i = 0; i < found.length; i++) {
      tokens[i] = Math.floorMod(found[i].group().hashCode() * 0x9E3779B1, VOCABULARY);
      words.put(tokens[i], found[i].group());
      starts[i] = found[i].start();
      ends[i] = found[i].end();
    }
    return new TokenizedText(tokens, starts, ends);
  }

  @Override
  public String decode(int[] tokens) {
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      text.append(text.isEmpty() ? "" : " ").append(words.getOrDefault(token, "?"));
    }
    return text.toString();
  }

  @Override
  public int vocabularySize() {
    return VOCABULARY;
  }

  @Override
  public Hash256 digest() {
    return Hash256.sha256(name);
  }
}
