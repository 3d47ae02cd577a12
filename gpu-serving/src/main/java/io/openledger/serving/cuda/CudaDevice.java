package io.openledger.serving.cuda;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDeviceGetAttribute;
import static jcuda.driver.JCudaDriver.cuDeviceGetName;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxReset;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuDriverGetVersion;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemFreeHost;
import static jcuda.driver.JCudaDriver.cuMemGetInfo;
import static jcuda.driver.JCudaDriver.cuMemHostAlloc;
import static jcuda.driver.JCudaDriver.cuMemsetD8Async;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.capi.Api;
import io.openledger.serving.capi.Place;
import io.openledger.serving.model.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import org.jspecify.annotations.Nullable;

/**
 * An NVIDIA GPU through the driver's API. It works in the device's primary context, which is the
 * one that ONNX Runtime uses: addresses and streams mean the same to both.
 *
 * <p>The context is made current before each call, because the engine is opened on one thread and
 * runs on another.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/">CUDA driver API</a>
 */
final class CudaDevice implements Device {

  private static final int LEAST_DRIVER = 12_000;
  private static final int NAME = 256;

  private final int ordinal;
  private final CUdevice device;
  private final CUcontext context;
  private final String name;
  private final int major;
  private final int minor;
  private final int driver;
  private final CudaQueue compute;
  private final CudaQueue copies;
  private @Nullable ScatterKernel kernel;
  private boolean lost;
  private boolean closed;

  private CudaDevice(int ordinal, int driver) {
    this.ordinal = ordinal;
    this.driver = driver;
    this.device = new CUdevice();
    check(cuDeviceGet(device, ordinal), "cuDeviceGet(" + ordinal + ")");
    byte[] text = new byte[NAME];
    check(cuDeviceGetName(text, text.length, device), "cuDeviceGetName");
    this.name = new String(text, StandardCharsets.UTF_8).split("\0", 2)[0];
    this.major = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
    this.minor = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    this.context = new CUcontext();
    check(cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
    boolean opened = false;
    try {
      enter();
      this.compute = new CudaQueue(this);
      this.copies = new CudaQueue(this);
      opened = true;
    } finally {
      if (!opened) {
        cuDevicePrimaryCtxRelease(device);
      }
    }
  }

  /**
   * Opens a device.
   *
   * @param ordinal which of the host's
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} when the driver is older
   *     than CUDA 12 or there is no such device
   */
  static CudaDevice open(int ordinal) {
    int result = cuInit(0);
    if (result != 0) {
      throw refused("cuInit gave " + result, "a GPU that the driver finds (nvidia-smi lists it)");
    }
    int[] version = new int[1];
    result = cuDriverGetVersion(version);
    if (result != 0 || version[0] < LEAST_DRIVER) {
      throw refused(
          "the NVIDIA driver is for CUDA " + version[0] / 1000 + "." + version[0] % 1000 / 10,
          "CUDA 12.0 or newer");
    }
    CudaDevice opened = new CudaDevice(ordinal, version[0]);
    try {
      opened.kernel = new ScatterKernel(opened, opened.major);
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** What narrows adapters. */
  ScatterKernel kernel() {
    if (kernel == null) {
      throw new IllegalStateException("closed, or not open yet");
    }
    return kernel;
  }

  private static OpenLedgerException refused(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.CONFIGURATION_INVALID,
        arrived,
        allowed,
        "update the driver or the configuration, or let the processor compute");
  }

  private int attribute(int which) {
    int[] value = new int[1];
    check(cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute");
    return value[0];
  }

  /** Makes the context current on this thread. */
  void enter() {
    check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
  }

  /** Throws what a code of the driver means. */
  void check(int result, String call) {
    if (result != 0) {
      lost |= DeviceLoss.fatal(result);
      throw DeviceLoss.of(result, call);
    }
  }

  /** For what is released: a device that is lost has released it already. */
  private void released(int result, String call) {
    if (!lost) {
      check(result, call);
    }
  }

  @Override
  public String name() {
    return name
        + ", compute capability "
        + major
        + "."
        + minor
        + ", driver for CUDA "
        + driver / 1000
        + "."
        + driver % 1000 / 10;
  }

  @Override
  public Capacity capacity() {
    enter();
    long[] free = new long[1];
    long[] total = new long[1];
    check(cuMemGetInfo(free, total), "cuMemGetInfo");
    return new Capacity(free[0], total[0]);
  }

  /** Units for {@code bfloat16} came with compute capability 8.0. */
  @Override
  public DType compute(DType stored) {
    return stored == DType.BF16 && major >= 8 ? DType.BF16 : DType.F16;
  }

  @Override
  public Place place(Api api) {
    return api.cuda(ordinal);
  }

  @Override
  public Optional<Map<String, String>> provider(long memory) {
    return Optional.of(
        Map.of(
            "device_id", Integer.toString(ordinal),
            "gpu_mem_limit", Long.toString(memory),
            "arena_extend_strategy", "kSameAsRequested",
            "user_compute_stream", Long.toUnsignedString(compute.address())));
  }

  /** Shows the address, which {@code NativePointerObject} keeps to its heirs. */
  private static final class Address extends CUdeviceptr {
    long value() {
      return getNativePointer();
    }
  }

  @Override
  public Block allocate(long bytes) {
    enter();
    Address address = new Address();
    check(cuMemAlloc(address, bytes), "cuMemAlloc of " + bytes + " bytes");
    CudaBlock block = new CudaBlock(address, bytes);
    boolean zeroed = false;
    try {
      check(cuMemsetD8Async(address, (byte) 0, bytes, copies.stream()), "cuMemsetD8Async");
      copies.finish();
      zeroed = true;
      return block;
    } finally {
      if (!zeroed) {
        cuMemFree(address);
      }
    }
  }

  @Override
  public Pinned pin(long bytes) {
    enter();
    Pointer memory = new Pointer();
    check(cuMemHostAlloc(memory, bytes, 0), "cuMemHostAlloc of " + bytes + " bytes");
    return new CudaPinned(memory, bytes);
  }

  @Override
  public CudaQueue compute() {
    return compute;
  }

  @Override
  public CudaQueue copies() {
    return copies;
  }

  /** After a loss the context is made anew, else no engine could be opened in this process. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    lost |= DeviceLoss.fatal(cuCtxSetCurrent(context));
    if (kernel != null) {
      kernel.close();
      kernel = null;
    }
    compute.close();
    copies.close();
    if (lost) {
      cuDevicePrimaryCtxReset(device);
    }
    cuDevicePrimaryCtxRelease(device);
  }

  /** Memory of the GPU. */
  final class CudaBlock implements Block {
    private final Address address;
    private final long bytes;
    private boolean freed;

    private CudaBlock(Address address, long bytes) {
      this.address = address;
      this.bytes = bytes;
    }

    @Override
    public long address() {
      at(0);
      return address.value();
    }

    /** The pointer itself, checked. */
    CUdeviceptr at(long end) {
      if (freed || end < 0 || end > bytes) {
        throw new IllegalStateException(
            freed ? "freed memory is used" : end + " of " + bytes + " bytes");
      }
      return address;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      if (!freed) {
        freed = true;
        cuCtxSetCurrent(context);
        released(cuMemFree(address), "cuMemFree");
      }
    }
  }

  /** Page-locked memory of the host. */
  final class CudaPinned implements Pinned {
    private final Pointer memory;
    private final ByteBuffer bytes;
    private boolean freed;

    private CudaPinned(Pointer memory, long size) {
      this.memory = memory;
      this.bytes = memory.getByteBuffer(0, size).order(ByteOrder.nativeOrder());
    }

    @Override
    public ByteBuffer bytes() {
      if (freed) {
        throw new IllegalStateException("freed memory is used");
      }
      return bytes;
    }

    Pointer at(long start, long size) {
      if (freed || start < 0 || size < 0 || start + size > bytes.capacity()) {
        throw new IllegalStateException(
            freed ? "freed memory is used" : start + " + " + size + " of " + bytes.capacity());
      }
      return memory.withByteOffset(start);
    }

    @Override
    public void close() {
      if (!freed) {
        freed = true;
        cuCtxSetCurrent(context);
        released(cuMemFreeHost(memory), "cuMemFreeHost");
      }
    }
  }
}
