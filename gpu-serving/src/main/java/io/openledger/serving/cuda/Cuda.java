package io.openledger.serving.cuda;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.capi.Api;
import io.openledger.serving.capi.Libraries;
import io.openledger.serving.engine.Decoder;
import io.openledger.serving.model.Attention;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.FeedForward;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.TensorRef;
import io.openledger.serving.onnx.OrtLibrary;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens decoders on an NVIDIA GPU, where there is one and what it takes. Loads nothing that is
 * optional before it was looked for.
 */
public final class Cuda {

  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(java.util.Locale.ROOT).startsWith("windows");

  private static final String RUNTIME = WINDOWS ? "cudart64_12.dll" : "libcudart.so.12";

  private static final List<String> LIBRARIES =
      WINDOWS
          ? List.of("cublas64_12.dll", "cublasLt64_12.dll", "curand64_10.dll")
          : List.of("libcublas.so.12", "libcublasLt.so.12", "libcurand.so.10");

  private Cuda() {}

  /**
   * What a host lacks to compute on a GPU; empty: nothing that can be told before it is tried.
   * Takes a moment without a driver, and some seconds with one, because the provider is unpacked.
   */
  public static List<String> missing() {
    String driver = WINDOWS ? "nvcuda.dll" : "libcuda.so.1";
    if (!Libraries.present(driver)) {
      return List.of(driver + " (the NVIDIA driver)");
    }
    List<String> missing = new ArrayList<>();
    if (!Libraries.has(RUNTIME, "cudaLibraryGetKernel")) {
      missing.add(RUNTIME + " of CUDA 12.8 or a newer 12");
    }
    for (String library : LIBRARIES) {
      if (!Libraries.present(library)) {
        missing.add(library + " of CUDA 12");
      }
    }
    if (!loads("jcuda.driver.JCudaDriver")) {
      missing.add("org.jcuda:jcuda and org.jcuda:jcuda-natives of this platform");
    }
    try (Api api = Api.open(OrtLibrary.loaded())) {
      if (!api.providers().contains("CUDAExecutionProvider") || !OrtLibrary.unpackCuda()) {
        missing.add("com.microsoft.onnxruntime:onnxruntime_gpu in the place of onnxruntime");
      }
    }
    return List.copyOf(missing);
  }

  /** Whether a class can be used, with the native library that it loads. */
  private static boolean loads(String name) {
    try {
      Class.forName(name);
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /**
   * Loads a model onto the first GPU. Its type is 16 bits: {@code bfloat16} when the checkpoint has
   * it and the GPU computes in it, else {@code float16}.
   *
   * @param rows of the cache
   * @param context of a row, in tokens
   * @param threads of what the processor still does; 0: one per core
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} naming what is missing, or
   *     when weights and cache do not fit
   */
  public static Decoder open(Checkpoint checkpoint, int rows, int context, int threads) {
    List<String> missing = missing();
    if (!missing.isEmpty()) {
      throw refusal(missing);
    }
    return open(CudaDevice.open(0), checkpoint, rows, context, threads);
  }

  static OpenLedgerException refusal(List<String> missing) {
    return new OpenLedgerException(
        ErrorCode.CONFIGURATION_INVALID,
        "this host cannot compute on a GPU; missing: " + String.join("; ", missing),
        "an NVIDIA driver and the libraries of CUDA 12.8, JCuda and onnxruntime_gpu",
        "add what is missing, or choose the device CPU or AUTO");
  }

  /** Routers choose among scores that differ by less than 16 bits can tell apart. */
  private static void refuseUntried(ModelConfig config) {
    boolean experts =
        config.feedForwards().stream().anyMatch(part -> part instanceof FeedForward.Experts);
    if (experts || config.attention() instanceof Attention.Latent) {
      throw new OpenLedgerException(
          ErrorCode.MODEL_UNSUPPORTED,
          "model_type = " + config.family() + " on a GPU",
          "models with grouped attention and without experts",
          "choose the device CPU");
    }
  }

  static DeviceDecoder open(
      Device device, Checkpoint checkpoint, int rows, int context, int threads) {
    DeviceDecoder.Plan plan;
    Api api;
    try {
      refuseUntried(checkpoint.config());
      plan = plan(device, checkpoint, rows, context, threads);
      api = Api.open(OrtLibrary.loaded());
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
    return DeviceDecoder.open(device, api, checkpoint, plan);
  }

  /**
   * Of what is free, weights take their size and a tenth; of the rest, a fifth is left to the
   * runtime's own work.
   */
  static DeviceDecoder.Plan plan(
      Device device, Checkpoint checkpoint, int rows, int context, int threads) {
    TensorRef embedding = checkpoint.tensors().get(ModelConfig.EMBEDDING);
    DType type = device.compute(embedding == null ? DType.F16 : embedding.type());
    long weights = DeviceDecoder.weightBytes(checkpoint, type);
    Device.Capacity capacity = device.capacity();
    long memory = (capacity.free() - weights - weights / 10) / 5 * 4;
    if (memory <= 0) {
      throw new OpenLedgerException(
          ErrorCode.CONFIGURATION_INVALID,
          weights + " bytes of weights for a GPU with " + capacity.free() + " bytes free",
          "weights and a tenth of them below what is free",
          "choose a smaller model or a larger GPU, or let the processor compute");
    }
    return new DeviceDecoder.Plan(rows, context, threads, type, memory);
  }
}
