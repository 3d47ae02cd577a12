package io.openledger.serving.graph;

import static io.openledger.serving.model.DType.BF16;
import static io.openledger.serving.model.DType.F16;
import static io.openledger.serving.model.DType.F32;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.serving.TinyFamilies;
import io.openledger.serving.TinyModel;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whether the CUDA provider has a kernel for each operator of a graph, in the type that it computes
 * in. One that has none would run on the processor, with a copy there and back.
 */
class CudaKernelsTest {

  private static final Set<DType> ALL = Set.of(F32, F16, BF16);

  /**
   * From "Operators implemented by CUDAExecutionProvider" in ONNX Runtime's {@code
   * docs/OperatorKernels.md}, for operator set 21.
   */
  private static final Map<String, Set<DType>> CUDA =
      Map.ofEntries(
          entry("Add", ALL),
          entry("Cast", ALL),
          entry("Concat", ALL),
          entry("Gather", ALL),
          entry("Gemm", ALL),
          entry("MatMul", ALL),
          entry("Mul", ALL),
          entry("Reshape", ALL),
          entry("Sigmoid", ALL),
          entry("SimplifiedLayerNormalization", ALL),
          entry("Softmax", ALL),
          entry("Split", ALL),
          entry("TopK", Set.of(F32, F16)),
          entry("com.microsoft.FusedMatMul", ALL),
          entry("com.microsoft.GroupQueryAttention", Set.of(F16, BF16)),
          entry("com.microsoft.MatMulBnb4", ALL),
          entry("com.microsoft.MatMulNBits", ALL),
          entry("com.microsoft.QuickGelu", ALL),
          entry("com.microsoft.RotaryEmbedding", ALL),
          entry("com.microsoft.SkipSimplifiedLayerNormalization", ALL));

  @TempDir Path folder;

  private Set<String> operators(DType stored, DType compute, String setting) throws Exception {
    JsonObject config = TinyModel.config();
    JsonParser.parseString(setting).getAsJsonObject().asMap().forEach(config::add);
    Checkpoint checkpoint =
        Checkpoint.open(TinyModel.write(folder.resolve(stored.name()), config, stored.name(), 1));
    return operators(DecoderGraph.build(checkpoint, GraphForm.of(96).computing(compute)));
  }

  /** Of ModelProto 7 (graph), 1 (nodes): 4 (operator) and 7 (domain). */
  private static Set<String> operators(byte[] model) {
    Set<String> operators = new TreeSet<>();
    fields(
        ByteBuffer.wrap(model),
        (field, graph) -> {
          if (field == 7) {
            fields(
                graph,
                (inner, node) -> {
                  if (inner == 1) {
                    operators.add(operator(node));
                  }
                });
          }
        });
    return operators;
  }

  private static String operator(ByteBuffer node) {
    StringBuilder name = new StringBuilder();
    fields(
        node,
        (field, value) -> {
          String text = StandardCharsets.UTF_8.decode(value.duplicate()).toString();
          if (field == 4) {
            name.append(text);
          } else if (field == 7 && !text.isEmpty()) {
            name.insert(0, text + ".");
          }
        });
    return name.toString();
  }

  private interface Field {
    void read(int field, ByteBuffer value);
  }

  private static void fields(ByteBuffer message, Field reader) {
    ByteBuffer rest = message.duplicate();
    while (rest.hasRemaining()) {
      long tag = varint(rest);
      if ((tag & 7) == 0) {
        varint(rest);
      } else if ((tag & 7) == 5) {
        rest.getInt();
      } else {
        int length = (int) varint(rest);
        reader.read((int) (tag >> 3), rest.slice(rest.position(), length));
        rest.position(rest.position() + length);
      }
    }
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    int shift = 0;
    byte next;
    do {
      next = from.get();
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return value;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void hasAKernelForEachOperatorInSixteenBits(DType stored) throws Exception {
    for (DType compute : new DType[] {F16, BF16}) {
      for (String setting : new String[] {"{}", "{\"tie_word_embeddings\": true}"}) {
        Set<String> operators = operators(stored, compute, setting);
        assertThat(operators).contains("com.microsoft.GroupQueryAttention", "Gather");
        for (String operator : operators) {
          assertThat(CUDA).containsKey(operator);
          assertThat(CUDA.get(operator)).as(operator).contains(compute);
        }
      }
    }
  }

  @ParameterizedTest
  // Not of the experts and latent attention of DEEPSEEK: the table above does not list theirs.
  @EnumSource(
      value = TinyFamilies.Kind.class,
      mode = EnumSource.Mode.MATCH_NONE,
      names = "DEEPSEEK.*")
  void hasAKernelForEachOperatorOfBiasesNormsAndWindows(TinyFamilies.Kind kind) throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyFamilies.write(folder, kind.config(), "F16", 1));
    for (DType compute : new DType[] {F16, BF16}) {
      Set<String> operators =
          operators(DecoderGraph.build(checkpoint, GraphForm.of(96).computing(compute)));
      assertThat(operators).contains("com.microsoft.GroupQueryAttention", "Gather");
      for (String operator : operators) {
        assertThat(CUDA).containsKey(operator);
        assertThat(CUDA.get(operator)).as(operator).contains(compute);
      }
    }
  }

  @Test
  void hasNoAttentionIn32Bits() throws Exception {
    assertThat(operators(F32, F32, "{}"))
        .anySatisfy(operator -> assertThat(CUDA.get(operator)).doesNotContain(F32));
  }
}
