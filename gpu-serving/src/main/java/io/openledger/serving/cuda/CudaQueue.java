package io.openledger.serving.cuda;

import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventDestroy;
import static jcuda.driver.JCudaDriver.cuEventQuery;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuMemcpy2DAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoDAsync;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;

import io.openledger.serving.cuda.CudaDevice.CudaBlock;
import io.openledger.serving.cuda.CudaDevice.CudaPinned;
import io.openledger.serving.model.DType;
import jcuda.driver.CUDA_MEMCPY2D;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUmemorytype;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/** A stream. It does not wait for the default stream, nor that for it. */
final class CudaQueue implements Device.Queue, AutoCloseable {

  private final CudaDevice device;
  private final Stream stream = new Stream();

  /** Shows the address, which {@code NativePointerObject} keeps to its heirs. */
  private static final class Stream extends CUstream {
    long value() {
      return getNativePointer();
    }
  }

  CudaQueue(CudaDevice device) {
    this.device = device;
    device.check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
  }

  CUstream stream() {
    return stream;
  }

  long address() {
    return stream.value();
  }

  @Override
  public void upload(Device.Block to, long at, Device.Pinned from, long start, long bytes) {
    device.enter();
    device.check(
        cuMemcpyHtoDAsync(
            ((CudaBlock) to).at(at + bytes).withByteOffset(at),
            ((CudaPinned) from).at(start, bytes),
            bytes,
            stream),
        "cuMemcpyHtoDAsync of " + bytes + " bytes");
  }

  @Override
  public void download(Device.Pinned to, Device.Block from, long bytes) {
    device.enter();
    device.check(
        cuMemcpyDtoHAsync(
            ((CudaPinned) to).at(0, bytes), ((CudaBlock) from).at(bytes), bytes, stream),
        "cuMemcpyDtoHAsync of " + bytes + " bytes");
  }

  @Override
  public void copy(Device.Block to, Device.Block from, long bytes) {
    device.enter();
    device.check(
        cuMemcpyDtoDAsync(((CudaBlock) to).at(bytes), ((CudaBlock) from).at(bytes), bytes, stream),
        "cuMemcpyDtoDAsync of " + bytes + " bytes");
  }

  @Override
  public void copyRows(
      Device.Block to,
      long first,
      Device.Block from,
      long start,
      long pitch,
      long width,
      long rows) {
    device.enter();
    CUDA_MEMCPY2D copy = new CUDA_MEMCPY2D();
    copy.srcMemoryType = CUmemorytype.CU_MEMORYTYPE_DEVICE;
    copy.srcDevice = ((CudaBlock) from).at((start + rows) * pitch);
    copy.srcPitch = pitch;
    copy.srcY = start;
    copy.dstMemoryType = CUmemorytype.CU_MEMORYTYPE_DEVICE;
    copy.dstDevice = ((CudaBlock) to).at((first + rows) * pitch);
    copy.dstPitch = pitch;
    copy.dstY = first;
    copy.WidthInBytes = width;
    copy.Height = rows;
    device.check(cuMemcpy2DAsync(copy, stream), "cuMemcpy2DAsync of " + rows + " × " + width);
  }

  @Override
  public void scatter(Device.Block from, int pieces, DType type) {
    device.enter();
    long table = (long) pieces * Device.PIECE;
    CUdeviceptr memory = ((CudaBlock) from).at(table);
    device.kernel().launch(memory, pieces, memory.withByteOffset(table), type, stream);
  }

  /** ONNX Runtime was given this stream. */
  @Override
  public void run(Runnable work) {
    device.enter();
    work.run();
  }

  @Override
  public Device.Fence fence() {
    device.enter();
    CUevent event = new CUevent();
    device.check(cuEventCreate(event, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
    int result = cuEventRecord(event, stream);
    if (result != CUresult.CUDA_SUCCESS) {
      cuEventDestroy(event);
      device.check(result, "cuEventRecord");
    }
    return new CudaFence(event);
  }

  @Override
  public void await(Device.Fence fence) {
    device.enter();
    device.check(cuStreamWaitEvent(stream, ((CudaFence) fence).event, 0), "cuStreamWaitEvent");
  }

  @Override
  public void finish() {
    device.enter();
    device.check(cuStreamSynchronize(stream), "cuStreamSynchronize");
  }

  /** Lets go of the stream whatever the driver says: there is no second try. */
  @Override
  public void close() {
    cuStreamDestroy(stream);
  }

  private final class CudaFence implements Device.Fence {
    private final CUevent event;
    private boolean closed;

    CudaFence(CUevent event) {
      this.event = event;
    }

    @Override
    public boolean passed() {
      device.enter();
      int result = cuEventQuery(event);
      if (result != CUresult.CUDA_ERROR_NOT_READY) {
        device.check(result, "cuEventQuery");
      }
      return result == CUresult.CUDA_SUCCESS;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        cuEventDestroy(event);
      }
    }
  }
}
