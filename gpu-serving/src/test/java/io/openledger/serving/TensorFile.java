package io.openledger.serving;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads and writes safetensors for tests, without the checks of the code under test. */
public final class TensorFile {

  /** What is to be written. */
  public record Tensor(String dtype, long[] shape, float[] values) {}

  private final JsonObject header;
  private final ByteBuffer data;

  private TensorFile(JsonObject header, ByteBuffer data) {
    this.header = header;
    this.data = data;
  }

  public static TensorFile read(Path file) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) all.getLong(0);
    String json = new String(all.array(), 8, length, StandardCharsets.UTF_8);
    return new TensorFile(
        JsonParser.parseString(json).getAsJsonObject(),
        all.slice(8 + length, all.capacity() - 8 - length).order(ByteOrder.LITTLE_ENDIAN));
  }

  /** A tensor's bytes, as they are. */
  public byte[] bytes(String name) {
    byte[] values = new byte[data(name).capacity()];
    data(name).get(values);
    return values;
  }

  private ByteBuffer data(String name) {
    JsonArray offsets = header.getAsJsonObject(name).getAsJsonArray("data_offsets");
    int from = offsets.get(0).getAsInt();
    return data.slice(from, offsets.get(1).getAsInt() - from).order(ByteOrder.LITTLE_ENDIAN);
  }

  public int[] ints(String name) {
    ByteBuffer bytes = data(name);
    int[] values = new int[bytes.capacity() / 8];
    for (int i = 0; i < values.length; i++) {
      values[i] = (int) bytes.getLong(8 * i);
    }
    return values;
  }

  public float[] floats(String name) {
    ByteBuffer bytes = data(name);
    float[] values = new float[bytes.capacity() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** Values as they come back after being stored in the type. */
  public static float stored(String dtype, float value) {
    return switch (dtype) {
      case "BF16" -> Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
      case "F16" -> Math.round(value * 1024) / 1024f;
      default -> value;
    };
  }

  private static short half(float value) {
    // Good for multiples of 1/1024 below 2: what stored() makes of small values.
    if (value == 0) {
      return 0;
    }
    int bits = Float.floatToRawIntBits(value);
    int exponent = (bits >> 23 & 0xff) - 127;
    return (short) (bits >>> 16 & 0x8000 | exponent + 15 << 10 | bits >> 13 & 0x3ff);
  }

  public static byte[] bytes(Map<String, Tensor> tensors) {
    JsonObject header = new JsonObject();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Map.Entry<String, Tensor> entry : new LinkedHashMap<>(tensors).entrySet()) {
      Tensor tensor = entry.getValue();
      int width = tensor.dtype().equals("F32") ? 4 : 2;
      ByteBuffer bytes =
          ByteBuffer.allocate(tensor.values().length * width).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : tensor.values()) {
        switch (tensor.dtype()) {
          case "BF16" -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
          case "F16" -> bytes.putShort(half(value));
          default -> bytes.putFloat(value);
        }
      }
      JsonObject one = new JsonObject();
      one.addProperty("dtype", tensor.dtype());
      JsonArray shape = new JsonArray();
      for (long dimension : tensor.shape()) {
        shape.add(dimension);
      }
      one.add("shape", shape);
      JsonArray offsets = new JsonArray();
      offsets.add(data.size());
      data.writeBytes(bytes.array());
      offsets.add(data.size());
      one.add("data_offsets", offsets);
      header.add(entry.getKey(), one);
    }
    return whole(header.toString(), data.toByteArray());
  }

  /** A file of any header and data. */
  public static byte[] whole(String header, byte[] data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }
}
