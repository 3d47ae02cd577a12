package io.openledger.serving.engine;

import io.openledger.serving.model.PromptTokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Turns tokens into text as they arrive: whole characters only, and nothing that may turn out to be
 * the beginning of a stop text.
 *
 * <p>A token's text depends on its neighbours, so a window of tokens is decoded with and without
 * the new ones and the difference is the new text. A window that ends in U+FFFD may end inside a
 * character and waits for more. The cost of a token does not grow with the answer.
 */
final class TextStream {

  private static final int CONTEXT = 6;

  /** A character has at most so many bytes, and a token at least one. */
  private static final int CHARACTER = 4;

  private final PromptTokenizer tokenizer;
  private final List<String> stops;
  private final StringBuilder text = new StringBuilder();
  private final List<Integer> window = new ArrayList<>();
  private int shown;
  private int emitted;
  private int pending;
  private boolean stopped;

  /**
   * @param prompt the tokens before; the first tokens' text depends on them
   */
  TextStream(PromptTokenizer tokenizer, int[] prompt, List<String> stops) {
    this.tokenizer = tokenizer;
    this.stops = stops;
    int[] tail = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - CONTEXT), prompt.length);
    Arrays.stream(tail).forEach(window::add);
    shown = window.size();
  }

  /** Adds a token; returns the text that is certain now, perhaps none. */
  String push(int token) {
    window.add(token);
    String before = decoded(shown);
    String now = decoded(window.size());
    if (now.endsWith("\uFFFD")) {
      int certain = certain(now);
      String then = certain == shown ? before : decoded(certain);
      pending = Math.max(0, now.length() - then.length());
      if (certain == shown) {
        return "";
      }
      append(then.substring(before.length()));
      commit(certain);
      return emit(safe());
    }
    pending = 0;
    if (now.equals(before)) {
      // Special tokens have no text.
      commit(window.size());
    } else if (now.length() > before.length()) {
      append(now.substring(before.length()));
      commit(window.size());
    }
    return emit(safe());
  }

  /**
   * How many of the window's tokens have their text, where it ends with what may be part of a
   * character: so far back that no character can reach beyond the end. Bytes that are no text at
   * all would keep it growing for ever otherwise.
   */
  private int certain(String now) {
    for (int count = window.size() - CHARACTER; count > shown; count--) {
      if (now.startsWith(decoded(count))) {
        return count;
      }
    }
    return shown;
  }

  private void commit(int count) {
    shown = count;
    int gone = Math.max(0, count - CONTEXT);
    window.subList(0, gone).clear();
    shown -= gone;
  }

  /**
   * Where the text of the next token begins, in UTF-16 code units.
   *
   * @param continues whether the token begins inside a character
   */
  int next(boolean continues) {
    return text.length() + (continues ? Math.max(0, pending - 1) : pending);
  }

  /** How much of the text is certain. */
  int emitted() {
    return emitted;
  }

  /** The rest, when no more tokens come; what is only part of a character is dropped. */
  String finish() {
    if (!stopped) {
      String before = decoded(shown);
      String now = decoded(window.size());
      if (now.length() > before.length()) {
        append(now.substring(before.length()).replaceFirst("\uFFFD+$", ""));
      }
    }
    return emit(text.length());
  }

  /** Whether a stop text was reached. */
  boolean stopped() {
    return stopped;
  }

  /** All text so far. */
  String text() {
    return text.substring(0, emitted);
  }

  private String decoded(int count) {
    return tokenizer.decode(
        window.subList(0, count).stream().mapToInt(Integer::intValue).toArray());
  }

  private void append(String delta) {
    text.append(delta);
    int first = -1;
    for (String stop : stops) {
      int at = text.indexOf(stop, emitted);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    if (first >= 0) {
      text.setLength(first);
      stopped = true;
    }
  }

  /** How far the text cannot be the beginning of a stop text. */
  private int safe() {
    if (stopped) {
      return text.length();
    }
    int held = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, text.length() - emitted);
          length > held;
          length--) {
        if (stop.startsWith(text.substring(text.length() - length))) {
          held = length;
        }
      }
    }
    return text.length() - held;
  }

  private String emit(int end) {
    String delta = text.substring(emitted, end);
    emitted = end;
    return delta;
  }
}
