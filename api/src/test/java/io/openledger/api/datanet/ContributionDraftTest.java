package io.openledger.api.datanet;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContributionDraftTest {

  private static final long SEED = 20261121;
  private static final List<ContributorShare> ANNA =
      List.of(ContributorShare.sole(new ContributorId("anna"), Optional.empty()));

  @Test
  void whatIsNotSaidHasItsDefault() {
    ContributionDraft draft = complete(ContributionDraft.builder("A clause.")).build();
    assertThat(draft.mediaType()).isEqualTo("text/plain");
    assertThat(draft.purposes()).isEqualTo(EnumSet.allOf(Purpose.class));
    assertThat(draft.key()).isEmpty();
    assertThat(draft.language()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "Straße — 契約 🙂", "\uFFFD was so before"})
  void bytesInUtf8BecomeTheirTextWithAndWithoutByteOrderMark(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertThat(complete(ContributionDraft.builder(bytes)).build().text()).isEqualTo(text);
    byte[] marked = concat(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, bytes);
    assertThat(complete(ContributionDraft.builder(marked)).build().text()).isEqualTo(text);
  }

  /** What Word, old Windows programs and mainframes write, and where it stops being UTF-8. */
  @ParameterizedTest
  @CsvSource({
    "UTF-16LE, Straße, 0x00, 1",
    "UTF-16BE, Straße, 0x00, 0",
    "UTF-16, Straße, 0xFE, 0",
    "UTF-32LE, Straße, 0x00, 1",
    "ISO-8859-1, Straße, 0xDF, 4",
    "ISO-8859-1, 'Vertrag über', 0xFC, 8",
    "windows-1252, 'it’s', 0x92, 2",
    "IBM037, Hello, 0x93, 2"
  })
  void refusesOtherEncodingsNamingTheByteAndItsOffset(
      String charset, String text, String bad, int offset) {
    refuses(
        ErrorCode.CONTRIBUTION_ENCODING,
        "byte " + bad + " at offset " + offset + ",",
        "UTF-8",
        () -> ContributionDraft.builder(text.getBytes(Charset.forName(charset))));
  }

  @Test
  void countsTheByteOrderMarkAndEveryByteBeforeTheBadOne() {
    byte[] marked = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, 'a', (byte) 0xFF};
    refusesAt(4, marked);
    byte[] late =
        concat("é".repeat(5000).getBytes(StandardCharsets.UTF_8), new byte[] {(byte) 0xE9});
    refusesAt(10_000, late);
  }

  /** Cut in a character, overlong, surrogates, above U+10FFFF: RFC 3629 forbids each. */
  @Test
  void refusesMalformedUtf8() {
    refusesAt(1, new byte[] {'a', (byte) 0xC3});
    refusesAt(1, new byte[] {'a', (byte) 0xF0, (byte) 0x9F, (byte) 0x99});
    refusesAt(0, new byte[] {(byte) 0xC0, (byte) 0xAF});
    refusesAt(0, new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80});
    refusesAt(0, new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80});
    refusesAt(2, new byte[] {'a', 'b', 0});
  }

  /** Whatever comes in is refused, or comes out again as the same bytes. */
  @Test
  void noBytesBecomeGarbageSilently() {
    Random random = new Random(SEED);
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = "Straße 契約 🙂 ".repeat(3).getBytes(StandardCharsets.UTF_8);
      for (int change = random.nextInt(3); change > 0; change--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        String text = complete(ContributionDraft.builder(bytes)).build().text();
        assertThat(text.getBytes(StandardCharsets.UTF_8)).as("seed %d", SEED).isEqualTo(bytes);
        accepted++;
      } catch (OpenLedgerException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.CONTRIBUTION_ENCODING);
        refused++;
      }
    }
    assertThat(accepted).isGreaterThan(1000);
    assertThat(refused).isGreaterThan(1000);
  }

  @Test
  void refusesTextThatUtf8CannotHold() {
    refuses(
        ErrorCode.CONTRIBUTION_ENCODING,
        "half a surrogate pair at offset 2",
        "UTF-8",
        complete(ContributionDraft.builder("ab\uD83D"))::build);
    refuses(
        ErrorCode.CONTRIBUTION_ENCODING,
        "half a surrogate pair at offset 0",
        "UTF-8",
        complete(ContributionDraft.builder("\uDE42\uD83D"))::build);
    refuses(
        ErrorCode.CONTRIBUTION_ENCODING,
        "a zero character at offset 1",
        "UTF-8",
        complete(ContributionDraft.builder("a\0"))::build);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t\u2003"})
  void refusesContentThatIsBlank(String text) {
    refuses(
        ErrorCode.CONTRIBUTION_EMPTY,
        "without content",
        "at least one",
        complete(ContributionDraft.builder(text))::build);
    refuses(
        ErrorCode.CONTRIBUTION_EMPTY,
        "without content",
        "at least one",
        complete(ContributionDraft.builder(text.getBytes(StandardCharsets.UTF_8)))::build);
  }

  @Test
  void refusesWhatIsMissingOrTooLong() {
    refuses("title is 0", "1 to 300", complete(text()).title("")::build);
    refuses("title is 301", "1 to 300", complete(text()).title("t".repeat(301))::build);
    refuses("key is 201", "1 to 200", complete(text()).key("k".repeat(201))::build);
    refuses("key is 0", "1 to 200", complete(text()).key("")::build);
    refuses("source is 1001", "1 to 1000", complete(text()).source("s".repeat(1001))::build);
    refuses("purposes is empty", "TRAIN", complete(text()).purposes(Set.of())::build);
    refuses(
        ErrorCode.LICENCE_MISSING,
        "no licence",
        "SPDX",
        text().title("t").contributors(ANNA)::build);
    refuses(
        ErrorCode.SHARES_INVALID,
        "0 contributors",
        "1 to 100",
        text().title("t").licence("CC-BY-4.0")::build);
  }

  @Test
  void refusesOtherMediaTypesWithoutRepeatingAllOfThem() {
    OpenLedgerException e =
        refuses(
            "media type is 'application/",
            "text/plain or text/markdown",
            complete(text()).mediaType("application/" + "x".repeat(10_000))::build);
    assertThat(e.getMessage()).hasSizeLessThan(300);
    assertThat(complete(text()).mediaType("text/markdown").build().mediaType())
        .isEqualTo("text/markdown");
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "de-CH", "zh-Hant-TW", "sr-Latn"})
  void acceptsLanguageTags(String tag) {
    assertThat(complete(text()).language(tag).build().language()).contains(tag);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "e", "english language", "en_US", "en-", "12", "x-klingon", "ä"})
  void refusesWhatIsNoLanguageTag(String tag) {
    refuses("language is '", "BCP 47", complete(text()).language(tag)::build);
  }

  @Test
  void laterChangesOfTheCollectionsDoNotReachIt() {
    Set<Purpose> purposes = EnumSet.of(Purpose.TRAIN);
    ContributionDraft draft = complete(text()).purposes(purposes).build();
    purposes.add(Purpose.RETRIEVE);
    assertThat(draft.purposes()).containsExactly(Purpose.TRAIN);
  }

  private static void refusesAt(int offset, byte[] bytes) {
    refuses(
        ErrorCode.CONTRIBUTION_ENCODING,
        String.format("byte 0x%02X at offset %d,", bytes[offset], offset),
        "UTF-8",
        () -> ContributionDraft.builder(bytes));
  }

  private static ContributionDraft.Builder text() {
    return ContributionDraft.builder("A clause.");
  }

  private static ContributionDraft.Builder complete(ContributionDraft.Builder builder) {
    return builder.title("A title").contributors(ANNA).licence("CC-BY-4.0");
  }

  private static byte[] concat(byte[] a, byte[] b) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(a);
    out.writeBytes(b);
    return out.toByteArray();
  }
}
