package io.openledger.serving.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of the shapes that the supported families publish, with small vocabularies of their own:
 * each loads, splits as its patterns say, and comes back as the text that it was.
 */
class PublishedTokenizersTest {

  static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  static final String QWEN2 = LLAMA3.replace("\\p{N}{1,3}", "\\p{N}");
  static final String TEKKEN =
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
          + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
          + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  static final String DEEPSEEK3 =
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+"
          + "|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*"
          + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final String TEXT =
      "It's 12345 tokens,\n\n  don't \u4E2D\u6587 \uD83D\uDE00 (a_b) caf\u00E9!  end";

  @TempDir static Path natives;
  @TempDir Path folder;

  private static JsonObject object(String json) {
    return JsonParser.parseString(json).getAsJsonObject();
  }

  private static JsonObject split(String regex) {
    JsonObject split =
        object("{\"type\": \"Split\", \"behavior\": \"Isolated\", \"invert\": false}");
    JsonObject pattern = new JsonObject();
    pattern.addProperty("Regex", regex);
    split.add("pattern", pattern);
    return split;
  }

  private static JsonObject sequence(String list, JsonElement... parts) {
    JsonObject sequence = object("{\"type\": \"Sequence\"}");
    JsonArray all = new JsonArray();
    for (JsonElement part : parts) {
      all.add(part);
    }
    sequence.add(list, all);
    return sequence;
  }

  private static JsonObject byteLevel(boolean prefix, boolean trim, boolean regex) {
    JsonObject part = object("{\"type\": \"ByteLevel\"}");
    part.addProperty("add_prefix_space", prefix);
    part.addProperty("trim_offsets", trim);
    part.addProperty("use_regex", regex);
    return part;
  }

  private static JsonObject added(int id, String content) {
    JsonObject token =
        object(
            "{\"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false,"
                + " \"special\": true}");
    token.addProperty("id", id);
    token.addProperty("content", content);
    return token;
  }

  /** A template that puts a token before a text; the pair as some tools leave it. */
  private static JsonObject begins(String token, int id, String pair) {
    JsonObject template =
        object(
            """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "T", "type_id": 0}},
              {"Sequence": {"id": "A", "type_id": 0}}], "pair": %s,
             "special_tokens": {"T": {"id": "T", "ids": [%d], "tokens": ["T"]}}}
            """
                .formatted(pair, id));
    return object(template.toString().replace("\"T\"", "\"" + token + "\""));
  }

  /** Bytes as characters, two merges as older and newer files spell them, two special tokens. */
  private static JsonObject byteFile(
      JsonElement normalizer, JsonElement splits, JsonElement processor, String affixes) {
    JsonObject vocabulary = new JsonObject();
    int extra = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      vocabulary.addProperty(String.valueOf((char) (printable ? b : extra++)), b);
    }
    vocabulary.addProperty("12", 256);
    vocabulary.addProperty("\u0120d", 257);
    JsonObject model =
        object(
            """
            {"type": "BPE", "dropout": null, "unk_token": null, "fuse_unk": false,
             "byte_fallback": false, "ignore_merges": true, "continuing_subword_prefix": %s,
             "end_of_word_suffix": %s}
            """
                .formatted(affixes, affixes));
    model.add("vocab", vocabulary);
    model.add(
        "merges",
        JsonParser.parseString(
            affixes.equals("null")
                ? "[\"1 2\", \"\u0120 d\"]"
                : "[[\"1\", \"2\"], [\"\u0120\", \"d\"]]"));
    JsonObject file = object("{\"version\": \"1.0\", \"truncation\": null, \"padding\": null}");
    JsonArray added = new JsonArray();
    added.add(added(258, "<begin>"));
    added.add(added(259, "<end>"));
    file.add("added_tokens", added);
    file.add("normalizer", normalizer);
    file.add("pre_tokenizer", splits);
    file.add("post_processor", processor);
    file.add("decoder", byteLevel(true, true, true));
    file.add("model", model);
    return file;
  }

  private HubTokenizer open(JsonObject file) throws Exception {
    Files.writeString(folder.resolve("tokenizer.json"), file.toString());
    return HubTokenizer.open(folder, natives);
  }

  /** Comes back whole; digits are split as the pattern says, so that only some merge. */
  private void reads(JsonObject file, boolean begins, int pairsOfDigits) throws Exception {
    try (HubTokenizer tokenizer = open(file)) {
      int[] tokens = tokenizer.encode(TEXT).tokens();
      assertThat(tokenizer.decode(tokens)).isEqualTo(TEXT);
      assertThat(tokens).contains(257);
      int found = 0;
      for (int token : tokens) {
        found += token == 256 ? 1 : 0;
      }
      assertThat(found).isEqualTo(pairsOfDigits);
      int[] prompt = tokenizer.encodePrompt(TEXT + "<end>");
      assertThat(prompt).endsWith(259).hasSize(tokens.length + (begins ? 2 : 1));
      if (begins) {
        assertThat(prompt).startsWith(258);
      }
      StringBuilder pieces = new StringBuilder();
      byte[] bytes = new byte[4 * TEXT.length()];
      int length = 0;
      for (int token : tokens) {
        byte[] each = tokenizer.pieces().of(token);
        System.arraycopy(each, 0, bytes, length, each.length);
        length += each.length;
      }
      pieces.append(new String(bytes, 0, length, java.nio.charset.StandardCharsets.UTF_8));
      assertThat(pieces.toString()).isEqualTo(TEXT);
    }
  }

  @Test
  void readsTheShapeOfLlama3() throws Exception {
    String pair =
        "[{\"SpecialToken\": {\"id\": \"T\", \"type_id\": 0}}, {\"Sequence\": {\"id\": \"A\","
            + " \"type_id\": 0}}, {\"SpecialToken\": {\"id\": \"T\", \"type_id\": 1}},"
            + " {\"Sequence\": {\"id\": \"B\", \"type_id\": 1}}]";
    JsonObject file =
        byteFile(
            com.google.gson.JsonNull.INSTANCE,
            sequence("pretokenizers", split(LLAMA3), byteLevel(false, true, false)),
            sequence("processors", byteLevel(true, false, true), begins("<begin>", 258, pair)),
            "null");
    reads(file, true, 1);
  }

  @Test
  void readsATemplateThatSaysNothingOfPairs() throws Exception {
    for (String pair : new String[] {"[]", "null"}) {
      JsonObject file =
          byteFile(
              com.google.gson.JsonNull.INSTANCE,
              sequence("pretokenizers", split(LLAMA3), byteLevel(false, true, false)),
              begins("<begin>", 258, pair),
              "null");
      reads(file, true, 1);
    }
  }

  @Test
  void readsTheShapeOfQwen() throws Exception {
    JsonObject file =
        byteFile(
            object("{\"type\": \"NFC\"}"),
            sequence("pretokenizers", split(QWEN2), byteLevel(false, false, false)),
            byteLevel(false, false, false),
            "\"\"");
    // Each digit stands alone.
    reads(file, false, 0);
  }

  @Test
  void readsTheShapeOfDeepSeekV2() throws Exception {
    JsonObject file =
        byteFile(
            sequence("normalizers"),
            sequence(
                "pretokenizers",
                split("[\r\n]"),
                split("\\s?[A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA]+"),
                split("\\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002]+"),
                split("\\s+$"),
                split("[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+"),
                object("{\"type\": \"Digits\", \"individual_digits\": true}"),
                byteLevel(false, false, false)),
            byteLevel(true, false, true),
            "null");
    reads(file, false, 0);
  }

  @Test
  void readsTheShapeOfDeepSeekV3() throws Exception {
    JsonObject file =
        byteFile(
            sequence("normalizers"),
            sequence(
                "pretokenizers",
                split("\\p{N}{1,3}"),
                split("[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+"),
                split(DEEPSEEK3),
                byteLevel(false, true, false)),
            sequence("processors", byteLevel(true, false, true), begins("<begin>", 258, "[]")),
            "null");
    reads(file, true, 1);
  }

  @Test
  void readsTheShapeOfMistralNemo() throws Exception {
    JsonObject file =
        byteFile(
            com.google.gson.JsonNull.INSTANCE,
            sequence("pretokenizers", split(TEKKEN), byteLevel(false, true, false)),
            begins("<begin>", 258, "[]"),
            "null");
    reads(file, true, 0);
  }

  /** Pieces of SentencePiece: a blank is U+2581, what has no piece is written as bytes. */
  private static JsonObject pieceFile(String normalizer, String splits, String decoder) {
    JsonObject vocabulary = new JsonObject();
    int id = 0;
    for (String special : new String[] {"<unk>", "<s>", "</s>"}) {
      vocabulary.addProperty(special, id++);
    }
    for (int b = 0; b < 256; b++) {
      vocabulary.addProperty("<0x%02X>".formatted(b), id++);
    }
    for (char c : "\u2581abcdefghijklmnopqrstuvwxyz,'.".toCharArray()) {
      vocabulary.addProperty(String.valueOf(c), id++);
    }
    vocabulary.addProperty("\u2581t", id++);
    vocabulary.addProperty("\u2581to", id);
    JsonObject file =
        object(
            """
            {"version": "1.0", "truncation": null, "padding": null, "normalizer": %s,
             "pre_tokenizer": %s, "decoder": %s,
             "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>",
               "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": true,
               "byte_fallback": true, "ignore_merges": false,
               "merges": ["\u2581 t", "\u2581t o"]}}
            """
                .formatted(normalizer, splits, decoder));
    file.getAsJsonObject("model").add("vocab", vocabulary);
    JsonArray added = new JsonArray();
    added.add(added(0, "<unk>"));
    added.add(added(1, "<s>"));
    added.add(added(2, "</s>"));
    file.add("added_tokens", added);
    file.add("post_processor", begins("<s>", 1, "[]"));
    return file;
  }

  private void readsPieces(JsonObject file) throws Exception {
    String text = "two  to \u4E2D, it's caf\u00E9.";
    try (HubTokenizer tokenizer = open(file)) {
      int[] tokens = tokenizer.encodePrompt(text);
      assertThat(tokens).startsWith(1);
      assertThat(tokenizer.decode(tokens)).isEqualTo(text);
      int to = tokenizer.vocabularySize() - 1;
      assertThat(tokens).contains(to);
      assertThat(new String(tokenizer.pieces().of(to), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo(" to");
      assertThat(tokenizer.pieces().of(3 + 0xE4)).containsExactly((byte) 0xE4);
      // Behind a special token no blank is put in, or taken off.
      assertThat(tokenizer.encodePrompt("<s>" + text)).startsWith(1);
    }
  }

  private static final String FROM_PIECES =
      "{\"type\": \"Sequence\", \"decoders\": [{\"type\": \"Replace\", \"pattern\": {\"String\":"
          + " \"\u2581\"}, \"content\": \" \"}, {\"type\": \"ByteFallback\"}, {\"type\": \"Fuse\"},"
          + " {\"type\": \"Strip\", \"content\": \" \", \"start\": 1, \"stop\": 0}]}";

  @Test
  void readsTheShapeOfLlama2AndTheFirstMistral() throws Exception {
    readsPieces(
        pieceFile(
            "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\", \"prepend\":"
                + " \"\u2581\"}, {\"type\": \"Replace\", \"pattern\": {\"String\": \" \"},"
                + " \"content\": \"\u2581\"}]}",
            "null",
            FROM_PIECES));
  }

  @Test
  void readsTheShapeOfMistralsThirdVersion() throws Exception {
    readsPieces(
        pieceFile(
            "null",
            "{\"type\": \"Metaspace\", \"replacement\": \"\u2581\", \"prepend_scheme\": \"first\","
                + " \"split\": false}",
            FROM_PIECES));
  }

  @Test
  void readsTheOlderSpellingOfMetaspace() throws Exception {
    JsonObject file =
        pieceFile(
            "null",
            "{\"type\": \"Metaspace\", \"replacement\": \"\u2581\", \"add_prefix_space\": true}",
            "{\"type\": \"Sequence\", \"decoders\": [{\"type\": \"ByteFallback\"}, {\"type\":"
                + " \"Metaspace\", \"replacement\": \"\u2581\", \"add_prefix_space\": true}]}");
    try (HubTokenizer tokenizer = open(file)) {
      int[] tokens = tokenizer.encode("two to").tokens();
      assertThat(tokenizer.decode(tokens)).isEqualTo("two to");
    }
  }
}
