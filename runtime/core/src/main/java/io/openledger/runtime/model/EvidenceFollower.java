package io.openledger.runtime.model;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.TokenScore;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes an answer's text on to its listener and, where that wants to know, the evidence of it.
 *
 * <p>Text is cut into tokens a few words at a time, each part up to where a word begins behind a
 * blank: tokenizers that split at blanks cut the parts as they cut the whole. The first part is
 * read in both ways in which a whole text is read. The tokens that the model chose are not used,
 * because evidence is defined on the text. A failure of attribution ends the evidence and leaves
 * the answer alone; what the listener throws passes through. One thread.
 */
final class EvidenceFollower implements AnswerListener, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(EvidenceFollower.class.getName());

  private final AnswerListener listener;
  private final TextTokenizer tokenizer;
  private final StringBuilder waiting = new StringBuilder();
  private @Nullable EvidenceStream stream;
  private int pushed;
  private int given;

  /**
   * @param opening opens the evidence; asked only for a listener that follows it
   */
  EvidenceFollower(
      AnswerListener listener, TextTokenizer tokenizer, Supplier<EvidenceStream> opening) {
    this.listener = listener;
    this.tokenizer = tokenizer;
    if (listener.followsEvidence()) {
      try {
        stream = opening.get();
      } catch (RuntimeException e) {
        giveUp(e);
      }
    }
  }

  @Override
  public void onText(String delta) {
    listener.onText(delta);
    if (stream != null) {
      waiting.append(delta);
      int end = lastWordStart(waiting);
      if (end > 0) {
        give(push(end));
      }
    }
  }

  @Override
  public void onScore(TokenScore score) {
    listener.onScore(score);
  }

  @Override
  public boolean cancelled() {
    return listener.cancelled();
  }

  /** The text is complete: gives the spans that were not certain before. */
  void finish() {
    give(push(waiting.length()));
    EvidenceStream open = stream;
    if (open == null) {
      return;
    }
    List<SpanMatch> rest = List.of();
    try {
      List<SpanMatch> all = open.finish();
      rest = all.subList(given, all.size());
    } catch (RuntimeException e) {
      giveUp(e);
    }
    give(rest);
  }

  private void give(List<SpanMatch> spans) {
    if (!spans.isEmpty()) {
      given += spans.size();
      listener.onEvidence(spans);
    }
  }

  /** Puts the first characters that wait to the datanets. */
  private List<SpanMatch> push(int characters) {
    EvidenceStream open = stream;
    if (open == null || characters == 0) {
      return List.of();
    }
    List<SpanMatch> certain = new java.util.ArrayList<>();
    try {
      String text = waiting.substring(0, characters);
      TokenizedText part = tokenizer.encode(text);
      Optional<TokenizedText> behindBlank =
          pushed == 0 ? tokenizer.encodeBehindBlank(text) : Optional.empty();
      if (behindBlank.isPresent()) {
        certain.addAll(open.begin(part, behindBlank.get()));
      } else {
        for (int i = 0; i < part.length(); i++) {
          certain.addAll(
              open.push(
                  part.tokens()[i],
                  pushed + part.starts()[i],
                  pushed + part.ends()[i],
                  part.continues()[i]));
        }
      }
    } catch (RuntimeException e) {
      giveUp(e);
    }
    waiting.delete(0, characters);
    pushed += characters;
    return certain;
  }

  private void giveUp(RuntimeException e) {
    LOG.log(System.Logger.Level.DEBUG, "an answer goes on without a preview of its evidence", e);
    close();
  }

  /** The last blank between a letter or sign and a letter; 0 when there is none. */
  private static int lastWordStart(CharSequence text) {
    for (int i = text.length() - 2; i > 0; i--) {
      if (text.charAt(i) == ' '
          && Character.isLetter(text.charAt(i + 1))
          && !Character.isWhitespace(text.charAt(i - 1))) {
        return i;
      }
    }
    return 0;
  }

  @Override
  public void close() {
    EvidenceStream open = stream;
    stream = null;
    if (open != null) {
      open.close();
    }
  }
}
