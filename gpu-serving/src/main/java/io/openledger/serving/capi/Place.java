package io.openledger.serving.capi;

import com.sun.jna.Pointer;

/** Where addresses lie: the processor's memory, or a device's. */
public final class Place extends Handle {

  Place(Api api, Pointer info) {
    super(api, Entry.RELEASE_MEMORY_INFO, info);
  }

  /**
   * A tensor over memory of this place. It owns nothing of that memory.
   *
   * @param address of the first element
   * @param bytes from there on that belong to it
   * @param type {@code ONNXTensorElementDataType}, which is {@code TensorProto.DataType}
   * @param shape row-major
   * @throws OrtFailure when the shape needs more bytes
   */
  public Tensor tensor(long address, long bytes, int type, long... shape) {
    return new Tensor(
        api(),
        api()
            .created(
                Entry.CREATE_TENSOR_WITH_DATA,
                pointer(),
                new Pointer(address),
                bytes,
                shape.length == 0 ? null : shape.clone(),
                (long) shape.length,
                type));
  }
}
