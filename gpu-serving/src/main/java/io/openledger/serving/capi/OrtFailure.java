package io.openledger.serving.capi;

/** What ONNX Runtime answered instead of a result. */
public final class OrtFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  OrtFailure(int status, String message) {
    super(message);
    this.status = status;
  }

  /** {@code OrtErrorCode}: 1 fail, 2 invalid argument, 3 no such file, 6 runtime exception, …. */
  public int status() {
    return status;
  }
}
