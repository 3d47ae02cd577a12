package io.openledger.api.datanet;

import java.util.List;

/**
 * What a {@link DatanetSearch} found.
 *
 * @param contributionCount how many contributions hold every phrase, exactly
 * @param phrases how often each phrase occurs by itself, in the order in which they were asked for
 * @param hits the first of these contributions, by datanet and order of acceptance; one that was
 *     retracted while they were looked up is counted and not listed
 * @param datanets what was asked, in which state
 */
public record SearchResult(
    long contributionCount,
    List<PhraseCount> phrases,
    List<Hit> hits,
    List<DatanetSnapshot> datanets) {

  public SearchResult {
    phrases = List.copyOf(phrases);
    hits = List.copyOf(hits);
    datanets = List.copyOf(datanets);
  }

  /**
   * A contribution that holds every phrase.
   *
   * @param contribution which
   * @param title for people
   * @param places where the phrases stand, by start; at most {@value DatanetSearch#MOST_PLACES}
   * @param placeCount how many such places there are, exactly
   */
  public record Hit(ContributionId contribution, String title, List<Place> places, int placeCount) {
    public Hit {
      places = List.copyOf(places);
    }
  }

  /**
   * Where a phrase stands in {@link DatanetRepository#text}, in UTF-16 code units.
   *
   * @param phrase its number in the question, from 0
   * @param start its first character
   * @param end behind its last character
   */
  public record Place(int phrase, int start, int end) {}
}
