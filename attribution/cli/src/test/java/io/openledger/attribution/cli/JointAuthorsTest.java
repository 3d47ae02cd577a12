package io.openledger.attribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.AttributionEngine.CreditRequest;
import io.openledger.api.spi.AttributionEngine.Ownership;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A corpus of 612 documents with one to twenty authors each, of which most share a document. */
class JointAuthorsTest {

  private static final BigInteger WHOLE = BigInteger.valueOf(10_000);

  @TempDir Path directory;

  /**
   * Equal parts of 10 000 basis points; what is left over goes one each to the authors who are
   * named first.
   */
  private static List<ContributorShare> equalShares(List<String> authors) {
    int each = ContributorShare.WHOLE / authors.size();
    int left = ContributorShare.WHOLE % authors.size();
    List<ContributorShare> shares = new ArrayList<>();
    for (int i = 0; i < authors.size(); i++) {
      shares.add(
          new ContributorShare(
              new ContributorId(authors.get(i)), Optional.empty(), each + (i < left ? 1 : 0)));
    }
    return ContributorShare.requireWhole(shares);
  }

  private static Map<ContributionId, Ownership> owners(Texts texts) {
    Map<ContributionId, Ownership> owners = new HashMap<>();
    for (int i = 1; i <= texts.rows.size(); i++) {
      List<String> authors = new ArrayList<>();
      texts
          .rows
          .get(i - 1)
          .getAsJsonArray("contributors")
          .forEach(a -> authors.add(a.getAsString()));
      ContributionId id = new ContributionId(Texts.NET, i);
      owners.put(id, new Ownership(id, equalShares(authors)));
    }
    return owners;
  }

  /** The longest paragraph of prose, of at most 1500 characters. */
  private static Optional<String> paragraph(String text) {
    return text.lines()
        .filter(line -> line.length() >= 200 && line.length() <= 1500)
        .filter(line -> line.matches("[A-Z][a-z].*[.]"))
        .max(java.util.Comparator.comparingInt(String::length));
  }

  private static List<Credit> credits(
      Texts texts, Map<ContributionId, Ownership> owners, List<SpanMatch> spans, Wei fee) {
    return texts.engine.credit(
        new CreditRequest(
            fee,
            new FeeSplit(Map.of(FeeRole.CONTRIBUTORS, 10_000)),
            Map.of(FeeRole.TREASURY, new AccountId(AccountId.Kind.PROTOCOL, "treasury")),
            spans,
            owners));
  }

  @Test
  void aParagraphIsTracedToItsDocumentAndItsAuthorsAreCreditedByTheirShares() throws Exception {
    try (Texts texts =
        new Texts(Texts.shared("data/erc.jsonl"), Texts.shared("models/speeches-3m"), directory)) {
      assertThat(texts.rows).hasSize(612);
      assertThat(texts.index.state().documents()).isEqualTo(612);
      Map<ContributionId, Ownership> owners = owners(texts);
      int traced = 0;
      int found = 0;
      int joint = 0;
      long ownWords = 0;
      long words = 0;
      for (int sequence = 1; sequence <= texts.rows.size(); sequence++) {
        Optional<String> paragraph = paragraph(texts.text(sequence));
        if (paragraph.isEmpty()) {
          continue;
        }
        traced++;
        ContributionId id = new ContributionId(Texts.NET, sequence);
        List<SpanMatch> spans =
            texts.engine.trace(
                paragraph.get(), texts.tokenizer, texts.datanets(), SpanThresholds.standard());
        // a line of a document is one span, from its first character to its last
        assertThat(spans).as("%s", id).hasSize(1);
        assertThat(spans.get(0).start()).isZero();
        assertThat(spans.get(0).end()).isEqualTo(paragraph.get().length());
        if (!spans.get(0).contributions().get(0).equals(id)) {
          // an earlier document has the same paragraph, and owns it
          assertThat(spans.get(0).contributions().get(0)).isLessThan(id);
          assertThat(spans.get(0).contributionCount()).isGreaterThan(1);
          assertThat(spans.get(0).credits())
              .allSatisfy(c -> assertThat(c.contribution()).isLessThan(id));
          continue;
        }
        found++;
        long own =
            spans.get(0).credits().stream()
                .filter(c -> c.contribution().equals(id))
                .mapToLong(SpanCredit::millibits)
                .sum();
        ownWords += own;
        words += spans.get(0).creditedMillibits();
        if (owners.get(id).shares().size() > 1) {
          joint++;
        }
        requireShares(
            spans, credits(texts, owners, spans, Wei.parse("1000000000000000007")), owners);
      }
      System.out.printf(
          "%d paragraphs traced, %d of them nowhere earlier, %d with joint authors%n",
          traced, found, joint);
      double share = (double) ownWords / words;
      System.out.printf(
          Locale.ROOT,
          "%.1f %% of what those carry is credited to their document, the rest to earlier ones that"
              + " share a phrase%n",
          100 * share);
      assertThat(share).isBetween(0.8, 1.0);
      assertThat(found).isGreaterThan(400);
      assertThat(joint).isGreaterThan(250);
    }
  }

  /** Each within one wei of its exact part, together the fee. */
  private static void requireShares(
      List<SpanMatch> spans, List<Credit> credits, Map<ContributionId, Ownership> owners) {
    BigInteger fee = new BigInteger("1000000000000000007");
    Map<ContributionId, Long> weights = new TreeMap<>();
    for (SpanMatch span : spans) {
      span.credits().forEach(c -> weights.merge(c.contribution(), c.millibits(), Long::sum));
    }
    BigInteger total =
        BigInteger.valueOf(weights.values().stream().mapToLong(Long::longValue).sum());
    BigInteger paid = BigInteger.ZERO;
    int expected = 0;
    for (Map.Entry<ContributionId, Long> weight : weights.entrySet()) {
      for (ContributorShare share : owners.get(weight.getKey()).shares()) {
        BigInteger amount =
            credits.stream()
                .filter(c -> c.contribution().equals(Optional.of(weight.getKey())))
                .filter(c -> c.account().equals(AccountId.contributor(share.contributor())))
                .map(c -> c.amount().value())
                .reduce(BigInteger.ZERO, BigInteger::add);
        // amount · total · 10 000 is within one wei (at each of two roundings) of the exact part
        BigInteger exact =
            fee.multiply(BigInteger.valueOf(weight.getValue()))
                .multiply(BigInteger.valueOf(share.basisPoints()));
        BigInteger unit = total.multiply(WHOLE);
        assertThat(amount.multiply(unit).subtract(exact).abs())
            .isLessThan(unit.multiply(BigInteger.TWO));
        paid = paid.add(amount);
        expected++;
      }
    }
    assertThat(paid).isEqualTo(fee);
    assertThat(credits).hasSizeLessThanOrEqualTo(expected);
  }

  @Test
  void equalSharesLeaveNothingOver() {
    assertThat(equalShares(List.of("a", "b", "c")).stream().map(ContributorShare::basisPoints))
        .containsExactly(3334, 3333, 3333);
    assertThat(equalShares(List.of("a")).get(0).basisPoints()).isEqualTo(10_000);
  }
}
