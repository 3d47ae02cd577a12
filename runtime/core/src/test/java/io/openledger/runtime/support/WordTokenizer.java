package io.openledger.runtime.support;

import io.openledger.api.Hash256;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A token is a word; its id is a hash of it, so that every process tokenizes alike. */
public final class WordTokenizer implements TextTokenizer {

  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final int VOCABULARY = 1 << 20;

  private final String name;
  private final Map<Integer, String> words = new ConcurrentHashMap<>();

  public WordTokenizer(String name) {
    this.name = name;
  }

  @Override
  public TokenizedText encode(String text) {
    MatchResult[] found = WORD.matcher(text).results().toArray(MatchResult[]::new);
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
