package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.FLOAT;
import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.UINT8;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.quantize.BlockFormat;
import io.openledger.serving.quantize.QuantizedMap;
import java.util.List;

/** Products with quantised weights. A row's result never depends on how many rows there are. */
final class QuantizedProducts {

  /**
   * Inputs are quantised too, to 8 bits in the same blocks, and added up in integers within a
   * block. It is the fastest way, the only packed one for 8 bits, and the only one for 4 bits whose
   * results are the same bits for one row as for many: in 32 bits one row takes another kernel.
   */
  private static final int IN_INTEGERS = 4;

  private static final int NF4 = 1;

  private final GraphBuilder graph;
  private final PackedWeights packed;

  QuantizedProducts(GraphBuilder graph, PackedWeights packed) {
    this.graph = graph;
    this.packed = packed;
  }

  /** {@code input · weightᵀ}, {@code input[B, S, in]}. */
  String product(String output, String input, QuantizedMap map) {
    return map.format() == BlockFormat.NF4
        ? ofQuantiles(output, input, map)
        : ofIntegers(output, input, map);
  }

  private String ofIntegers(String output, String input, QuantizedMap map) {
    int block = map.format().block();
    int blocks = (map.in() + block - 1) / block;
    String codes = map.name() + ".codes";
    graph.external(
        codes,
        UINT8,
        where(codes, map, map.codesAt(), map.codesBytes()),
        map.out(),
        blocks,
        (long) block * map.format().bits() / 8);
    return graph.one(
        MICROSOFT,
        "MatMulNBits",
        output,
        List.of(input, codes, scales(map)),
        attribute("K", map.in()),
        attribute("N", map.out()),
        attribute("bits", map.format().bits()),
        attribute("block_size", block),
        attribute("accuracy_level", IN_INTEGERS));
  }

  /**
   * The operator unpacks the whole matrix for each product. Of one row alone it would then add up
   * in another order than of several, so each sequence gets one row of zeros, which is dropped.
   */
  private String ofQuantiles(String output, String input, QuantizedMap map) {
    String codes = map.name() + ".codes";
    graph.external(
        codes, UINT8, where(codes, map, map.codesAt(), map.codesBytes()), map.codesBytes(), 1);
    String pads = graph.integers(output + ".pads", 0, 0, 0, 0, 1, 0);
    String padded = graph.one("", "Pad", output + ".padded", List.of(input, pads));
    graph.one(
        MICROSOFT,
        "MatMulBnb4",
        output + ".all",
        List.of(padded, codes, scales(map)),
        attribute("K", map.in()),
        attribute("N", map.out()),
        attribute("block_size", map.format().block()),
        attribute("quant_type", NF4));
    String from = graph.integers(output + ".from", 0);
    String to = graph.integers(output + ".to", -1);
    String axis = graph.integers(output + ".axis", 1);
    return graph.one("", "Slice", output, List.of(output + ".all", from, to, axis));
  }

  private String scales(QuantizedMap map) {
    String scales = map.name() + ".scales";
    graph.external(
        scales,
        FLOAT,
        where(scales, map, map.scalesAt(), map.scalesBytes()),
        map.scalesBytes() / Float.BYTES);
    return scales;
  }

  private PackedWeights.Tensor where(String name, QuantizedMap map, long at, long bytes) {
    return packed
        .of(name)
        .orElseGet(() -> new PackedWeights.Tensor(map.file(), at, bytes, List.of()));
  }
}
