package io.openledger.serving.fuzz;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages files: bytes anywhere, JSON by its structure, safetensors by header and length. */
final class Mutations {

  /** Where integers turn over, where lengths overflow, and what is no number. */
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "-0",
          "-1",
          "1",
          "7",
          "255",
          "65536",
          "1048576",
          "4194304",
          "2147483647",
          "2147483648",
          "-2147483649",
          "4294967296",
          "4611686018427387904",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "18446744073709551616",
          "1e3",
          "1e19",
          "1e308",
          "1e400",
          "-1e400",
          "1e-400",
          "0.5",
          "1e999999999",
          "1E2147483647",
          "NaN",
          "Infinity",
          "00",
          "0x10",
          "9".repeat(400),
          "1." + "3".repeat(3000));

  private static final List<String> TEXTS =
      List.of(
          "",
          "\0",
          "\uFEFF",
          "\uFFFF",
          "a".repeat(2000),
          "../../../etc/passwd",
          "/dev/zero",
          "(.*)*(.*)*x",
          "(",
          "\\",
          "\uD83D\uDE00",
          "e\u0301",
          "\u202Eabc",
          "BPE",
          "Unigram",
          "WordPiece",
          "WordLevel",
          "F32",
          "F16",
          "BF16",
          "F64",
          "I64",
          "U8",
          "llama",
          "mistral",
          "qwen2",
          "qwen3",
          "deepseek_v2",
          "deepseek_v3",
          "yarn",
          "dynamic",
          "llama3",
          "linear",
          "float16",
          "__metadata__",
          "model.norm.weight",
          "all-linear",
          "LORA",
          "Sequence",
          "ByteLevel",
          "Metaspace",
          "Replace",
          "Precompiled",
          "Split",
          "null");

  private static final String PLACE = "number-";

  /** Raw pieces of JSON, good and bad. */
  private static final List<String> PIECES =
      List.of(
          "null",
          "true",
          "{}",
          "[]",
          "\"\"",
          "\"\\uD800\"",
          "\"\\u0000\"",
          "{\"a\":1,\"a\":2}",
          "[[[[[[[[[[1]]]]]]]]]]",
          "[1,2,3,4,5,6,7,8,9]",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "/* c */",
          "// c\n",
          "'a'",
          "\\",
          "\u0001",
          "\uFEFF",
          "{\"__metadata__\":{}}");

  private final Random random;

  Mutations(Random random) {
    this.random = random;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** JSON with one to three changes, as bytes. */
  byte[] json(String valid) {
    if (random.nextInt(8) == 0) {
      return bytes(valid.getBytes(StandardCharsets.UTF_8));
    }
    JsonElement root = JsonParser.parseString(valid);
    for (int change = random.nextInt(3); change >= 0; change--) {
      root = changed(root);
    }
    String text = spelled(root.toString());
    return random.nextInt(6) == 0
        ? text(text).getBytes(StandardCharsets.UTF_8)
        : text.getBytes(StandardCharsets.UTF_8);
  }

  private JsonElement changed(JsonElement root) {
    List<JsonElement> holders = new ArrayList<>();
    collect(root, holders);
    if (holders.isEmpty()) {
      return value();
    }
    JsonElement holder = one(holders);
    if (holder instanceof JsonObject object) {
      List<String> keys = new ArrayList<>(object.keySet());
      String key = keys.isEmpty() ? "x" : one(keys);
      switch (random.nextInt(6)) {
        case 0 -> object.remove(key);
        case 1 -> object.add(one(TEXTS), object.get(key) == null ? value() : object.get(key));
        case 2 -> {
          JsonElement moved = object.remove(key);
          object.add(keys.isEmpty() ? key : one(keys), moved == null ? value() : moved);
        }
        case 3 -> object.add(key, nested(1 << random.nextInt(14)));
        default -> object.add(key, value());
      }
    } else if (holder instanceof JsonArray array) {
      switch (array.isEmpty() ? 2 : random.nextInt(5)) {
        case 0 -> array.remove(random.nextInt(array.size()));
        case 1 -> array.add(array.get(random.nextInt(array.size())));
        case 2 -> array.add(value());
        case 3 -> {
          for (int i = random.nextInt(300); i > 0; i--) {
            array.add(value());
          }
        }
        default -> array.set(random.nextInt(array.size()), value());
      }
    }
    return root;
  }

  private static void collect(JsonElement at, List<JsonElement> into) {
    if (at instanceof JsonObject object) {
      into.add(object);
      object.asMap().values().forEach(each -> collect(each, into));
    } else if (at instanceof JsonArray array) {
      into.add(array);
      array.forEach(each -> collect(each, into));
    }
  }

  private JsonElement value() {
    return switch (random.nextInt(6)) {
      case 0 -> JsonNull.INSTANCE;
      case 1 -> new JsonPrimitive(random.nextBoolean());
      case 2 -> new JsonPrimitive(one(TEXTS));
      case 3 -> new JsonPrimitive(random.nextInt(40));
      case 4 -> {
        JsonArray array = new JsonArray();
        for (int i = random.nextInt(12); i > 0; i--) {
          array.add(random.nextInt(64));
        }
        yield array;
      }
      default -> new JsonPrimitive(PLACE + random.nextInt(NUMBERS.size()));
    };
  }

  /** Puts in numbers that no tree would hold as they are spelled. */
  private static String spelled(String json) {
    for (int i = 0; i < NUMBERS.size() && json.contains(PLACE); i++) {
      json = json.replace('"' + PLACE + i + '"', NUMBERS.get(i));
    }
    return json;
  }

  /** As deep as a tree can be printed; {@link #text} goes deeper. */
  private JsonElement nested(int depth) {
    JsonElement inner = new JsonPrimitive(1);
    for (int i = 0; i < Math.min(depth, 500); i++) {
      JsonArray outer = new JsonArray();
      outer.add(inner);
      inner = outer;
    }
    return inner;
  }

  private String text(String json) {
    int at = random.nextInt(json.length() + 1);
    String before = json.substring(0, at);
    String after = json.substring(at);
    return switch (random.nextInt(7)) {
      case 0 -> before;
      case 1 -> json + json;
      case 2 -> before + one(PIECES) + after;
      case 3 -> before + one(NUMBERS) + after;
      case 4 -> "[".repeat(1 << random.nextInt(17)) + json;
      case 5 -> before + "{\"a\":".repeat(1 << random.nextInt(16)) + after;
      default -> json.replaceFirst(":", ":" + one(PIECES) + ",\"again\":");
    };
  }

  /** Any bytes with flips, cuts, insertions, or twice. */
  byte[] bytes(byte[] valid) {
    byte[] made = valid.clone();
    if (made.length == 0) {
      return made;
    }
    switch (random.nextInt(6)) {
      case 0 -> made = Arrays.copyOf(made, random.nextInt(made.length));
      case 1 -> made = Arrays.copyOf(made, made.length + 1 + random.nextInt(64));
      case 2 -> {
        byte[] twice = Arrays.copyOf(made, 2 * made.length);
        System.arraycopy(valid, 0, twice, valid.length, valid.length);
        made = twice;
      }
      case 3 -> {
        int from = random.nextInt(made.length);
        byte[] noise = new byte[Math.min(made.length - from, 1 + random.nextInt(32))];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, made, from, noise.length);
      }
      default -> {
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
          made[random.nextInt(made.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    return made;
  }

  /** A safetensors file with a wrong length, header or body. */
  byte[] tensors(byte[] valid) {
    ByteBuffer all = ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) all.getLong(0);
    switch (random.nextInt(8)) {
      case 0:
        return bytes(valid);
      case 1:
        {
          byte[] made = valid.clone();
          long[] lengths = {
            0,
            1,
            2,
            length - 1,
            length + 1,
            valid.length - 8,
            valid.length,
            1 << 25,
            (1 << 25) + 1,
            Integer.MAX_VALUE,
            1L << 32,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            -1,
            random.nextInt(2 * valid.length),
            random.nextLong()
          };
          ByteBuffer.wrap(made)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(0, lengths[random.nextInt(lengths.length)]);
          return made;
        }
      default:
        {
          byte[] header = json(new String(valid, 8, length, StandardCharsets.UTF_8));
          int body = valid.length - 8 - length;
          return ByteBuffer.allocate(8 + header.length + body)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putLong(header.length)
              .put(header)
              .put(valid, 8 + length, body)
              .array();
        }
    }
  }
}
