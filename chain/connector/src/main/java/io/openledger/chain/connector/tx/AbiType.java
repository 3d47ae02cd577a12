package io.openledger.chain.connector.tx;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A type of the contracts' ABI and how its values lie in bytes (Solidity, "Contract ABI
 * Specification", "Formal Specification of the Encoding"). Values are {@link BigInteger} for
 * integers, {@link Boolean}, {@link ChainAddress}, {@code byte[]} for {@code bytes} and {@code
 * bytesN}, {@link String}, and {@link List} for arrays and tuples.
 */
sealed interface AbiType {

  int WORD = 32;

  /** Elements that a decoded array or tuple may have; nesting is limited where types are parsed. */
  int MAX_ELEMENTS = 4096;

  /** The canonical name, from which selectors are computed. */
  String name();

  /** Whether the head holds an offset. */
  default boolean dynamic() {
    return false;
  }

  /** Bytes in the head. */
  default int headBytes() {
    return WORD;
  }

  /** The encoding without the offset of a dynamic type. */
  byte[] encode(Object value);

  /** The value whose encoding begins at an offset, within what the input allows to read. */
  Object decode(AbiInput in, int from);

  /** {@code uint8} to {@code uint256}, {@code int8} to {@code int256}. */
  record Int(boolean signed, int bits) implements AbiType {
    public Int {
      if (bits < 8 || bits > 256 || bits % 8 != 0) {
        throw OpenLedgerException.invalid("bits of an ABI integer", bits, "8, 16, .. 256");
      }
    }

    @Override
    public String name() {
      return (signed ? "int" : "uint") + bits;
    }

    private boolean fits(BigInteger number) {
      return signed
          ? number.bitLength() < bits
          : number.signum() >= 0 && number.bitLength() <= bits;
    }

    @Override
    public byte[] encode(Object value) {
      if (!(value instanceof BigInteger number) || !fits(number)) {
        throw refused(this, value);
      }
      byte[] word = new byte[WORD];
      if (number.signum() < 0) {
        Arrays.fill(word, (byte) 0xFF);
      }
      byte[] digits = number.toByteArray();
      int skipped = Math.max(0, digits.length - WORD);
      System.arraycopy(
          digits, skipped, word, WORD - digits.length + skipped, digits.length - skipped);
      return word;
    }

    @Override
    public Object decode(AbiInput in, int from) {
      byte[] word = in.slice(from, WORD);
      BigInteger number = signed ? new BigInteger(word) : new BigInteger(1, word);
      if (!fits(number)) {
        throw malformed();
      }
      return number;
    }
  }

  /** {@code bool}. */
  record Bool() implements AbiType {
    @Override
    public String name() {
      return "bool";
    }

    @Override
    public byte[] encode(Object value) {
      if (!(value instanceof Boolean flag)) {
        throw refused(this, value);
      }
      byte[] word = new byte[WORD];
      word[WORD - 1] = (byte) (flag ? 1 : 0);
      return word;
    }

    @Override
    public Object decode(AbiInput in, int from) {
      BigInteger number = new BigInteger(1, in.slice(from, WORD));
      if (number.bitLength() > 1) {
        throw malformed();
      }
      return number.signum() == 1;
    }
  }

  /** {@code address}. */
  record Address() implements AbiType {
    @Override
    public String name() {
      return "address";
    }

    @Override
    public byte[] encode(Object value) {
      if (!(value instanceof ChainAddress address)) {
        throw refused(this, value);
      }
      byte[] word = new byte[WORD];
      System.arraycopy(HexFormat.of().parseHex(address.value().substring(2)), 0, word, 12, 20);
      return word;
    }

    @Override
    public Object decode(AbiInput in, int from) {
      byte[] word = in.slice(from, WORD);
      for (int i = 0; i < 12; i++) {
        if (word[i] != 0) {
          throw malformed();
        }
      }
      return new ChainAddress("0x" + HexFormat.of().formatHex(word, 12, WORD));
    }
  }

  /** {@code bytes1} to {@code bytes32}. */
  record FixedBytes(int length) implements AbiType {
    public FixedBytes {
      if (length < 1 || length > WORD) {
        throw OpenLedgerException.invalid("length of fixed bytes", length, "1 to 32");
      }
    }

    @Override
    public String name() {
      return "bytes" + length;
    }

    @Override
    public byte[] encode(Object value) {
      if (!(value instanceof byte[] bytes) || bytes.length != length) {
        throw refused(this, value);
      }
      return Arrays.copyOf(bytes, WORD);
    }

    @Override
    public Object decode(AbiInput in, int from) {
      byte[] word = in.slice(from, WORD);
      for (int i = length; i < WORD; i++) {
        if (word[i] != 0) {
          throw malformed();
        }
      }
      return Arrays.copyOf(word, length);
    }
  }

  /** {@code bytes} or {@code string}. */
  record Bytes(boolean text) implements AbiType {
    @Override
    public String name() {
      return text ? "string" : "bytes";
    }

    @Override
    public boolean dynamic() {
      return true;
    }

    @Override
    public byte[] encode(Object value) {
      byte[] bytes;
      if (text && value instanceof String s) {
        bytes = s.getBytes(StandardCharsets.UTF_8);
      } else if (!text && value instanceof byte[] b) {
        bytes = b;
      } else {
        throw refused(this, value);
      }
      byte[] out = new byte[WORD + (bytes.length + WORD - 1) / WORD * WORD];
      System.arraycopy(length(bytes.length), 0, out, 0, WORD);
      System.arraycopy(bytes, 0, out, WORD, bytes.length);
      return out;
    }

    @Override
    public Object decode(AbiInput in, int from) {
      byte[] bytes = in.slice(from + WORD, in.offset(from));
      return text ? new String(bytes, StandardCharsets.UTF_8) : bytes;
    }
  }

  /** {@code T[]} for {@code size} −1, {@code T[size]} otherwise. */
  record Array(AbiType element, int size) implements AbiType {
    @Override
    public String name() {
      return element.name() + (size < 0 ? "[]" : "[" + size + "]");
    }

    @Override
    public boolean dynamic() {
      return size < 0 || element.dynamic();
    }

    @Override
    public int headBytes() {
      return dynamic() ? WORD : Math.multiplyExact(size, element.headBytes());
    }

    private Tuple as(int count) {
      return new Tuple(java.util.Collections.nCopies(count, element));
    }

    @Override
    public byte[] encode(Object value) {
      if (!(value instanceof List<?> list) || (size >= 0 && list.size() != size)) {
        throw refused(this, value);
      }
      byte[] elements = as(list.size()).encode(list);
      return size < 0 ? joined(List.of(length(list.size()), elements)) : elements;
    }

    @Override
    public Object decode(AbiInput in, int from) {
      int count = size < 0 ? in.offset(from) : size;
      if (count > MAX_ELEMENTS) {
        throw malformed();
      }
      return as(count).decode(in, size < 0 ? from + WORD : from);
    }
  }

  /** {@code (T1,T2,..)}, and the arguments of a function. */
  record Tuple(List<AbiType> parts) implements AbiType {
    @Override
    public String name() {
      return "(" + String.join(",", parts.stream().map(AbiType::name).toList()) + ")";
    }

    @Override
    public boolean dynamic() {
      return parts.stream().anyMatch(AbiType::dynamic);
    }

    @Override
    public int headBytes() {
      return dynamic() ? WORD : bytesOfHeads();
    }

    private int bytesOfHeads() {
      return parts.stream().mapToInt(AbiType::headBytes).reduce(0, Math::addExact);
    }

    @Override
    public byte[] encode(Object value) {
      if (!(value instanceof List<?> values) || values.size() != parts.size()) {
        throw refused(this, value);
      }
      List<byte[]> heads = new ArrayList<>();
      List<byte[]> tails = new ArrayList<>();
      int next = bytesOfHeads();
      for (int i = 0; i < parts.size(); i++) {
        byte[] encoded = parts.get(i).encode(values.get(i));
        if (parts.get(i).dynamic()) {
          heads.add(length(next));
          tails.add(encoded);
          next += encoded.length;
        } else {
          heads.add(encoded);
        }
      }
      heads.addAll(tails);
      return joined(heads);
    }

    @Override
    public Object decode(AbiInput in, int from) {
      List<Object> values = new ArrayList<>();
      int head = from;
      for (AbiType part : parts) {
        in.element();
        values.add(part.decode(in, part.dynamic() ? Math.addExact(from, in.offset(head)) : head));
        head += part.headBytes();
      }
      return values;
    }
  }

  private static byte[] length(int n) {
    return new Int(false, 256).encode(BigInteger.valueOf(n));
  }

  private static byte[] joined(List<byte[]> pieces) {
    byte[] out = new byte[pieces.stream().mapToInt(p -> p.length).sum()];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, out, at, piece.length);
      at += piece.length;
    }
    return out;
  }

  private static OpenLedgerException refused(AbiType type, Object value) {
    String arrived =
        value instanceof byte[] bytes
            ? bytes.length + " bytes"
            : value instanceof List<?> list
                ? "a list of " + list.size()
                : value.getClass().getSimpleName();
    return OpenLedgerException.invalid("argument", arrived, "a value of " + type.name());
  }

  static OpenLedgerException malformed() {
    return OpenLedgerException.invalid(
        "ABI encoding", "not within its bytes or not canonical", "what the type's encoding is");
  }
}
