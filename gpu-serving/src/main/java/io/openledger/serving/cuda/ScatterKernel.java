package io.openledger.serving.cuda;

import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import io.openledger.serving.model.DType;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;

/**
 * Narrows 32-bit floats on the GPU and writes them to their places, all pieces in one launch: a
 * processor takes longer for the rounding alone than an adapter may take altogether, and hundreds
 * of copies cost more than what they copy.
 *
 * <p>It is written in PTX, which the driver itself compiles, so that a host needs no compiler.
 *
 * @see <a href="https://docs.nvidia.com/cuda/parallel-thread-execution/">PTX ISA 7.0</a>
 */
final class ScatterKernel {

  private static final int THREADS = 256;
  private static final int BLOCKS_A_PIECE = 16;

  /** The most blocks along y. */
  private static final int MOST_PIECES = 65_535;

  private final CudaDevice device;
  private final CUmodule module = new CUmodule();
  private final Map<DType, CUfunction> functions = new EnumMap<>(DType.class);

  ScatterKernel(CudaDevice device, int major) {
    this.device = device;
    // JCuda takes the bytes as they are, and the driver reads up to a zero.
    byte[] text = (ptx(major) + '\0').getBytes(StandardCharsets.US_ASCII);
    device.check(cuModuleLoadData(module, text), "cuModuleLoadData");
  }

  private CUfunction function(DType type) {
    return functions.computeIfAbsent(
        type,
        key -> {
          CUfunction function = new CUfunction();
          device.check(cuModuleGetFunction(function, module, name(key)), "cuModuleGetFunction");
          return function;
        });
  }

  void launch(CUdeviceptr table, int pieces, CUdeviceptr values, DType type, CUstream stream) {
    CUfunction function = function(type);
    for (int first = 0; first < pieces; first += MOST_PIECES) {
      Pointer arguments =
          Pointer.to(
              Pointer.to(table.withByteOffset((long) first * Device.PIECE)), Pointer.to(values));
      int count = Math.min(MOST_PIECES, pieces - first);
      device.check(
          cuLaunchKernel(
              function, BLOCKS_A_PIECE, count, 1, THREADS, 1, 1, 0, stream, arguments, null),
          "cuLaunchKernel for " + count + " pieces");
    }
  }

  /** Lets go of it whatever the driver says: there is no second try. */
  void close() {
    cuModuleUnload(module);
  }

  private static String name(DType type) {
    return "scatter_" + type.name();
  }

  /**
   * The module's text. {@code bfloat16} is rounded by one instruction from compute capability 8.0
   * on; older GPUs do not compute in it.
   */
  static String ptx(int major) {
    String header = ".version 7.0\n.target sm_" + (major >= 8 ? "80" : "53");
    StringBuilder text = new StringBuilder(header).append("\n.address_size 64\n");
    text.append(entry(DType.F32, "st.global.f32 [%a], %f;"));
    text.append(entry(DType.F16, "cvt.rn.f16.f32 %h, %f;\n  st.global.b16 [%a], %h;"));
    if (major >= 8) {
      text.append(entry(DType.BF16, "cvt.rn.bf16.f32 %h, %f;\n  st.global.b16 [%a], %h;"));
    }
    return text.toString();
  }

  /** Block y takes piece y; its threads, over all blocks x, take every so manieth value. */
  private static String entry(DType type, String store) {
    return """
        .visible .entry %s(.param .u64 table, .param .u64 values)
        {
          .reg .pred %%over, %%zeros;
          .reg .b16 %%h;
          .reg .f32 %%f;
          .reg .u32 %%block, %%thread, %%wide, %%blocks;
          .reg .u64 %%table, %%values, %%piece, %%to, %%start, %%count, %%i, %%stride, %%v, %%a;
          ld.param.u64 %%table, [table];
          ld.param.u64 %%values, [values];
          cvta.to.global.u64 %%table, %%table;
          cvta.to.global.u64 %%values, %%values;
          mov.u32 %%block, %%ctaid.y;
          mul.wide.u32 %%piece, %%block, %d;
          add.u64 %%piece, %%piece, %%table;
          ld.global.u64 %%to, [%%piece];
          ld.global.u64 %%start, [%%piece+8];
          ld.global.u64 %%count, [%%piece+16];
          cvta.to.global.u64 %%to, %%to;
          setp.eq.s64 %%zeros, %%start, -1;
          mov.u32 %%block, %%ctaid.x;
          mov.u32 %%blocks, %%nctaid.x;
          mov.u32 %%wide, %%ntid.x;
          mov.u32 %%thread, %%tid.x;
          mul.wide.u32 %%i, %%block, %%wide;
          cvt.u64.u32 %%v, %%thread;
          add.u64 %%i, %%i, %%v;
          mul.wide.u32 %%stride, %%blocks, %%wide;
        next:
          setp.ge.u64 %%over, %%i, %%count;
          @%%over bra done;
          mov.f32 %%f, 0f00000000;
          @%%zeros bra write;
          add.u64 %%v, %%start, %%i;
          shl.b64 %%v, %%v, 2;
          add.u64 %%v, %%v, %%values;
          ld.global.f32 %%f, [%%v];
        write:
          mul.lo.u64 %%a, %%i, %d;
          add.u64 %%a, %%a, %%to;
          %s
          add.u64 %%i, %%i, %%stride;
          bra next;
        done:
          ret;
        }
        """
        .formatted(name(type), Device.PIECE, type.bytes(), store);
  }
}
