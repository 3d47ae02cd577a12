package io.openledger.chain.connector.tx;

import io.openledger.api.OpenLedgerException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.web3j.crypto.Hash;

/**
 * The name and argument types of a function or a custom error, such as {@code
 * claim(uint64,bytes32[][])}.
 *
 * <p>Values are given and taken as {@code BigInteger} (integers), {@code Boolean}, {@code
 * ChainAddress}, {@code byte[]} ({@code bytes}, {@code bytesN}), {@code String}, and {@code List}
 * (arrays and tuples).
 */
public final class AbiSignature {

  /** A text that nests deeper, or is longer, is no signature of a contract that people wrote. */
  private static final int DEEPEST = 8;

  private static final int LONGEST = 1000;

  private final String name;
  private final AbiType.Tuple arguments;

  private AbiSignature(String name, AbiType.Tuple arguments) {
    this.name = name;
    this.arguments = arguments;
  }

  /**
   * Parses the canonical text, or one with {@code uint} and {@code int} for the 256 bits of each
   * and spaces after commas. Argument names are not taken.
   *
   * @throws OpenLedgerException if it is none
   */
  public static AbiSignature parse(String text) {
    String squeezed = text.replace(" ", "");
    int open = squeezed.indexOf('(');
    if (text.length() > LONGEST
        || open < 1
        || !squeezed.substring(0, open).matches("[A-Za-z_$][A-Za-z0-9_$]*")) {
      throw refused(text);
    }
    Parser parser = new Parser(squeezed, open);
    AbiType.Tuple arguments = parser.tuple(0);
    if (parser.at != squeezed.length()) {
      throw refused(text);
    }
    return new AbiSignature(squeezed.substring(0, open), arguments);
  }

  private static OpenLedgerException refused(String text) {
    return OpenLedgerException.invalidText("ABI signature", text, "name(type,type,..)");
  }

  /** The name without types. */
  public String name() {
    return name;
  }

  /** First 4 bytes of Keccak-256 of the canonical text. */
  public byte[] selector() {
    return Arrays.copyOf(Hash.sha3(toString().getBytes(StandardCharsets.US_ASCII)), 4);
  }

  /**
   * Calldata: selector and arguments.
   *
   * @throws OpenLedgerException if number, type or range of the values differ
   */
  public byte[] encodeCall(Object... values) {
    byte[] encoded = encodeArguments(values);
    byte[] out = Arrays.copyOf(selector(), 4 + encoded.length);
    System.arraycopy(encoded, 0, out, 4, encoded.length);
    return out;
  }

  /** The arguments alone: what constructors take after their code. */
  public byte[] encodeArguments(Object... values) {
    return arguments.encode(List.of(values));
  }

  /** Whether the bytes begin with this selector. */
  boolean begins(byte[] data) {
    return data.length >= 4 && Arrays.equals(data, 0, 4, selector(), 0, 4);
  }

  /**
   * Arguments out of their encoding, without selector; bytes after it are ignored, as Solidity
   * does. What points to the same bytes again and again is refused: work and memory are linear in
   * the input.
   *
   * @throws OpenLedgerException if the bytes do not hold them
   */
  public List<Object> decodeArguments(byte[] encoded) {
    try {
      return ((List<?>) arguments.decode(new AbiInput(encoded), 0))
          .stream().map(v -> (Object) v).toList();
    } catch (ArithmeticException e) {
      throw OpenLedgerException.invalid("ABI encoding", "offset out of range", "offsets within");
    }
  }

  /** The canonical text. */
  @Override
  public String toString() {
    return name + arguments.name();
  }

  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text, int at) {
      this.text = text;
      this.at = at;
    }

    AbiType.Tuple tuple(int depth) {
      if (depth > DEEPEST) {
        throw refused(text);
      }
      expect('(');
      List<AbiType> parts = new ArrayList<>();
      if (peek() != ')') {
        parts.add(type(depth));
        while (peek() == ',') {
          at++;
          parts.add(type(depth));
        }
      }
      expect(')');
      return new AbiType.Tuple(List.copyOf(parts));
    }

    private AbiType type(int depth) {
      AbiType type = peek() == '(' ? tuple(depth + 1) : elementary();
      for (int nested = depth; peek() == '['; nested++) {
        if (nested > DEEPEST) {
          throw refused(text);
        }
        at++;
        int from = at;
        skipDigits();
        int size = from == at ? -1 : number(text.substring(from, at));
        if (size == 0 || size > AbiType.MAX_ELEMENTS) {
          throw refused(text);
        }
        expect(']');
        type = new AbiType.Array(type, size);
      }
      return type;
    }

    private AbiType elementary() {
      int from = at;
      while (Character.isLetter(peek())) {
        at++;
      }
      String word = text.substring(from, at);
      int digits = at;
      skipDigits();
      int size = digits == at ? -1 : number(text.substring(digits, at));
      return switch (word) {
        case "uint" -> new AbiType.Int(false, size < 0 ? 256 : size);
        case "int" -> new AbiType.Int(true, size < 0 ? 256 : size);
        case "bytes" -> size < 0 ? new AbiType.Bytes(false) : new AbiType.FixedBytes(size);
        case "bool" -> plain(new AbiType.Bool(), size);
        case "address" -> plain(new AbiType.Address(), size);
        case "string" -> plain(new AbiType.Bytes(true), size);
        default -> throw refused(text);
      };
    }

    private AbiType plain(AbiType type, int size) {
      if (size >= 0) {
        throw refused(text);
      }
      return type;
    }

    private int number(String digits) {
      if (digits.length() > 4 || digits.startsWith("0")) {
        throw refused(text);
      }
      return Integer.parseInt(digits);
    }

    private void skipDigits() {
      while (peek() >= '0' && peek() <= '9') {
        at++;
      }
    }

    private char peek() {
      return at < text.length() ? text.charAt(at) : '\0';
    }

    private void expect(char c) {
      if (peek() != c) {
        throw refused(text);
      }
      at++;
    }
  }
}
