package io.openledger.serving.quantize;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.serving.TensorFile;
import io.openledger.serving.TensorFile.Tensor;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.TensorData;
import io.openledger.serving.model.TensorRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The plain twin of quantised products: what the codes mean, written as weights of 32 bits. */
public final class Dequantized {

  private static final double[] QUANTILES = {
    -1.0,
    -0.6961928009986877,
    -0.5250730514526367,
    -0.39491748809814453,
    -0.28444138169288635,
    -0.18477343022823334,
    -0.09105003625154495,
    0.0,
    0.07958029955625534,
    0.16093020141124725,
    0.24611230194568634,
    0.33791524171829224,
    0.44070982933044434,
    0.5626170039176941,
    0.7229568362236023,
    1.0
  };

  private Dequantized() {}

  /** {@code [out, in]}. */
  static float[] weights(BlockFormat format, int out, int in, ByteBuffer codes, ByteBuffer scales) {
    float[] weights = new float[out * in];
    int padded = (in + format.block() - 1) / format.block() * format.block();
    for (int i = 0; i < weights.length; i++) {
      int at = format == BlockFormat.NF4 ? i : i / in * padded + i % in;
      float scale = scales.getFloat(at / format.block() * 4);
      weights[i] =
          switch (format) {
            case INT8 -> ((codes.get(at) & 0xff) - 128) * scale;
            case INT4 -> ((codes.get(at / 2) >> at % 2 * 4 & 15) - 8) * scale;
            case NF4 -> (float) QUANTILES[codes.get(at / 2) >> (1 - at % 2) * 4 & 15] * scale;
          };
    }
    return weights;
  }

  private static ByteBuffer bytes(Path file, long at, long length) throws IOException {
    byte[] all = Files.readAllBytes(file);
    return ByteBuffer.wrap(Arrays.copyOfRange(all, (int) at, (int) (at + length)))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes a checkpoint that means the same as one with quantised weights. */
  public static Checkpoint write(Path folder, Checkpoint base, QuantizedWeights quantized)
      throws IOException {
    Files.createDirectories(folder);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorRef tensor : base.tensors().values()) {
      long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
      QuantizedMap map = quantized.maps().get(tensor.name());
      float[] stored = TensorData.read(tensor);
      float[] changed =
          map == null
              ? stored
              : weights(
                  map.format(),
                  map.out(),
                  map.in(),
                  bytes(map.file(), map.codesAt(), map.codesBytes()),
                  bytes(map.file(), map.scalesAt(), map.scalesBytes()));
      if (tensor.name().equals(ModelConfig.EMBEDDING)) {
        tensors.put(ModelConfig.EMBEDDING, new Tensor("F32", shape, stored));
        if (base.config().tied()) {
          tensors.put(ModelConfig.OUTPUT, new Tensor("F32", shape, changed));
        }
      } else {
        tensors.put(tensor.name(), new Tensor("F32", shape, changed));
      }
    }
    JsonObject config =
        JsonParser.parseString(Files.readString(base.folder().resolve("config.json")))
            .getAsJsonObject();
    config.addProperty("tie_word_embeddings", false);
    Files.writeString(folder.resolve("config.json"), config.toString());
    Files.write(folder.resolve("model.safetensors"), TensorFile.bytes(tensors));
    return Checkpoint.open(folder);
  }
}
