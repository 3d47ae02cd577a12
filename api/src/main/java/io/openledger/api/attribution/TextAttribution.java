package io.openledger.api.attribution;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetSnapshot;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known about a text: the evidence, and the state of the datanets that were asked.
 *
 * @param evidence in order of their place in the text
 * @param datanets the datanets that were asked, at the state in which they were asked
 * @param tokens how many tokens the text has
 * @param coveredTokens how many of them lie inside a span match
 * @param unlisted what the evidence leaves out for brevity
 */
public record TextAttribution(
    List<Evidence> evidence,
    List<DatanetSnapshot> datanets,
    int tokens,
    int coveredTokens,
    Unlisted unlisted) {

  /**
   * Span matches that are not listed.
   *
   * @param spans how many
   * @param credits what is credited for them, by contribution, each once
   */
  public record Unlisted(int spans, List<SpanCredit> credits) {

    /** Everything is listed. */
    public static final Unlisted NONE = new Unlisted(0, List.of());

    public Unlisted {
      credits = List.copyOf(credits);
      if (spans < 0 || (spans == 0 && !credits.isEmpty())) {
        throw OpenLedgerException.invalid(
            "unlisted spans", spans, "0 or more, above 0 if credited");
      }
    }
  }

  public TextAttribution {
    evidence = List.copyOf(evidence);
    datanets = List.copyOf(datanets);
    if (coveredTokens < 0 || coveredTokens > tokens) {
      throw OpenLedgerException.invalid("covered tokens", coveredTokens, "0 to " + tokens);
    }
  }

  /** The span matches among the evidence. */
  public List<SpanMatch> spans() {
    return evidence.stream()
        .filter(SpanMatch.class::isInstance)
        .map(SpanMatch.class::cast)
        .toList();
  }

  /** With everything listed. */
  public TextAttribution(
      List<Evidence> evidence, List<DatanetSnapshot> datanets, int tokens, int coveredTokens) {
    this(evidence, datanets, tokens, coveredTokens, Unlisted.NONE);
  }

  /**
   * The same with fewer span matches listed: at most ⌈{@code basisPoints} · tokens / 10 000⌉ of
   * them, those with the most information, the earlier one if equal (J. Liu et al., "OLMoTrace",
   * 2025, §3, has 500 basis points). What the others are credited is kept in {@link #unlisted()},
   * so that nobody is paid less.
   *
   * @param basisPoints as {@link SpanThresholds#listedBasisPoints}
   */
  public TextAttribution listing(int basisPoints) {
    List<SpanMatch> spans = spans();
    long most =
        ((long) basisPoints * tokens + SpanThresholds.ALL_SPANS - 1) / SpanThresholds.ALL_SPANS;
    if (spans.size() <= most) {
      return this;
    }
    // sorted() is stable, so that of equals the earlier one comes first
    List<SpanMatch> ranked =
        spans.stream().sorted(Comparator.comparingLong(SpanMatch::millibits).reversed()).toList();
    Set<SpanMatch> dropped = Collections.newSetFromMap(new IdentityHashMap<>());
    dropped.addAll(ranked.subList((int) most, ranked.size()));
    TreeMap<ContributionId, Long> credits = new TreeMap<>();
    unlisted.credits().forEach(c -> credits.merge(c.contribution(), c.millibits(), Long::sum));
    dropped.stream()
        .flatMap(span -> span.credits().stream())
        .forEach(c -> credits.merge(c.contribution(), c.millibits(), Long::sum));
    return new TextAttribution(
        evidence.stream().filter(one -> !dropped.contains(one)).toList(),
        datanets,
        tokens,
        coveredTokens,
        new Unlisted(
            unlisted.spans() + dropped.size(),
            credits.entrySet().stream()
                .map(e -> new SpanCredit(e.getKey(), e.getValue()))
                .toList()));
  }
}
