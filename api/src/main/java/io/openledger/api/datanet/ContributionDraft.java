package io.openledger.api.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is said to contribute. Built with {@link #builder(String)} or {@link #builder(byte[])}.
 *
 * @param key the sender's own key: contributing again under the same key and content answers with
 *     the first contribution instead of a second; at most 200 characters
 * @param title for people, 1 to 300 characters
 * @param text the content, not blank; Unicode without zero characters and halves of surrogate pairs
 * @param mediaType what the content is; {@code text/plain} or {@code text/markdown}
 * @param contributors who made it, with shares that add up to 10 000 basis points
 * @param licence under which it may be used
 * @param source where it comes from, in words or as a URL; at most 1000 characters
 * @param language BCP 47 tag
 * @param date when the content was made
 * @param purposes what it may be used for; not empty
 */
public record ContributionDraft(
    Optional<String> key,
    String title,
    String text,
    String mediaType,
    List<ContributorShare> contributors,
    Licence licence,
    Optional<String> source,
    Optional<String> language,
    Optional<LocalDate> date,
    Set<Purpose> purposes) {

  public ContributionDraft {
    requireLength("key", key.orElse("k"), 200);
    requireLength("title", title, 300);
    requireLength("source", source.orElse("s"), 1000);
    requireUnicode(text);
    if (text.isBlank()) {
      throw new OpenLedgerException(
          ErrorCode.CONTRIBUTION_EMPTY,
          "a contribution without content",
          "at least one character that is not a blank",
          "send the text that is to be contributed");
    }
    if (!mediaType.equals("text/plain") && !mediaType.equals("text/markdown")) {
      throw OpenLedgerException.invalidText("media type", mediaType, "text/plain or text/markdown");
    }
    contributors = ContributorShare.requireWhole(contributors);
    language.ifPresent(ContributionDraft::requireLanguage);
    if (purposes.isEmpty()) {
      throw OpenLedgerException.invalid(
          "purposes", "empty", "at least one of TRAIN, ATTRIBUTE, RETRIEVE");
    }
    purposes = Set.copyOf(purposes);
  }

  private static void requireLength(String what, String value, int max) {
    if (value.isBlank() || value.length() > max) {
      throw OpenLedgerException.invalid(what, value.length() + " characters", "1 to " + max);
    }
  }

  private static void requireLanguage(String tag) {
    try {
      if (tag.length() <= 35
          && !new Locale.Builder().setLanguageTag(tag).build().getLanguage().isEmpty()) {
        return;
      }
    } catch (IllformedLocaleException e) {
      // told below, with the form that is wanted
    }
    throw OpenLedgerException.invalidText("language", tag, "a BCP 47 tag such as en");
  }

  /** Half a surrogate pair would become a question mark in UTF-8, a zero is not text. */
  private static void requireUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw encoding("a zero character at offset " + i + " (binary content)");
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw encoding("half a surrogate pair at offset " + i);
      }
    }
  }

  /** Begins a draft of text. */
  public static Builder builder(String text) {
    return new Builder(text);
  }

  /**
   * Begins a draft of bytes that must be UTF-8, with or without its byte order mark.
   *
   * @throws OpenLedgerException {@link ErrorCode#CONTRIBUTION_ENCODING} for anything else, naming
   *     the first bad byte and its offset from 0, so that nothing becomes garbage silently
   */
  public static Builder builder(byte[] utf8) {
    ByteBuffer in = ByteBuffer.wrap(utf8);
    if (utf8.length >= 3
        && utf8[0] == (byte) 0xEF
        && utf8[1] == (byte) 0xBB
        && utf8[2] == (byte) 0xBF) {
      in.position(3);
    }
    int bad = 0;
    while (bad < utf8.length && utf8[bad] != 0) {
      bad++;
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(in).toString();
      if (bad == utf8.length) {
        return new Builder(text);
      }
    } catch (CharacterCodingException e) {
      // decode stops before the malformed sequence
      bad = Math.min(bad, in.position());
    }
    throw encoding(
        String.format(
            "byte 0x%02X at offset %d, which is not %s",
            utf8[bad], bad, utf8[bad] == 0 ? "text in UTF-8 (UTF-16 or binary content)" : "UTF-8"));
  }

  private static OpenLedgerException encoding(String arrived) {
    return new OpenLedgerException(
        ErrorCode.CONTRIBUTION_ENCODING,
        arrived,
        "text in UTF-8",
        "convert the file to UTF-8 and send it again");
  }

  /** Collects a draft. One thread, one use. */
  public static final class Builder {
    private final String text;
    private Optional<String> key = Optional.empty();
    private String title = "";
    private String mediaType = "text/plain";
    private List<ContributorShare> contributors = List.of();
    private String licence = "";
    private Optional<String> source = Optional.empty();
    private Optional<String> language = Optional.empty();
    private Optional<LocalDate> date = Optional.empty();
    private Set<Purpose> purposes = EnumSet.allOf(Purpose.class);

    private Builder(String text) {
      this.text = text;
    }

    /** The sender's own key, for idempotency. */
    public Builder key(String value) {
      key = Optional.of(value);
      return this;
    }

    /** For people. Required. */
    public Builder title(String value) {
      title = value;
      return this;
    }

    /** {@code text/plain} (the default) or {@code text/markdown}. */
    public Builder mediaType(String value) {
      mediaType = value;
      return this;
    }

    /** Who made it. Required. */
    public Builder contributors(List<ContributorShare> value) {
      contributors = value;
      return this;
    }

    /** SPDX id or {@code LicenseRef-…}. Required. */
    public Builder licence(String spdx) {
      licence = spdx;
      return this;
    }

    /** Where it comes from. */
    public Builder source(String value) {
      source = Optional.of(value);
      return this;
    }

    /** BCP 47 tag. */
    public Builder language(String tag) {
      language = Optional.of(tag);
      return this;
    }

    /** When the content was made. */
    public Builder date(LocalDate value) {
      date = Optional.of(value);
      return this;
    }

    /** What it may be used for; all purposes unless said. */
    public Builder purposes(Set<Purpose> value) {
      purposes = value;
      return this;
    }

    /** The draft, validated. */
    public ContributionDraft build() {
      return new ContributionDraft(
          key,
          title,
          text,
          mediaType,
          contributors,
          new Licence(licence),
          source,
          language,
          date,
          purposes);
    }
  }
}
