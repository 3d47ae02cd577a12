package io.openledger.serving.onnx;

import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.TensorRef;
import io.openledger.serving.quantize.QuantizedMap;
import io.openledger.serving.quantize.QuantizedWeights;

/** What the weights of a loaded model take on the processor. */
final class ResidentWeights {

  private ResidentWeights() {}

  /** Bytes; what is not quantised is packed in 32 bits. */
  static long bytes(Checkpoint checkpoint, QuantizedWeights quantized) {
    long bytes = quantized.maps().values().stream().mapToLong(QuantizedMap::residentBytes).sum();
    for (TensorRef tensor : checkpoint.tensors().values()) {
      boolean mapped = tensor.name().equals(ModelConfig.EMBEDDING) && !checkpoint.config().tied();
      if (!mapped && !quantized.maps().containsKey(tensor.name())) {
        bytes += tensor.elements() * Float.BYTES;
      }
    }
    return bytes;
  }
}
