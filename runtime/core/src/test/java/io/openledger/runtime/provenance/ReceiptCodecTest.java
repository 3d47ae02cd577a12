package io.openledger.runtime.provenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.Evidence;
import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.model.AdapterWeight;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Usage;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Wei;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The versions of a receipt's form. */
class ReceiptCodecTest {

  private static final ContributionId ONE = ContributionId.parse("clauses:1");
  private static final ContributionId TWO = ContributionId.parse("clauses:2");

  /** A body as the first release wrote it. It must never change: its hash is in the chain. */
  private static final String VERSION_1 =
      "{\"answerHash\":\"0000000000000000000000000000000000000000000000000000000000000000\""
          + ",\"at\":\"2026-11-25T12:00:00Z\",\"attribution\":{\"coveredTokens\":7,\"datanets\":[],\"evi"
          + "dence\":[{\"contributionCount\":2,\"contributions\":[\"clauses:1\",\"clauses:2\"],\"credit"
          + "edMillibits\":40000,\"end\":40,\"kind\":\"span\",\"millibits\":50000,\"occurrences\":3,\"sta"
          + "rt\":0,\"tokens\":7},{\"contributionCount\":2,\"contributions\":[\"clauses:1\",\"clauses:2"
          + "\"],\"creditedMillibits\":0,\"end\":40,\"kind\":\"span\",\"millibits\":50000,\"occurrences\":"
          + "3,\"start\":0,\"tokens\":7}],\"tokens\":9},\"credits\":[],\"fee\":\"0\",\"format\":\"openledger"
          + "-receipt-1\",\"id\":\"7f3c1a52-5a0e-4a5e-9a55-0d9b0c6f2b11\",\"model\":{\"chat\":true,\"co"
          + "ntextLength\":512,\"digest\":\"00000000000000000000000000000000000000000000000000000"
          + "00000000000\",\"family\":\"llama\",\"id\":\"m\"},\"payer\":\"application:test\",\"policy\":{\"ha"
          + "sh\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"name\":\"d"
          + "efault\",\"version\":1},\"promptHash\":\"000000000000000000000000000000000000000000000"
          + "0000000000000000000\",\"status\":\"ATTRIBUTED\",\"usage\":{\"completionTokens\":9,\"prompt"
          + "Tokens\":1}}";

  private static SpanMatch span(SpanCredit... credits) {
    long credited = List.of(credits).stream().mapToLong(SpanCredit::millibits).sum();
    return new SpanMatch(0, 40, 7, 50_000, credited, 3, 2, List.of(ONE, TWO), List.of(credits));
  }

  private static Receipt.Body body(List<Evidence> evidence, TextAttribution.Unlisted unlisted) {
    return new Receipt.Body(
        new ReceiptId("7f3c1a52-5a0e-4a5e-9a55-0d9b0c6f2b11"),
        Instant.parse("2026-11-25T12:00:00Z"),
        "application:test",
        new ModelInfo(new ModelId("m"), Optional.empty(), "llama", Hash256.ZERO, 512, true),
        new Receipt.PolicyReference("default", 1, Hash256.ZERO),
        Hash256.ZERO,
        Hash256.ZERO,
        new Usage(1, 9),
        Receipt.Status.ATTRIBUTED,
        Optional.empty(),
        new TextAttribution(evidence, List.of(), 9, 7, unlisted),
        Wei.ZERO,
        List.of());
  }

  @Test
  void whatVersionOneCanSayKeepsItsBytes() {
    Receipt.Body plain =
        body(List.of(span(new SpanCredit(ONE, 40_000)), span()), TextAttribution.Unlisted.NONE);
    assertThat(ReceiptCodec.canonical(plain)).isEqualTo(VERSION_1);
    assertThat(ReceiptCodec.parse(VERSION_1)).isEqualTo(plain);
    assertThat(ReceiptCodec.canonical(ReceiptCodec.parse(VERSION_1))).isEqualTo(VERSION_1);
  }

  /**
   * What a server kept before there were mixes: answers of an adapter and of the base model alone,
   * with and without evidence, one that could not be attributed and one that lists not all. Their
   * hashes are in chains and in the hands of those who were paid.
   */
  @Test
  void receiptsOfOneAdapterKeepTheirBytesAndHashes() throws Exception {
    List<String> kept;
    try (InputStream in = getClass().getResourceAsStream("receipts-of-one-adapter.txt")) {
      kept = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    assertThat(kept).hasSize(11);
    for (String line : kept) {
      Hash256 hash = Hash256.parse(line.substring(0, 64));
      String canonical = line.substring(65);
      assertThat(Hash256.sha256(canonical)).isEqualTo(hash);
      Receipt.Body body = ReceiptCodec.parse(canonical);
      assertThat(ReceiptCodec.canonical(body)).isEqualTo(canonical);
      assertThat(Hash256.sha256(ReceiptCodec.canonical(body))).isEqualTo(hash);
    }
    assertThat(kept).filteredOn(line -> line.contains("\"parent\"")).hasSize(7);
    assertThat(kept).filteredOn(line -> line.contains("openledger-receipt-2")).hasSize(1);
  }

  @Test
  void versionTwoSaysWhoIsCreditedAndWhatIsNotListed() {
    SpanMatch shared = span(new SpanCredit(ONE, 4), new SpanCredit(TWO, 5));
    SpanMatch another = span(new SpanCredit(TWO, 9));
    SpanMatch plain = span(new SpanCredit(ONE, 3));
    TextAttribution.Unlisted unlisted =
        new TextAttribution.Unlisted(2, List.of(new SpanCredit(ONE, 1), new SpanCredit(TWO, 2)));
    for (Receipt.Body body :
        List.of(
            body(List.of(shared), TextAttribution.Unlisted.NONE),
            body(List.of(another, plain), TextAttribution.Unlisted.NONE),
            body(List.of(plain), unlisted),
            body(List.of(shared, plain), unlisted))) {
      String canonical = ReceiptCodec.canonical(body);
      assertThat(canonical).contains("\"format\":\"openledger-receipt-2\"");
      assertThat(ReceiptCodec.parse(canonical)).isEqualTo(body);
      assertThat(ReceiptCodec.canonical(ReceiptCodec.parse(canonical))).isEqualTo(canonical);
    }
    assertThat(ReceiptCodec.canonical(body(List.of(shared), unlisted)))
        .contains(
            "\"credited\":[{\"contribution\":\"clauses:1\",\"millibits\":4},"
                + "{\"contribution\":\"clauses:2\",\"millibits\":5}]")
        .contains(
            "\"unlisted\":{\"credited\":[{\"contribution\":\"clauses:1\",\"millibits\":1},"
                + "{\"contribution\":\"clauses:2\",\"millibits\":2}],\"spans\":2}");
  }

  /** The body of a mix as it is first written. It must never change: its hash is in the chain. */
  private static final String VERSION_3 =
      "{\"adapters\":[{\"builder\":\"party:ann\",\"digest\":\"00000000000000000000000000000000000000000"
          + "00000000000000000000000\",\"id\":\"a\",\"version\":3,\"weight\":0.333333},{\"builder\":\"party:Bö"
          + "b & sons\",\"digest\":\"0000000000000000000000000000000000000000000000000000000000000000\""
          + ",\"id\":\"b-2\",\"version\":1,\"weight\":-8},{\"builder\":\"party:ann\",\"digest\":\"00000000000"
          + "00000000000000000000000000000000000000000000000000000\",\"id\":\"c\",\"version\":1,\"weight\""
          + ":0.000001}],";

  private static Receipt.AdapterPart part(String id, long version, double weight, String builder) {
    return new Receipt.AdapterPart(
        new ModelId(id),
        version,
        Hash256.ZERO,
        AdapterWeight.of(weight),
        new AccountId(AccountId.Kind.PARTY, builder));
  }

  private static Receipt.Body mixed(Receipt.Body b, List<Receipt.AdapterPart> adapters) {
    return new Receipt.Body(
        b.id(),
        b.at(),
        b.payer(),
        b.model(),
        adapters,
        b.policy(),
        b.promptHash(),
        b.answerHash(),
        b.usage(),
        b.status(),
        b.reason(),
        b.attribution(),
        b.fee(),
        b.credits());
  }

  @Test
  void versionThreeNamesTheAdaptersThatAnsweredTogether() {
    List<Receipt.AdapterPart> adapters =
        List.of(
            part("a", 3, 1 / 3.0, "ann"),
            part("b-2", 1, -8, "Böb & sons"),
            part("c", 1, 1e-6, "ann"));
    Receipt.Body plain =
        body(List.of(span(new SpanCredit(ONE, 40_000)), span()), TextAttribution.Unlisted.NONE);
    String canonical = ReceiptCodec.canonical(mixed(plain, adapters));
    // the rest of it is what version 1 says of the same answer
    assertThat(canonical)
        .isEqualTo(
            VERSION_3
                + VERSION_1.substring(1).replace("openledger-receipt-1", "openledger-receipt-3"));
    for (Receipt.Body body :
        List.of(
            plain,
            body(
                List.of(span(new SpanCredit(TWO, 9))),
                new TextAttribution.Unlisted(2, List.of(new SpanCredit(ONE, 1)))))) {
      Receipt.Body mix = mixed(body, adapters);
      String written = ReceiptCodec.canonical(mix);
      assertThat(written).contains("\"format\":\"openledger-receipt-3\"");
      assertThat(ReceiptCodec.parse(written)).isEqualTo(mix);
      assertThat(ReceiptCodec.canonical(ReceiptCodec.parse(written))).isEqualTo(written);
    }
  }

  @Test
  void everyWeightIsReadAsItWasWritten() {
    long seed = 3;
    Random random = new Random(seed);
    Receipt.Body plain = body(List.of(), TextAttribution.Unlisted.NONE);
    for (int i = 0; i < 2000; i++) {
      int millionths = random.nextInt(1 << random.nextInt(1, 23)) + 1;
      AdapterWeight weight = new AdapterWeight(random.nextBoolean() ? millionths : -millionths);
      if (weight.equals(AdapterWeight.ONE)) {
        continue;
      }
      Receipt.Body mix =
          mixed(
              plain,
              List.of(
                  new Receipt.AdapterPart(
                      new ModelId("a"),
                      1,
                      Hash256.ZERO,
                      weight,
                      new AccountId(AccountId.Kind.PARTY, "ann"))));
      String canonical = ReceiptCodec.canonical(mix);
      assertThat(canonical).contains("\"weight\":" + weight + "}");
      assertThat(ReceiptCodec.parse(canonical)).as("seed %d, %s", seed, weight).isEqualTo(mix);
    }
  }

  @Test
  void refusesAFormThatItDoesNotKnow() {
    String mix =
        VERSION_3 + VERSION_1.substring(1).replace("openledger-receipt-1", "openledger-receipt-3");
    for (String unknown :
        List.of(
            VERSION_1.replace("openledger-receipt-1", "openledger-receipt-4"),
            VERSION_1.replace("openledger-receipt-1", "openledger-receipt-10"),
            VERSION_1.replace("\"format\":\"openledger-receipt-1\",", ""),
            VERSION_1.replace("\"openledger-receipt-1\"", "1"),
            // known, and yet not what they say that they are
            VERSION_1.replace("openledger-receipt-1", "openledger-receipt-3"),
            mix.replace("openledger-receipt-3", "openledger-receipt-2"))) {
      assertThatThrownBy(() -> ReceiptCodec.parse(unknown))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.RECEIPT_FORM))
          .hasMessageContaining("openledger-receipt-3 with them");
    }
    assertThat(ReceiptCodec.parse(mix).adapters()).hasSize(3);
  }
}
