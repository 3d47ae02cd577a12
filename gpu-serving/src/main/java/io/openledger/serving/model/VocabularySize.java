package io.openledger.serving.model;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;

/**
 * Finds the largest token id of a {@code tokenizer.json}, without building its tree. Ids far beyond
 * what the file has room to name are refused: tables by id would be larger than the file warrants.
 */
final class VocabularySize {

  private static final int MOST = 1 << 22;

  /** Ids that need not be named: room that a vocabulary keeps for later. */
  private static final int UNNAMED = 1 << 16;

  /** Characters that naming an id takes, at least: a quoted character, a colon, the id, a comma. */
  private static final int NAMED = 6;

  private final JsonReader json;
  private int size;

  private VocabularySize(JsonReader json) {
    this.json = json;
  }

  /** One more than the largest id of the vocabulary and the added tokens. */
  static int of(String tokenizer) throws IOException {
    try (JsonReader json = new JsonReader(new StringReader(tokenizer))) {
      VocabularySize reader = new VocabularySize(json);
      reader.read();
      if (reader.size > UNNAMED + tokenizer.length() / NAMED) {
        throw new IllegalStateException("token id " + (reader.size - 1));
      }
      return reader.size;
    }
  }

  private void read() throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      if (name.equals("added_tokens") && json.peek() == JsonToken.BEGIN_ARRAY) {
        added();
      } else if (name.equals("model")) {
        model();
      } else {
        json.skipValue();
      }
    }
  }

  private void added() throws IOException {
    json.beginArray();
    while (json.hasNext()) {
      json.beginObject();
      while (json.hasNext()) {
        if (json.nextName().equals("id")) {
          seen(json.nextInt());
        } else {
          json.skipValue();
        }
      }
      json.endObject();
    }
    json.endArray();
  }

  private void model() throws IOException {
    json.beginObject();
    while (json.hasNext()) {
      if (!json.nextName().equals("vocab")) {
        json.skipValue();
      } else if (json.peek() == JsonToken.BEGIN_ARRAY) {
        pieces();
      } else {
        json.beginObject();
        while (json.hasNext()) {
          // the piece itself does not matter here, only its id
          String unused = json.nextName();
          seen(json.nextInt());
        }
        json.endObject();
      }
    }
    json.endObject();
  }

  /** Unigram vocabularies are lists: a piece's id is its place. */
  private void pieces() throws IOException {
    json.beginArray();
    for (int id = 0; json.hasNext(); id++) {
      json.skipValue();
      seen(id);
    }
    json.endArray();
  }

  private void seen(int id) {
    if (id < 0 || id >= MOST) {
      throw new IllegalStateException("token id " + id);
    }
    size = Math.max(size, id + 1);
  }
}
