package io.openledger.serving.cuda;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.capi.OrtFailure;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the errors after which a device answers no more from those that concern one call. Numbers
 * are those of {@code CUresult}; the runtime API gives the same number for each of them.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/group__CUDA__TYPES.html">CUresult</a>
 */
final class DeviceLoss {

  static final int OUT_OF_MEMORY = 2;

  /**
   * Deinitialized 4, unavailable 46, no device 100, invalid context 201, uncorrectable ECC 214,
   * NVLink 220; and those that leave the context inconsistent: illegal address 700, time-out 702,
   * destroyed context 709, assert 710, hardware stack 714, illegal instruction 715, misaligned 716,
   * address space 717, program counter 718, launch failed 719, contained 721, unknown 999.
   */
  private static final Set<Integer> FATAL =
      Set.of(4, 46, 100, 201, 214, 220, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 999);

  /** As ONNX Runtime words it: "CUDA failure 700: an illegal memory access was encountered". */
  private static final Pattern FAILURE = Pattern.compile("CUDA (?:failure|error) \\(?(\\d{1,4})");

  private DeviceLoss() {}

  /** Whether a device answers no more after this code of the driver. */
  static boolean fatal(int result) {
    return FATAL.contains(result);
  }

  /** Whether ONNX Runtime tells of a device that answers no more. */
  static boolean fatal(OrtFailure failure) {
    return fatalMessage(String.valueOf(failure.getMessage()));
  }

  static boolean fatalMessage(String message) {
    Matcher matcher = FAILURE.matcher(message);
    return matcher.find() && fatal(Integer.parseInt(matcher.group(1)));
  }

  /** Whether this is the refusal that {@link #lost} makes. */
  static boolean isLoss(Throwable failure) {
    return failure instanceof OpenLedgerException refusal
        && refusal.code() == ErrorCode.DEVICE_LOST;
  }

  static OpenLedgerException lost(String what, @Nullable Throwable cause) {
    return new OpenLedgerException(
        ErrorCode.DEVICE_LOST,
        "the GPU answers no more: " + what,
        "a GPU that works",
        "open the engine again; look into the system's log for NVRM: Xid if it happens again",
        cause);
  }

  /** What a code of the driver is thrown as. */
  static OpenLedgerException of(int result, String call) {
    if (fatal(result)) {
      return lost(call + " gave " + result, null);
    }
    if (result == OUT_OF_MEMORY) {
      return new OpenLedgerException(
          ErrorCode.BUSY,
          call + ": the GPU has no memory left",
          "what fits beside the weights and the KV cache",
          "lower slots, largest batch or largest context, or let adapters go");
    }
    return new OpenLedgerException(
        ErrorCode.INTERNAL, call + " gave " + result, "CUDA_SUCCESS (0)", "report it");
  }
}
