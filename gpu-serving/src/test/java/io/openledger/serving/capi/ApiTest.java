package io.openledger.serving.capi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import io.openledger.serving.TinyModel;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.graph.GraphForm;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.onnx.OrtLibrary;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The binding of the C API, on memory of the processor. */
class ApiTest {

  private static final int FLOAT = 1;

  @TempDir Path folder;
  private Api api;

  @BeforeEach
  void open() {
    api = Api.open(OrtLibrary.loaded());
  }

  @AfterEach
  void close() {
    api.close();
  }

  private SessionSettings settings(Optional<Map<String, String>> cuda) {
    return new SessionSettings(
        1, Map.of("session.model_external_initializers_file_folder_path", folder.toString()), cuda);
  }

  private Session tiny() throws Exception {
    return api.session(model(), settings(Optional.empty()));
  }

  private byte[] model() throws Exception {
    return DecoderGraph.build(
        Checkpoint.open(TinyModel.write(folder, TinyModel.config(), "F32", 1)), GraphForm.of(96));
  }

  @Test
  void isTheLibraryOfTheJavaApi() {
    assertThat(api.version()).isEqualTo(OrtEnvironment.getEnvironment().getVersion());
    assertThat(api.providers()).contains("CPUExecutionProvider");
    assertThat(api.providers()).hasSameSizeAs(OrtEnvironment.getAvailableProviders());
  }

  @Test
  void saysWhatTheRuntimeRefuses() throws Exception {
    assertThatThrownBy(() -> api.session(new byte[] {1, 2, 3}, settings(Optional.empty())))
        .isInstanceOfSatisfying(OrtFailure.class, e -> assertThat(e.status()).isPositive())
        .hasMessageContaining("odel");
    ByteBuffer memory = ByteBuffer.allocateDirect(16);
    try (Session session = tiny();
        Binding binding = session.bind();
        Place cpu = api.cpu()) {
      assertThatThrownBy(() -> cpu.tensor(Api.address(memory), 16, FLOAT, 5))
          .isInstanceOf(OrtFailure.class);
      try (Tensor tensor = cpu.tensor(Api.address(memory), 16, FLOAT, 4)) {
        assertThatThrownBy(() -> binding.input("nonsense", tensor))
            .isInstanceOf(OrtFailure.class)
            .hasMessageContaining("nonsense");
      }
    }
    try (Session session = tiny();
        Binding binding = session.bind();
        Place cpu = api.cpu();
        Tensor tensor = cpu.tensor(Api.address(memory), 16, FLOAT, 4)) {
      binding.input(DecoderGraph.LENGTHS, tensor);
      assertThatThrownBy(binding::run).isInstanceOf(OrtFailure.class);
    }
  }

  @Test
  void refusesEveryUseOfWhatIsClosed() throws Exception {
    ByteBuffer memory = ByteBuffer.allocateDirect(16);
    Place cpu = api.cpu();
    Tensor tensor = cpu.tensor(Api.address(memory), 16, FLOAT, 4);
    Session session = tiny();
    Binding binding = session.bind();
    binding.close();
    binding.close();
    closed(binding::run);
    closed(() -> binding.input(DecoderGraph.LENGTHS, tensor));
    session.close();
    session.close();
    closed(session::bind);
    tensor.close();
    cpu.close();
    closed(() -> cpu.tensor(Api.address(memory), 16, FLOAT, 4));
  }

  private static void closed(org.assertj.core.api.ThrowableAssert.ThrowingCallable use) {
    assertThatThrownBy(use)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void wrapsAnAddressOfADeviceThatIsNotThereAndRefusesToComputeOnIt() throws Exception {
    // Nothing reads the address: the runtime believes where it lies.
    try (Session session = tiny();
        Binding binding = session.bind();
        Place cuda = api.cuda(0);
        Tensor tensor = cuda.tensor(0x7f0000000000L, 16, FLOAT, 4)) {
      assertThatThrownBy(() -> binding.input(DecoderGraph.TOKENS, tensor))
          .isInstanceOf(OrtFailure.class);
    }
  }

  @Test
  void refusesASessionThatTheProcessorWouldHaveToHelp() throws Exception {
    SessionSettings strict =
        new SessionSettings(
            1,
            Map.of(
                "session.model_external_initializers_file_folder_path",
                folder.toString(),
                "session.disable_cpu_ep_fallback",
                "1"),
            Optional.empty());
    byte[] model = model();
    assertThatThrownBy(() -> api.session(model, strict))
        .isInstanceOf(OrtFailure.class)
        .hasMessageContaining("fallback");
  }

  @Test
  void saysThatTheLibraryHasNoCuda() throws Exception {
    byte[] model = model();
    assertThatThrownBy(() -> api.session(model, settings(Optional.of(Map.of("device_id", "0")))))
        .isInstanceOf(OrtFailure.class)
        .hasMessageContaining("CUDA");
  }
}
