package io.openledger.serving.quantize;

import io.openledger.api.Hash256;
import io.openledger.serving.model.TensorRef;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where everything lies in a file of quantised maps; see the package's description.
 *
 * @param preamble the file's bytes before the table, in full
 * @param maps in the file's order
 * @param pieces in the table's order
 * @param bytes of the whole file
 */
record Layout(byte[] preamble, List<QuantizedMap> maps, List<Piece> pieces, long bytes) {

  private static final byte[] MAGIC = "OLWEIGHT".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int ALIGNMENT = 64;

  /** About how many weights a piece has: bounds the memory of a thread that quantises. */
  private static final int PIECE = 1 << 20;

  static final int DIGEST = 32;

  /** Some rows of a map, with their codes and scales. */
  record Piece(
      TensorRef source,
      QuantizedMap map,
      int firstRow,
      int rows,
      long codesAt,
      int codesBytes,
      long scalesAt,
      int scalesBytes) {}

  /**
   * Lays out.
   *
   * @param sources tensors {@code [out, in]} with their formats, in order
   */
  static Layout of(Path file, Hash256 digest, Map<TensorRef, BlockFormat> sources) {
    // Lengths do not depend on places, so places are found with a first, empty, pass.
    int table = pieces(file, sources, 0).size() * DIGEST + DIGEST;
    int preamble = preamble(digest, maps(file, sources, 0)).length;
    List<QuantizedMap> maps = maps(file, sources, aligned(preamble + table));
    QuantizedMap last = maps.get(maps.size() - 1);
    return new Layout(
        preamble(digest, maps),
        maps,
        pieces(file, sources, aligned(preamble + table)),
        last.scalesAt() + last.scalesBytes());
  }

  private static long aligned(long position) {
    return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static List<QuantizedMap> maps(
      Path file, Map<TensorRef, BlockFormat> sources, long start) {
    List<QuantizedMap> maps = new ArrayList<>();
    long at = start;
    for (Map.Entry<TensorRef, BlockFormat> source : sources.entrySet()) {
      int out = Math.toIntExact(source.getKey().shape().get(0));
      int in = Math.toIntExact(source.getKey().shape().get(1));
      BlockFormat format = source.getValue();
      long scales = aligned(at + format.codes(out, in));
      maps.add(new QuantizedMap(source.getKey().name(), format, out, in, file, at, scales));
      at = aligned(scales + format.scales(out, in) * Float.BYTES);
    }
    return maps;
  }

  private static List<Piece> pieces(Path file, Map<TensorRef, BlockFormat> sources, long start) {
    List<Piece> pieces = new ArrayList<>();
    List<TensorRef> tensors = List.copyOf(sources.keySet());
    List<QuantizedMap> maps = maps(file, sources, start);
    for (int i = 0; i < maps.size(); i++) {
      QuantizedMap map = maps.get(i);
      BlockFormat format = map.format();
      int whole = format.wholeRows(map.in());
      int each = Math.max(1, PIECE / map.in() / whole) * whole;
      for (int row = 0; row < map.out(); row += each) {
        int rows = Math.min(each, map.out() - row);
        pieces.add(
            new Piece(
                tensors.get(i),
                map,
                row,
                rows,
                map.codesAt() + format.codes(row, map.in()),
                Math.toIntExact(format.codes(rows, map.in())),
                map.scalesAt() + format.scales(row, map.in()) * Float.BYTES,
                Math.toIntExact(format.scales(rows, map.in()) * Float.BYTES)));
      }
    }
    return pieces;
  }

  private static byte[] preamble(Hash256 digest, List<QuantizedMap> maps) {
    int names = maps.stream().mapToInt(map -> utf8(map).length).sum();
    int length = DIGEST + 4 + maps.size() * (1 + 4 + 4 + 8 + 8 + 4) + names;
    ByteBuffer bytes = ByteBuffer.allocate(16 + length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).putInt(VERSION).putInt(length).put(digest.toBytes()).putInt(maps.size());
    for (QuantizedMap map : maps) {
      bytes.put((byte) map.format().ordinal()).putInt(map.out()).putInt(map.in());
      bytes.putLong(map.codesAt()).putLong(map.scalesAt());
      bytes.putInt(utf8(map).length).put(utf8(map));
    }
    return bytes.array();
  }

  private static byte[] utf8(QuantizedMap map) {
    return map.name().getBytes(StandardCharsets.UTF_8);
  }
}
