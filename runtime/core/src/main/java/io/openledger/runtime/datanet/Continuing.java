package io.openledger.runtime.datanet;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.NextTokens;
import io.openledger.api.datanet.NextTokens.Candidate;
import io.openledger.api.datanet.TextLikelihood;
import io.openledger.api.datanet.TextLikelihood.Token;
import io.openledger.api.spi.SpanQueries;
import io.openledger.api.spi.SpanQueries.Continuations;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import io.openledger.runtime.Caller;
import io.openledger.runtime.datanet.Indexes.Asked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ∞-gram model of contributions (J. Liu et al., "Infini-gram", 2024, §2), within the rights of
 * one caller: all datanets that are asked are one corpus.
 */
final class Continuing {

  private final DatanetService service;
  private final Caller caller;

  Continuing(DatanetService service, Caller caller) {
    this.service = service;
    this.caller = caller;
  }

  /** The longest suffix before a position that occurs anywhere, and how often. */
  private record Suffix(int length, long occurrences) {}

  /** What is known of one reading of a text. */
  private record Known(TokenizedText reading, Suffix suffix) {

    /** The character at which it begins. */
    int start() {
      int first = reading.length() - suffix.length();
      return suffix.length() > 0
          ? reading.starts()[first]
          : first == 0 ? 0 : reading.ends()[first - 1];
    }
  }

  /** Everything that is asked, as one corpus. One thread. */
  private static final class Corpus {

    private final Collection<SpanQueries> indexes;
    // asked for once at most: it lists every document
    private long places = -1;

    Corpus(Asked asked) {
      this.indexes = asked.indexes().values();
    }

    /** Nothing at all stands before each token and at the end of each document. */
    private long places() {
      if (places < 0) {
        places = indexes.stream().mapToLong(i -> i.totalTokens() + i.documents().length).sum();
      }
      return places;
    }

    /** Where the longest suffix before each position begins that occurs anywhere. */
    int[] starts(int[] tokens) {
      int[] starts = new int[tokens.length + 1];
      Arrays.setAll(starts, i -> i);
      for (SpanQueries index : indexes) {
        int[] longest = index.longestMatches(tokens);
        int start = 0;
        for (int end = 1; end < starts.length; end++) {
          while (start < end && start + longest[start] < end) {
            start++;
          }
          starts[end] = Math.min(starts[end], start);
        }
      }
      return starts;
    }

    Suffix from(int[] tokens, int start, int end) {
      return new Suffix(end - start, start == end ? places() : count(tokens, start, end));
    }

    Suffix before(int[] tokens, int end) {
      int longest = 0;
      for (SpanQueries index : indexes) {
        longest = Math.max(longest, index.longestEnding(tokens, end));
      }
      return new Suffix(longest, longest == 0 ? places() : count(tokens, end - longest, end));
    }

    long count(int[] tokens, int start, int end) {
      return indexes.stream().mapToLong(index -> index.count(tokens, start, end)).sum();
    }
  }

  NextTokens next(String text, DatanetScope scope, int limit) {
    if (limit < 1 || limit > NextTokens.MOST_LISTED) {
      throw OpenLedgerException.invalid("limit", limit, "1 to " + NextTokens.MOST_LISTED);
    }
    SortedMap<DatanetId, Long> usable = Searches.usable(service, caller, scope);
    TextTokenizer tokenizer = service.indexes().requireTokenizer();
    List<TokenizedText> readings = readings(text);
    return service
        .indexes()
        .ask(usable, scope.purpose(), asked -> next(asked, readings, tokenizer, limit));
  }

  private List<TokenizedText> readings(String text) {
    if (text.length() > NextTokens.LONGEST_TEXT) {
      throw OpenLedgerException.invalid(
          "the text", text.length() + " characters long", "at most " + NextTokens.LONGEST_TEXT);
    }
    return service.indexes().readings(text);
  }

  private static NextTokens next(
      Asked asked, List<TokenizedText> readings, TextTokenizer tokenizer, int limit) {
    Corpus corpus = new Corpus(asked);
    Known best =
        readings.stream()
            .map(reading -> new Known(reading, corpus.before(reading.tokens(), reading.length())))
            // by characters: one reading may cut the same words into more tokens than the other
            .min(
                Comparator.comparingInt(Known::start)
                    .thenComparingLong(known -> -known.suffix().occurrences()))
            .orElseThrow();
    int[] tokens = best.reading().tokens();
    int from = tokens.length - best.suffix().length();
    Map<Integer, Long> counts = new TreeMap<>();
    long ends = 0;
    for (SpanQueries index : corpus.indexes) {
      Continuations here = index.continuations(tokens, from, tokens.length);
      ends += here.ends();
      for (int i = 0; i < here.tokens().length; i++) {
        counts.merge(here.tokens()[i], here.counts()[i], Long::sum);
      }
    }
    long occurrences = best.suffix().occurrences();
    List<Candidate> listed =
        counts.entrySet().stream()
            // by id already, and the sort is stable
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(limit)
            .map(
                e ->
                    new Candidate(
                        e.getKey(),
                        tokenizer.decode(new int[] {e.getKey()}),
                        e.getValue(),
                        (double) e.getValue() / occurrences))
            .toList();
    return new NextTokens(
        best.suffix().length(),
        best.start(),
        occurrences,
        ends,
        counts.size(),
        listed,
        asked.snapshots());
  }

  TextLikelihood likelihood(String text, DatanetScope scope) {
    if (text.isEmpty()) {
      throw OpenLedgerException.invalid("the text", "empty", "1 character or more");
    }
    if (text.length() > TextLikelihood.LONGEST_TEXT) {
      throw OpenLedgerException.invalid(
          "the text", text.length() + " characters long", "at most " + TextLikelihood.LONGEST_TEXT);
    }
    SortedMap<DatanetId, Long> usable = Searches.usable(service, caller, scope);
    List<TokenizedText> readings = readings(text);
    return service
        .indexes()
        .ask(
            usable,
            scope.purpose(),
            asked ->
                readings.stream()
                    .map(reading -> likelihood(asked, reading))
                    .min(
                        Comparator.comparingInt(TextLikelihood::unseen)
                            .thenComparingDouble(TextLikelihood::bits))
                    .orElseThrow());
  }

  private static TextLikelihood likelihood(Asked asked, TokenizedText text) {
    Corpus corpus = new Corpus(asked);
    List<Token> tokens = new ArrayList<>();
    int[] starts = corpus.starts(text.tokens());
    for (int i = 0; i < text.length(); i++) {
      Suffix suffix = corpus.from(text.tokens(), starts[i], i);
      tokens.add(
          new Token(
              text.starts()[i],
              text.ends()[i],
              suffix.length(),
              suffix.occurrences(),
              corpus.count(text.tokens(), i - suffix.length(), i + 1)));
    }
    return new TextLikelihood(tokens, asked.snapshots());
  }
}
