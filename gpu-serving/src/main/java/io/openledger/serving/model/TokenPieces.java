package io.openledger.serving.model;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that each token stands for. Immutable; safe for any thread; one array of bytes and one
 * of offsets, whatever the vocabulary's size.
 *
 * <p>Byte-level vocabularies write each byte as a character of its own (the table of GPT-2); those
 * of SentencePiece write a blank as U+2581 and a byte that has no piece as {@code <0xNN>}. What is
 * neither is taken as it is written. An added token stands for its own text.
 */
public final class TokenPieces {

  private final byte[] bytes;
  private final int[] offsets;
  private final BitSet special;

  private TokenPieces(byte[] bytes, int[] offsets, BitSet special) {
    this.bytes = bytes;
    this.offsets = offsets;
    this.special = special;
  }

  /** How many ids there are; one without a piece has no bytes. */
  public int size() {
    return offsets.length - 1;
  }

  /**
   * The bytes of a token, a copy; a special token's are its name.
   *
   * @param token an id; one beyond the vocabulary has none
   */
  public byte[] of(int token) {
    return token < 0 || token >= size()
        ? new byte[0]
        : Arrays.copyOfRange(bytes, offsets[token], offsets[token + 1]);
  }

  /** Whether a token begins inside a character: with a byte from 0x80 to 0xBF. */
  public boolean continues(int token) {
    return token >= 0
        && token < size()
        && offsets[token] < offsets[token + 1]
        && (bytes[offsets[token]] & 0xC0) == 0x80;
  }

  /** Whether a token is left out of an answer's text. */
  public boolean special(int token) {
    return special.get(token);
  }

  /**
   * The pieces of a {@code tokenizer.json}.
   *
   * @param size one more than its largest id
   * @throws IOException for what is no JSON
   */
  public static TokenPieces of(String tokenizer, int size) throws IOException {
    try (JsonReader json = new JsonReader(new StringReader(tokenizer))) {
      Reader reader = new Reader(json, size);
      reader.read();
      return reader.pieces();
    }
  }

  private static final class Reader {
    private final JsonReader json;
    private final @Nullable String[] pieces;
    private final @Nullable String[] added;
    private final BitSet special = new BitSet();
    private boolean byteLevel;
    private boolean fallback;
    private boolean metaspace;

    Reader(JsonReader json, int size) {
      this.json = json;
      this.pieces = new String[size];
      this.added = new String[size];
    }

    void read() throws IOException {
      json.beginObject();
      while (json.hasNext()) {
        switch (json.nextName()) {
          case "added_tokens" -> added();
          case "decoder" -> form(JsonParser.parseReader(json));
          case "model" -> model();
          default -> json.skipValue();
        }
      }
    }

    /** A decoder, or a sequence of them. */
    private void form(JsonElement decoder) {
      if (!(decoder instanceof JsonObject one)) {
        return;
      }
      String type = one.has("type") ? one.get("type").getAsString() : "";
      byteLevel |= type.equals("ByteLevel");
      fallback |= type.equals("ByteFallback");
      metaspace |= type.equals("Metaspace");
      // Of a normalizer that writes U+2581 for a blank, this decoder is the way back.
      metaspace |= type.equals("Replace") && one.toString().contains("\u2581");
      if (one.has("decoders")) {
        one.getAsJsonArray("decoders").forEach(this::form);
      }
    }

    private void added() throws IOException {
      if (json.peek() != JsonToken.BEGIN_ARRAY) {
        json.skipValue();
        return;
      }
      json.beginArray();
      while (json.hasNext()) {
        int id = -1;
        String content = "";
        boolean hidden = false;
        json.beginObject();
        while (json.hasNext()) {
          switch (json.nextName()) {
            case "id" -> id = json.nextInt();
            case "content" -> content = json.nextString();
            case "special" -> hidden = json.nextBoolean();
            default -> json.skipValue();
          }
        }
        json.endObject();
        if (id >= 0) {
          added[id] = content;
          special.set(id, hidden);
        }
      }
      json.endArray();
    }

    private void model() throws IOException {
      json.beginObject();
      while (json.hasNext()) {
        String name = json.nextName();
        if (name.equals("byte_fallback") && json.peek() == JsonToken.BOOLEAN) {
          fallback |= json.nextBoolean();
        } else if (!name.equals("vocab")) {
          json.skipValue();
        } else if (json.peek() == JsonToken.BEGIN_ARRAY) {
          list();
        } else {
          json.beginObject();
          while (json.hasNext()) {
            String piece = json.nextName();
            pieces[json.nextInt()] = piece;
          }
          json.endObject();
        }
      }
      json.endObject();
    }

    /** Unigram: pieces with their scores, ids by place. */
    private void list() throws IOException {
      json.beginArray();
      for (int id = 0; json.hasNext(); id++) {
        json.beginArray();
        pieces[id] = json.nextString();
        while (json.hasNext()) {
          json.skipValue();
        }
        json.endArray();
      }
      json.endArray();
    }

    TokenPieces pieces() {
      List<byte[]> all = new ArrayList<>(pieces.length);
      int[] offsets = new int[pieces.length + 1];
      for (int id = 0; id < pieces.length; id++) {
        String text = added[id];
        String piece = pieces[id];
        byte[] each =
            text != null
                ? text.getBytes(StandardCharsets.UTF_8)
                : piece == null ? new byte[0] : bytes(piece);
        all.add(each);
        offsets[id + 1] = Math.addExact(offsets[id], each.length);
      }
      byte[] bytes = new byte[offsets[pieces.length]];
      for (int id = 0; id < all.size(); id++) {
        System.arraycopy(all.get(id), 0, bytes, offsets[id], all.get(id).length);
      }
      return new TokenPieces(bytes, offsets, special);
    }

    private byte[] bytes(String piece) {
      if (byteLevel) {
        byte[] each = ByteLevel.bytes(piece);
        if (each != null) {
          return each;
        }
      }
      if (fallback && piece.matches("<0x[0-9A-Fa-f]{2}>")) {
        return new byte[] {(byte) Integer.parseInt(piece.substring(3, 5), 16)};
      }
      String text = metaspace ? piece.replace('\u2581', ' ') : piece;
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The table by which GPT-2 and its heirs write bytes as characters. */
  private static final class ByteLevel {
    private static final int[] BYTES = table();

    private static int[] table() {
      int[] bytes = new int[512];
      Arrays.fill(bytes, -1);
      int extra = 256;
      for (int b = 0; b < 256; b++) {
        boolean printable = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
        bytes[printable ? b : extra++] = b;
      }
      return bytes;
    }

    /** Null when a character is none of the table's. */
    static byte @Nullable [] bytes(String piece) {
      byte[] bytes = new byte[piece.length()];
      for (int i = 0; i < bytes.length; i++) {
        char c = piece.charAt(i);
        if (c >= BYTES.length || BYTES[c] < 0) {
          return null;
        }
        bytes[i] = (byte) BYTES[c];
      }
      return bytes;
    }
  }
}
