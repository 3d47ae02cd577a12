package io.openledger.serving.cli;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A byte-level BPE vocabulary of any size from 300 on: the 256 bytes, then every string of two
 * small letters, of three, of four, as far as they go, each merged of the string before it and its
 * last letter. Texts of words thus become several tokens, and what a random model says is text.
 *
 * <p>Special tokens stand at 128 000, where Llama 3 has them and where programs for its files look
 * for them, or in smaller vocabularies at the end.
 */
final class MadeTokenizer {

  /** Llama 3's names. */
  static final List<String> SPECIAL =
      List.of(
          "<|begin_of_text|>",
          "<|end_of_text|>",
          "<|start_header_id|>",
          "<|end_header_id|>",
          "<|eot_id|>",
          "<|eom_id|>",
          "<|python_tag|>",
          "<|finetune_right_pad_id|>");

  private static final int LLAMA3 = 128_000;

  private final int vocabulary;
  private final List<String> tokens = new ArrayList<>();
  private final List<String> merges = new ArrayList<>();

  /** Of so many tokens. */
  MadeTokenizer(int vocabulary) {
    if (vocabulary < 300) {
      throw new IllegalArgumentException("a vocabulary of " + vocabulary + " tokens");
    }
    this.vocabulary = vocabulary;
    for (int b = 0; b < 256; b++) {
      add(String.valueOf(shown(b)));
    }
    List<String> last = new ArrayList<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      last.add(String.valueOf(letter));
    }
    while (tokens.size() < vocabulary) {
      last = longer(last);
    }
  }

  private List<String> longer(List<String> shorter) {
    List<String> longer = new ArrayList<>();
    for (String begin : shorter) {
      for (char letter = 'a'; letter <= 'z' && tokens.size() < vocabulary; letter++) {
        if (add(begin + letter)) {
          longer.add(begin + letter);
          merges.add(begin + " " + letter);
        }
      }
    }
    return longer;
  }

  private boolean add(String token) {
    if (tokens.size() == begin(vocabulary)) {
      tokens.addAll(SPECIAL);
    }
    return tokens.size() < vocabulary && tokens.add(token);
  }

  /** The id of the token that begins a text; the other special ones follow. */
  static int begin(int vocabulary) {
    return Math.min(LLAMA3, vocabulary - SPECIAL.size());
  }

  /** As byte-level vocabularies write a byte: printable ones as they are, others from 256 on. */
  private static char shown(int b) {
    int extra = 0;
    for (int each = 0; each <= b; each++) {
      boolean printable = each >= 33 && each <= 126 || each >= 161 && each <= 172 || each >= 174;
      if (each == b) {
        return (char) (printable ? b : 256 + extra);
      }
      extra += printable ? 0 : 1;
    }
    throw new IllegalArgumentException("byte " + b);
  }

  /** All, by id. */
  List<String> tokens() {
    return List.copyOf(tokens);
  }

  /** {@code left right}, in order of rank. */
  List<String> merges() {
    return List.copyOf(merges);
  }

  /** Whether an id is a special token's. */
  boolean special(int id) {
    return id >= begin(vocabulary) && id < begin(vocabulary) + SPECIAL.size();
  }

  /** {@code tokenizer.json}. */
  void write(Writer to) throws IOException {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    try (JsonWriter json = new JsonWriter(to)) {
      json.setHtmlSafe(false);
      json.beginObject();
      json.name("version").value("1.0");
      json.name("truncation").nullValue().name("padding").nullValue();
      json.name("added_tokens").beginArray();
      for (int i = 0; i < SPECIAL.size(); i++) {
        json.beginObject().name("id").value(begin(vocabulary) + i);
        json.name("content").value(SPECIAL.get(i));
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
          json.name(flag).value(false);
        }
        json.name("special").value(true).endObject();
      }
      json.endArray();
      json.name("normalizer").nullValue();
      byteLevel(json.name("pre_tokenizer"), false);
      begins(json.name("post_processor"));
      byteLevel(json.name("decoder"), true);
      json.name("model").beginObject();
      json.name("type").value("BPE").name("dropout").nullValue().name("unk_token").nullValue();
      json.name("fuse_unk").value(false).name("byte_fallback").value(false);
      json.name("vocab").beginObject();
      for (int id = 0; id < tokens.size(); id++) {
        json.name(tokens.get(id)).value(id);
      }
      json.endObject();
      json.name("merges").beginArray();
      for (String merge : merges) {
        json.value(merge);
      }
      json.endArray();
      json.endObject();
      json.endObject();
    }
  }

  private static void byteLevel(JsonWriter json, boolean prefix) throws IOException {
    json.beginObject().name("type").value("ByteLevel").name("add_prefix_space").value(prefix);
    json.name("trim_offsets").value(true).name("use_regex").value(true).endObject();
  }

  private void begins(JsonWriter json) throws IOException {
    String begin = SPECIAL.get(0);
    json.beginObject().name("type").value("TemplateProcessing");
    json.name("single").beginArray();
    json.beginObject().name("SpecialToken").beginObject();
    json.name("id").value(begin).name("type_id").value(0).endObject().endObject();
    sequence(json, "A", 0);
    json.endArray();
    json.name("pair").beginArray();
    sequence(json, "A", 0);
    sequence(json, "B", 1);
    json.endArray();
    json.name("special_tokens").beginObject().name(begin).beginObject();
    json.name("id").value(begin);
    json.name("ids").beginArray().value(begin(vocabulary)).endArray();
    json.name("tokens").beginArray().value(begin).endArray();
    json.endObject().endObject().endObject();
  }

  private static void sequence(JsonWriter json, String id, int type) throws IOException {
    json.beginObject().name("Sequence").beginObject();
    json.name("id").value(id).name("type_id").value(type).endObject().endObject();
  }
}
