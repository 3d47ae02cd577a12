package io.openledger.serving.model;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.TokenizedText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tokenizer.json}, run by Hugging Face's own library. Safe for any thread; {@link #close}
 * waits for calls that are under way.
 *
 * <p>The library counts offsets in code points; here they are UTF-16 code units. A token inside a
 * character (byte-level vocabularies split characters) covers the whole character. A lone surrogate
 * is no character and is read as U+FFFD, which is as long. Texts have at most {@value #LONGEST}
 * code units.
 */
public final class HubTokenizer implements PromptTokenizer, AutoCloseable {

  /**
   * The longest text that is read whatever is in it, and the longest run of blanks, or of others,
   * in a longer one; in UTF-16 code units.
   */
  public static final int LONGEST = 2 << 20;

  private static final long LIMIT = 128 << 20;

  /** Of the squares of the lengths of runs of blanks: seconds, where each is looked at anew. */
  private static final long MOST_SQUARES = 1L << 28;

  private static final String FILE = "tokenizer.json";

  private final Hash256 digest;
  private final int vocabularySize;
  private final TokenPieces pieces;
  private final SplitPattern.Nature nature;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private long handle;

  private HubTokenizer(
      long handle,
      Hash256 digest,
      int vocabularySize,
      TokenPieces pieces,
      SplitPattern.Nature nature) {
    this.handle = handle;
    this.digest = digest;
    this.vocabularySize = vocabularySize;
    this.pieces = pieces;
    this.nature = nature;
  }

  /**
   * Opens a checkpoint's tokenizer.
   *
   * @param cache where the native library is unpacked
   * @throws OpenLedgerException {@link ErrorCode#CHECKPOINT_MISSING}, {@link
   *     ErrorCode#CHECKPOINT_BROKEN}
   */
  public static HubTokenizer open(Path folder, Path cache) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new OpenLedgerException(
          ErrorCode.CHECKPOINT_MISSING,
          folder + " has no file " + FILE,
          "a checkpoint with a fast tokenizer",
          "fetch or export " + FILE);
    }
    try {
      long size = Files.size(file);
      if (size > LIMIT) {
        throw Broken.CHECKPOINT.because(FILE + " has " + size + " bytes", "at most " + LIMIT);
      }
      byte[] bytes = Files.readAllBytes(file);
      String json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      int vocabulary = VocabularySize.of(json);
      TokenPieces pieces = TokenPieces.of(json, vocabulary);
      TokenizerCopy.Checked copy = TokenizerCopy.of(json);
      NativeTokenizers.load(cache);
      long handle = TokenizersLibrary.LIB.createTokenizerFromString(copy.json());
      TokenizersLibrary.LIB.disableTruncation(handle);
      TokenizersLibrary.LIB.disablePadding(handle);
      return new HubTokenizer(handle, Hash256.sha256(bytes), vocabulary, pieces, copy.nature());
    } catch (CharacterCodingException e) {
      throw broken("is not UTF-8", e);
    } catch (IOException e) {
      throw broken("cannot be read (" + e.getClass().getSimpleName() + ")", e);
    } catch (OpenLedgerException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw broken("is not a tokenizer", e);
    }
  }

  private static OpenLedgerException broken(String what, Throwable cause) {
    return Broken.CHECKPOINT.because(
        FILE + " " + what, "a tokenizer.json of Hugging Face's tokenizers", cause);
  }

  @Override
  public TokenizedText encode(String text) {
    String clean = readable(text);
    return locked(
        tokenizer -> {
          long encoding = TokenizersLibrary.LIB.encode(tokenizer, clean, false);
          try {
            int[] tokens = ids(TokenizersLibrary.LIB.getTokenIds(encoding));
            return spans(clean, tokens, TokenizersLibrary.LIB.getTokenCharSpans(encoding));
          } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
          }
        });
  }

  private static TokenizedText spans(String text, int[] tokens, @Nullable CharSpan[] spans) {
    int[] starts = new int[tokens.length];
    int[] ends = new int[tokens.length];
    CodePoints points = new CodePoints(text);
    int previous = 0;
    for (int i = 0; i < tokens.length; i++) {
      CharSpan span = spans[i];
      // Without a span (no text of its own) a token stands between its neighbours.
      starts[i] = span == null ? previous : Math.max(previous, points.unit(span.getStart()));
      ends[i] = span == null ? starts[i] : Math.max(starts[i], points.unit(span.getEnd()));
      previous = starts[i];
    }
    return TokenizedText.of(text, tokens, starts, ends);
  }

  @Override
  public int[] encodePrompt(String text) {
    String clean = readable(text);
    return locked(
        tokenizer -> {
          int[] plain = tokens(tokenizer, clean, false);
          int[] whole = tokens(tokenizer, clean, true);
          boolean doubled = plain.length > 0 && whole.length > plain.length && whole[0] == plain[0];
          return doubled ? plain : whole;
        });
  }

  private static int[] tokens(long tokenizer, String text, boolean special) {
    long encoding = TokenizersLibrary.LIB.encode(tokenizer, text, special);
    try {
      return ids(TokenizersLibrary.LIB.getTokenIds(encoding));
    } finally {
      TokenizersLibrary.LIB.deleteEncoding(encoding);
    }
  }

  @Override
  public String decode(int[] tokens) {
    long[] ids = new long[tokens.length];
    for (int i = 0; i < ids.length; i++) {
      if (tokens[i] < 0) {
        throw OpenLedgerException.invalid("token", tokens[i], "0 to " + (vocabularySize - 1));
      }
      ids[i] = tokens[i];
    }
    return locked(tokenizer -> TokenizersLibrary.LIB.decode(tokenizer, ids, true));
  }

  @Override
  public int vocabularySize() {
    return vocabularySize;
  }

  /** The bytes of each token. */
  public TokenPieces pieces() {
    return pieces;
  }

  @Override
  public Hash256 digest() {
    return digest;
  }

  private interface Call<T> {
    T on(long tokenizer);
  }

  private <T> T locked(Call<T> call) {
    lock.readLock().lock();
    try {
      if (handle == 0) {
        throw new OpenLedgerException(
            ErrorCode.NOT_READY, "a closed tokenizer", "an open engine", "open the engine again");
      }
      return call.on(handle);
    } catch (OpenLedgerException e) {
      throw e;
    } catch (RuntimeException e) {
      // without the cause, which may quote the text
      throw Broken.CHECKPOINT.because(
          FILE + " does not turn a text into tokens, or back", "a complete vocabulary");
    } finally {
      lock.readLock().unlock();
    }
  }

  private static int[] ids(long[] ids) {
    int[] result = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      result[i] = Math.toIntExact(ids[i]);
    }
    return result;
  }

  /**
   * The library ends the process where a search gives back ten million times; within this length no
   * pattern that was let through does ({@link SplitPattern}).
   */
  private String readable(String text) {
    if (text.length() > LONGEST) {
      int run = nature.apart() ? Blanks.longestRun(text) : text.length();
      if (run > LONGEST) {
        throw OpenLedgerException.invalid(
            "text",
            run + (nature.apart() ? " characters, all blanks or none of them" : " characters"),
            "at most " + LONGEST + " characters");
      }
    }
    long squares = nature.quadratic() ? Blanks.squares(text) : 0;
    if (squares > MOST_SQUARES) {
      throw OpenLedgerException.invalid(
          "text",
          "blanks side by side, the squares of whose numbers add up to " + squares,
          "at most " + MOST_SQUARES + " with this model's tokenizer");
    }
    return wellFormed(text);
  }

  private static String wellFormed(String text) {
    StringBuilder clean = new StringBuilder(text);
    for (int i = 0; i < clean.length(); i++) {
      char unit = clean.charAt(i);
      boolean pair =
          Character.isHighSurrogate(unit)
              && i + 1 < clean.length()
              && Character.isLowSurrogate(clean.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(unit)) {
        clean.setCharAt(i, '\uFFFD');
      }
    }
    return clean.toString();
  }

  /** From code points to UTF-16 code units, for indexes that mostly rise. */
  private static final class CodePoints {
    private final String text;
    private int point;
    private int unit;

    CodePoints(String text) {
      this.text = text;
    }

    int unit(int wanted) {
      unit = text.offsetByCodePoints(unit, wanted - point);
      point = wanted;
      return unit;
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (handle != 0) {
        TokenizersLibrary.LIB.deleteTokenizer(handle);
        handle = 0;
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
