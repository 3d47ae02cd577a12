package io.openledger.chain.connector.tx;

import io.openledger.api.OpenLedgerException;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;

/**
 * Why a call was reverted, in words: {@code Error(string)}, {@code Panic(uint256)} and the custom
 * errors of an ABI. What the contract says is hostile text until proven otherwise: it is shortened
 * and freed of control characters.
 */
public final class RevertReason {

  private static final AbiSignature ERROR = AbiSignature.parse("Error(string)");
  private static final AbiSignature PANIC = AbiSignature.parse("Panic(uint256)");
  private static final int LONGEST = 300;

  private final List<AbiSignature> errors;

  /**
   * @param errors the custom errors that are known; the first one whose selector fits is taken
   */
  public RevertReason(List<AbiSignature> errors) {
    this.errors = List.copyOf(errors);
  }

  /**
   * The reason in at most some 300 characters. Never fails: bytes that cannot be read are shown as
   * such.
   *
   * @param data what the call returned as it reverted
   */
  public String describe(byte[] data) {
    if (data.length == 0) {
      return "reverted without a reason (out of gas, or require without a text)";
    }
    try {
      if (ERROR.begins(data)) {
        return clean(String.valueOf(arguments(ERROR, data).get(0)));
      }
      if (PANIC.begins(data)) {
        return panic((BigInteger) arguments(PANIC, data).get(0));
      }
      for (AbiSignature error : errors) {
        if (error.begins(data)) {
          return clean(error.name() + shown(arguments(error, data)));
        }
      }
    } catch (OpenLedgerException e) {
      return "reverted with data that is no encoding of its error: " + start(data);
    }
    return "reverted with an unknown error: " + start(data);
  }

  private static List<Object> arguments(AbiSignature error, byte[] data) {
    return error.decodeArguments(java.util.Arrays.copyOfRange(data, 4, data.length));
  }

  private static String shown(List<?> values) {
    StringBuilder text = new StringBuilder("(");
    for (Object value : values) {
      if (text.length() > LONGEST) {
        break;
      }
      text.append(text.length() > 1 ? ", " : "");
      if (value instanceof byte[] bytes) {
        text.append("0x").append(HexFormat.of().formatHex(bytes, 0, Math.min(64, bytes.length)));
      } else if (value instanceof List<?> list) {
        text.append(shown(list));
      } else {
        text.append(value);
      }
    }
    return text.append(')').toString();
  }

  /** The codes that Solidity's documentation lists ("Panic via assert and Error via require"). */
  private static String panic(BigInteger code) {
    String what =
        switch (code.bitLength() > 8 ? -1 : code.intValue()) {
          case 0x01 -> "assertion failed";
          case 0x11 -> "arithmetic overflow";
          case 0x12 -> "division by zero";
          case 0x21 -> "value out of an enum";
          case 0x22 -> "storage badly encoded";
          case 0x31 -> "pop of an empty array";
          case 0x32 -> "index out of bounds";
          case 0x41 -> "too much memory";
          case 0x51 -> "call of an unset function";
          default -> "unknown code";
        };
    return "panic 0x" + code.toString(16) + ": " + what;
  }

  private static String start(byte[] data) {
    return "0x" + HexFormat.of().formatHex(data, 0, Math.min(36, data.length));
  }

  private static String clean(String text) {
    String printable = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return printable.length() > LONGEST ? printable.substring(0, LONGEST) + "…" : printable;
  }
}
