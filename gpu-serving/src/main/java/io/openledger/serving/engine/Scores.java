package io.openledger.serving.engine;

import io.openledger.api.model.TokenScore;
import io.openledger.api.spi.ServingEngine.Listener;
import io.openledger.serving.model.TokenPieces;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One request's scores, on its caller's thread. A token's score is told when the text that begins
 * with it is certain; one whose text begins where a stop text cuts, or behind it, is never told, as
 * the text is not.
 */
final class Scores {

  private record Pending(int token, Likelihood likelihood, int start) {}

  private final TokenPieces pieces;
  private final int[] tokens;
  private final Listener listener;
  private final List<TokenScore> prompt = new ArrayList<>();
  private final List<TokenScore> answer = new ArrayList<>();
  private final Deque<Pending> pending = new ArrayDeque<>();

  /**
   * @param tokens of the prompt
   */
  Scores(TokenPieces pieces, int[] tokens, Listener listener) {
    this.pieces = pieces;
    this.tokens = tokens;
    this.listener = listener;
  }

  /** The next token of the prompt. */
  void prompted(Likelihood likelihood) {
    prompt.add(score(tokens[prompt.size()], likelihood));
  }

  /**
   * A token of the answer.
   *
   * @param start where its text begins, in UTF-16 code units
   */
  void heard(int token, Likelihood likelihood, int start) {
    pending.add(new Pending(token, likelihood, start));
  }

  /** The text is certain up to there: tells the tokens that begin before. */
  void certain(int end) {
    while (!pending.isEmpty() && pending.peek().start() < end) {
      Pending next = pending.remove();
      TokenScore score = score(next.token(), next.likelihood());
      answer.add(score);
      listener.onScore(score);
    }
  }

  List<TokenScore> prompt() {
    return prompt;
  }

  List<TokenScore> answer() {
    return answer;
  }

  private TokenScore score(int token, Likelihood likelihood) {
    List<TokenScore.Alternative> likeliest = new ArrayList<>();
    for (int i = 0; i < likelihood.likeliest().length; i++) {
      byte[] bytes = pieces.of(likelihood.likeliest()[i]);
      likeliest.add(
          new TokenScore.Alternative(
              likelihood.likeliest()[i],
              new String(bytes, StandardCharsets.UTF_8),
              boxed(bytes),
              likelihood.logProbabilities()[i]));
    }
    byte[] bytes = pieces.of(token);
    return new TokenScore(
        token,
        new String(bytes, StandardCharsets.UTF_8),
        boxed(bytes),
        likelihood.logProbability(),
        likeliest);
  }

  private static List<Byte> boxed(byte[] bytes) {
    List<Byte> list = new ArrayList<>(bytes.length);
    for (byte each : bytes) {
      list.add(each);
    }
    return list;
  }
}
