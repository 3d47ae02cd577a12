package io.openledger.runtime.rest;

import io.openledger.api.model.TokenScore;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Log-probabilities in OpenAI's two forms. Offsets count UTF-16 code units, as those of evidence
 * do. One answer, one thread.
 */
final class ScoreJson {

  private final String text;
  private final boolean withPrompt;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private int position;
  private boolean begun;

  /**
   * @param text what the tokens stand for, as far as it is known; offsets are into it
   * @param withPrompt whether the first token is a prompt's, which has no log-probability
   */
  ScoreJson(String text, boolean withPrompt) {
    this.text = text;
    this.withPrompt = withPrompt;
  }

  /** {@code choices[].logprobs} of a chat. */
  JsonObject chat(List<TokenScore> tokens) {
    return Json.object()
        .add(
            "content",
            Json.array(
                tokens,
                t ->
                    token(t.text(), t.logProbability(), t.bytes())
                        .add(
                            "top_logprobs",
                            Json.array(
                                t.likeliest(),
                                a -> token(a.text(), a.logProbability(), a.bytes())))))
        .add("refusal", JsonValue.NULL)
        .build();
  }

  private static JsonObjectBuilder token(String text, double logProbability, List<Byte> bytes) {
    return Json.object()
        .add("token", text)
        .add("logprob", finite(logProbability))
        .add("bytes", Json.numbers(bytes.stream().map(Byte::toUnsignedInt).toList()));
  }

  // JSON has no infinities; OpenAI says −9999 for a token that cannot come
  private static double finite(double logProbability) {
    return Math.max(logProbability, -9999);
  }

  /** {@code choices[].logprobs} of a completion; further tokens of it with each call. */
  JsonObject text(List<TokenScore> tokens) {
    JsonArrayBuilder texts = Json.texts(List.of());
    JsonArrayBuilder scores = Json.texts(List.of());
    JsonArrayBuilder alternatives = Json.texts(List.of());
    JsonArrayBuilder offsets = Json.texts(List.of());
    for (TokenScore token : tokens) {
      texts.add(token.text());
      offsets.add(position);
      if (withPrompt && !begun) {
        scores.addNull();
        alternatives.addNull();
      } else {
        scores.add(finite(token.logProbability()));
        alternatives.add(alternatives(token));
      }
      begun = true;
      advance(token.bytes());
    }
    return Json.object()
        .add("tokens", texts)
        .add("token_logprobs", scores)
        .add("top_logprobs", alternatives)
        .add("text_offset", offsets)
        .build();
  }

  /** By text; of several tokens with one text, the likeliest. */
  private static JsonObjectBuilder alternatives(TokenScore token) {
    JsonObjectBuilder map = Json.object();
    Set<String> named = new HashSet<>();
    for (TokenScore.Alternative a : token.likeliest()) {
      if (named.add(a.text())) {
        map.add(a.text(), finite(a.logProbability()));
      }
    }
    return map;
  }

  /**
   * Past the characters that are complete; what may be the beginning of one waits for the next
   * token. Bytes that are no text stand in it as U+FFFD.
   */
  private void advance(List<Byte> bytes) {
    bytes.forEach(waiting::write);
    ByteBuffer in = ByteBuffer.wrap(waiting.toByteArray());
    CharBuffer out = CharBuffer.allocate(in.remaining());
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    for (CoderResult read = decoder.decode(in, out, false);
        read.isError();
        read = decoder.decode(in, out, false)) {
      passed(out.flip().toString());
      out.clear();
      replaced(read.length());
      in.position(in.position() + read.length());
    }
    passed(out.flip().toString());
    waiting.reset();
    waiting.write(in.array(), in.position(), in.remaining());
  }

  /** A token that the text does not show has no length. */
  private void passed(String whole) {
    if (text.isEmpty() || text.startsWith(whole, position)) {
      position += whole.length();
    }
  }

  // Tokenizers differ in how many U+FFFD they make of a broken character: one, or one a byte.
  private void replaced(int bytes) {
    if (text.isEmpty()) {
      position++;
      return;
    }
    for (int i = 0; i < bytes && text.startsWith("\uFFFD", position); i++) {
      position++;
    }
  }
}
