package io.openledger.serving.model;

/** Element types of tensors that are read; the names are those of safetensors. */
public enum DType {
  /** IEEE 754 binary32. */
  F32(4, 1),
  /** IEEE 754 binary16. */
  F16(2, 10),
  /** The upper half of a binary32. */
  BF16(2, 16);

  private final int bytes;
  private final int onnx;

  DType(int bytes, int onnx) {
    this.bytes = bytes;
    this.onnx = onnx;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** {@code TensorProto.DataType} of ONNX. */
  public int onnx() {
    return onnx;
  }
}
