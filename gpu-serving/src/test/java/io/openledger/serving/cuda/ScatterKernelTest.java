package io.openledger.serving.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That NVIDIA's compiler takes the kernel; what it computes is checked by the self-test. */
class ScatterKernelTest {

  private static String compiled(String ptx, String target) {
    boolean linux = System.getProperty("os.name").equals("Linux");
    assumeTrue(linux && System.getProperty("os.arch").equals("amd64"), "JCuda's Linux natives");
    JNvPTXCompiler.setExceptionsEnabled(false);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    byte[] text = ptx.getBytes(StandardCharsets.US_ASCII);
    assertThat(
            JNvPTXCompiler.nvPTXCompilerCreate(
                compiler, text.length, Arrays.copyOf(text, text.length + 1)))
        .isZero();
    try {
      int result =
          JNvPTXCompiler.nvPTXCompilerCompile(compiler, 1, new String[] {"--gpu-name=" + target});
      if (result == 0) {
        return "";
      }
      long[] size = new long[1];
      JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size);
      byte[] log = new byte[(int) size[0] + 1];
      JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, log);
      return result + " " + new String(log, StandardCharsets.UTF_8).trim();
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    }
  }

  @ParameterizedTest
  @CsvSource({"7, sm_70", "7, sm_75", "8, sm_80", "8, sm_86", "9, sm_90"})
  void isTakenByNvidiasCompiler(int major, String target) {
    assertThat(compiled(ScatterKernel.ptx(major), target)).isEmpty();
  }

  @Test
  void isRefusedWithWhatIsWrong() {
    assertThat(compiled(ScatterKernel.ptx(9).replace("mul.wide.u32", "mul.narrow.u32"), "sm_90"))
        .contains("mul");
  }

  @Test
  void hasBfloat16WhereTheGpuHas() {
    assertThat(ScatterKernel.ptx(7)).contains("scatter_F16", "sm_53").doesNotContain("BF16");
    assertThat(ScatterKernel.ptx(8)).contains("scatter_BF16", "sm_80");
  }
}
