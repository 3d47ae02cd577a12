package io.openledger.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.TensorFile;
import io.openledger.serving.TensorFile.Tensor;
import io.openledger.serving.TinyModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way in which a checkpoint can be wrong has its own refusal. */
class BrokenCheckpointTest {

  @TempDir Path folder;

  private static void refused(Path folder, ErrorCode code, String named) {
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).contains(named);
            });
  }

  private Path valid() throws IOException {
    return TinyModel.write(folder, TinyModel.config(), "F32", 1);
  }

  private void weights(byte[] content) throws IOException {
    valid();
    Files.write(folder.resolve("model.safetensors"), content);
  }

  @Test
  void refusesAMissingFolderAndMissingFilesByName() throws Exception {
    refused(folder.resolve("none"), ErrorCode.CHECKPOINT_MISSING, "config.json");
    valid();
    Files.delete(folder.resolve("model.safetensors"));
    refused(folder, ErrorCode.CHECKPOINT_MISSING, "model.safetensors");
    Files.delete(folder.resolve("config.json"));
    refused(folder, ErrorCode.CHECKPOINT_MISSING, "config.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model_type\": \"gpt2\"}|model_type = gpt2",
        "{\"model_type\": null}|model_type = absent",
        "{\"hidden_act\": \"gelu\"}|hidden_act = gelu",
        "{\"torch_dtype\": \"float8_e4m3fn\"}|dtype = float8_e4m3fn",
        "{\"quantization_config\": {\"bits\": 4}}|quantization_config",
        "{\"sliding_window\": 128}|sliding_window",
        "{\"partial_rotary_factor\": 0.5}|partial_rotary_factor = 0.5",
        "{\"head_dim\": 12}|head_dim = 12",
        "{\"rope_scaling\": {\"type\": \"longrope\", \"factor\": 4}}|rope_type = longrope",
        "{\"rope_parameters\": {\"rope_type\": \"proportional\"}}|rope_type = proportional",
        "{\"rope_parameters\": {\"partial_rotary_factor\": 0.5}}|partial_rotary_factor = 0.5"
      })
  void refusesWhatItDoesNotSupportByName(String change, String named) throws Exception {
    JsonObject config = TinyModel.config();
    JsonParser.parseString(change).getAsJsonObject().asMap().forEach(config::add);
    TinyModel.write(folder, TinyModel.config(), "F32", 1);
    Files.writeString(folder.resolve("config.json"), config.toString());
    // Before the weights are even looked for.
    Files.delete(folder.resolve("model.safetensors"));
    refused(folder, ErrorCode.MODEL_UNSUPPORTED, named);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"hidden_size\": 0}|hidden_size",
        "{\"hidden_size\": 32.5}|hidden_size",
        "{\"num_key_value_heads\": 3}|key-value heads",
        "{\"rms_norm_eps\": -1}|rms_norm_eps",
        "{\"rope_theta\": 0}|rope_theta",
        "{\"vocab_size\": \"many\"}|vocab_size",
        "{\"eos_token_id\": 9999}|eos_token_id",
        "{\"num_hidden_layers\": null}|num_hidden_layers",
        "{\"rope_scaling\": {\"type\": \"linear\"}}|factor",
        "{\"tie_word_embeddings\": 1}|tie_word_embeddings"
      })
  void refusesSettingsThatMakeNoSense(String change, String named) throws Exception {
    valid();
    JsonObject config = TinyModel.config();
    JsonParser.parseString(change).getAsJsonObject().asMap().forEach(config::add);
    Files.writeString(folder.resolve("config.json"), config.toString());
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "\"text\"", "null", "\u0000"})
  void refusesAConfigThatIsNoObject(String content) throws Exception {
    valid();
    Files.writeString(folder.resolve("config.json"), content);
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, "config.json");
  }

  @Test
  void refusesAMissingTensorAndAWrongShapeByName() throws Exception {
    Map<String, Tensor> tensors = TinyModel.tensors(TinyModel.config(), "F32", 1);
    String name = "model.layers.1.mlp.down_proj.weight";
    Tensor tensor = tensors.remove(name);
    weights(TensorFile.bytes(tensors));
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, name + " is missing");
    tensors.put(name, new Tensor("F32", new long[] {48, 32}, tensor.values()));
    weights(TensorFile.bytes(tensors));
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, name + " has shape [48, 32]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":{\"dtype\":\"I8\",\"shape\":[8],\"data_offsets\":[0,8]}}|dtype I8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9]}}|[0, 9)",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,2]}}|[4, 2)",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|with 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|-2",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}}|header",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,4],\"data_offsets\":[0,8]}}|2^63",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}|incomplete",
        "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|twice",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}|with x",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|after the last tensor",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|gap",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|overlaps",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|a twice",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} x|header",
        "[]|header",
        "{\"__metadata__\":{},\"__metadata__\":{}}|__metadata__ twice"
      })
  void refusesABrokenHeaderByName(String header, String named) throws Exception {
    weights(TensorFile.whole(header, new byte[8]));
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, named);
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, "model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1L << 40, -1, Long.MIN_VALUE, 33 << 20})
  void refusesAHeaderLengthThatIsNotTrue(long length) throws Exception {
    byte[] content = new byte[64];
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    weights(content);
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, "model.safetensors");
    weights(new byte[5]);
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, "5 bytes");
  }

  @Test
  void refusesATruncatedFile() throws Exception {
    valid();
    byte[] whole = Files.readAllBytes(folder.resolve("model.safetensors"));
    weights(Arrays.copyOf(whole, whole.length - 1));
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, "model.safetensors");
  }

  @Test
  void neverFailsOtherwiseOnMutatedHeaders() throws Exception {
    long seed = 20261121;
    Random random = new Random(seed);
    Map<String, Tensor> few = new LinkedHashMap<>();
    few.put("a", new Tensor("F32", new long[] {2, 2}, new float[4]));
    few.put("b", new Tensor("BF16", new long[] {3}, new float[3]));
    byte[] whole = TensorFile.bytes(few);
    Path file = folder.resolve("mutated.safetensors");
    for (int round = 0; round < 1000; round++) {
      byte[] mutated = Arrays.copyOf(whole, whole.length - random.nextInt(3));
      for (int i = 0; i <= random.nextInt(4); i++) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
      }
      Files.write(file, mutated);
      try {
        Safetensors.read(file, Broken.CHECKPOINT);
      } catch (OpenLedgerException e) {
        assertThat(e.code())
            .as("seed %d, round %d", seed, round)
            .isEqualTo(ErrorCode.CHECKPOINT_BROKEN);
      }
    }
  }

  @Test
  void readsShardsAndRefusesAnIndexThatLies() throws Exception {
    valid();
    Map<String, Tensor> all = TinyModel.tensors(TinyModel.config(), "F32", 1);
    Files.delete(folder.resolve("model.safetensors"));
    Map<String, Tensor> first = new LinkedHashMap<>();
    Map<String, Tensor> second = new LinkedHashMap<>();
    JsonObject map = new JsonObject();
    all.forEach(
        (name, tensor) -> {
          boolean even = map.size() % 2 == 0;
          (even ? first : second).put(name, tensor);
          map.addProperty(name, even ? "one.safetensors" : "two.safetensors");
        });
    Files.write(folder.resolve("one.safetensors"), TensorFile.bytes(first));
    Files.write(folder.resolve("two.safetensors"), TensorFile.bytes(second));
    JsonObject index = new JsonObject();
    index.add("weight_map", map);
    Path file = folder.resolve("model.safetensors.index.json");
    Files.writeString(file, index.toString());
    assertThat(Checkpoint.open(folder).tensors()).hasSize(all.size());

    map.addProperty(ModelConfig.FINAL_NORM, "one.safetensors");
    map.addProperty(ModelConfig.EMBEDDING, "two.safetensors");
    Files.writeString(file, index.toString());
    refused(folder, ErrorCode.CHECKPOINT_BROKEN, "index.json says");
    for (String trick : new String[] {"../one.safetensors", "/etc/passwd", "a\u0000.safetensors"}) {
      map.addProperty(ModelConfig.EMBEDDING, trick);
      Files.writeString(file, index.toString());
      refused(folder, ErrorCode.CHECKPOINT_BROKEN, "beside it");
    }
    all.keySet().forEach(name -> map.addProperty(name, "three.safetensors"));
    Files.writeString(file, index.toString());
    refused(folder, ErrorCode.CHECKPOINT_MISSING, "three.safetensors");
  }

  @Test
  void readsBothConfigFormsAlike() throws Exception {
    valid();
    JsonObject older = TinyModel.config();
    older.add("rope_scaling", JsonParser.parseString("{\"type\":\"linear\",\"factor\":2.0}"));
    Files.writeString(folder.resolve("config.json"), older.toString());
    ModelConfig one = Checkpoint.open(folder).config();
    JsonObject newer = TinyModel.config();
    newer.remove("rope_theta");
    newer.add(
        "rope_parameters",
        JsonParser.parseString("{\"rope_type\":\"linear\",\"factor\":2.0,\"rope_theta\":10000.0}"));
    newer.addProperty("dtype", "float32");
    newer.remove("torch_dtype");
    Files.writeString(folder.resolve("config.json"), newer.toString());
    assertThat(Checkpoint.open(folder).config()).isEqualTo(one);
  }

  @Test
  void readsHalvesExactly() {
    assertThat(TensorData.half((short) 0x3c00)).isEqualTo(1f);
    assertThat(TensorData.half((short) 0xc000)).isEqualTo(-2f);
    assertThat(TensorData.half((short) 0x0001)).isEqualTo(0x1p-24f);
    assertThat(TensorData.half((short) 0x83ff)).isEqualTo(-1023 * 0x1p-24f);
    assertThat(TensorData.half((short) 0x7bff)).isEqualTo(65504f);
    assertThat(TensorData.half((short) 0x7c00)).isInfinite();
    assertThat(TensorData.half((short) 0x7e00)).isNaN();
  }
}
