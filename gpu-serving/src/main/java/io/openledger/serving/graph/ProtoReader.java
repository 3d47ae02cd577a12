package io.openledger.serving.graph;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads protobuf messages: what {@link Proto} writes.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">the wire format</a>
 */
final class ProtoReader {

  private record Field(int number, ByteBuffer value) {}

  private final List<Field> fields = new ArrayList<>();

  private ProtoReader(ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        long tag = varint(bytes);
        int number = (int) (tag >>> 3);
        switch ((int) (tag & 7)) {
          case 0 -> varint(bytes);
          case 1 -> bytes.position(bytes.position() + Long.BYTES);
          case 2 -> {
            int length = Math.toIntExact(varint(bytes));
            fields.add(new Field(number, bytes.slice(bytes.position(), length)));
            bytes.position(bytes.position() + length);
          }
          case 5 -> bytes.position(bytes.position() + Integer.BYTES);
          default -> throw new IllegalArgumentException("wire type " + (tag & 7));
        }
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException | ArithmeticException e) {
      throw new IllegalArgumentException("a message that is cut off", e);
    }
  }

  /**
   * A message.
   *
   * @throws IllegalArgumentException when it is none
   */
  static ProtoReader read(byte[] message) {
    return new ProtoReader(ByteBuffer.wrap(message));
  }

  /** Each message in a field. */
  void forEach(int number, Consumer<ProtoReader> reader) {
    fields.stream()
        .filter(field -> field.number() == number)
        .forEach(field -> reader.accept(new ProtoReader(field.value().duplicate())));
  }

  /** The text in a field; empty where it is not set. */
  String text(int number) {
    return fields.stream()
        .filter(field -> field.number() == number)
        .reduce((first, last) -> last)
        .map(field -> StandardCharsets.UTF_8.decode(field.value().duplicate()).toString())
        .orElse("");
  }

  private static long varint(ByteBuffer bytes) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte next = bytes.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a varint without end");
  }
}
