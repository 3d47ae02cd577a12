package io.openledger.serving.constraint;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.serving.TinyModel;
import io.openledger.serving.model.TokenPieces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** All bytes, three special tokens, and longer pieces such as real vocabularies have. */
final class Vocabularies {

  static final int END = 257;

  private static final List<String> LONGER =
      List.of(
          "{\"", "\":", "\": ", "\",", "\", \"", "},", "}}", "]}", "],", "[]", "{}", "[\"", "true",
          "false", "null", "tru", "12", "123", "00", "0.", "1e", "e-", "abc", "the", "é", "日本",
          "\\n", "\\\"", "\n", "  ", " \"", ", ", ": ", "2024-", "name", "kind", "item", "😀");

  private Vocabularies() {}

  static TokenPieces pieces() throws IOException {
    return pieces(0, 0);
  }

  /** With so many random pieces more. */
  static TokenPieces pieces(int more, long seed) throws IOException {
    JsonObject tokenizer = JsonParser.parseString(TinyModel.tokenizer()).getAsJsonObject();
    JsonObject vocabulary = tokenizer.getAsJsonObject("model").getAsJsonObject("vocab");
    String[] spelled = new String[256];
    vocabulary
        .entrySet()
        .forEach(
            each -> {
              if (each.getValue().getAsInt() < 256) {
                spelled[each.getValue().getAsInt()] = each.getKey();
              }
            });
    int next = TinyModel.VOCABULARY;
    for (String each : LONGER) {
      if (add(vocabulary, spelled, each.getBytes(StandardCharsets.UTF_8), next)) {
        next++;
      }
    }
    // Half a character with what comes before it, as byte-level merges make them.
    add(vocabulary, spelled, new byte[] {'a', (byte) 0xE6, (byte) 0x97}, next++);
    Random random = new Random(seed);
    while (next < TinyModel.VOCABULARY + LONGER.size() + more) {
      byte[] bytes = new byte[2 + random.nextInt(9)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] =
            (byte) ("abcdefghijklmnopqrstuvwxyz ,.0123456789\"{}:".charAt(random.nextInt(43)));
      }
      if (add(vocabulary, spelled, bytes, next)) {
        next++;
      }
    }
    return TokenPieces.of(tokenizer.toString(), next);
  }

  private static boolean add(JsonObject vocabulary, String[] spelled, byte[] bytes, int id) {
    StringBuilder piece = new StringBuilder();
    for (byte each : bytes) {
      piece.append(spelled[each & 0xFF]);
    }
    if (vocabulary.has(piece.toString())) {
      return false;
    }
    vocabulary.addProperty(piece.toString(), id);
    return true;
  }
}
