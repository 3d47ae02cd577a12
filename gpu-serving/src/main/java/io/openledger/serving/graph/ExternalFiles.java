package io.openledger.serving.graph;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.TensorRef;
import io.openledger.serving.quantize.QuantizedMap;
import io.openledger.serving.quantize.QuantizedWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a graph's external values lie. ONNX Runtime takes one folder and refuses files that lead
 * out of it, by a link too; so it is given the folder that has the checkpoint and the cache below
 * it, with all links resolved.
 */
public final class ExternalFiles {

  private ExternalFiles() {}

  /**
   * The folder that has all files of a model's weights below it.
   *
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} when there is none, {@link
   *     ErrorCode#CHECKPOINT_MISSING} when a file is gone
   */
  public static Path root(Checkpoint checkpoint, QuantizedWeights quantized, PackedWeights packed) {
    return root(
        Stream.of(
                checkpoint.tensors().values().stream().map(TensorRef::file),
                quantized.maps().values().stream().map(QuantizedMap::file),
                packed.tensors().values().stream().map(PackedWeights.Tensor::file))
            .flatMap(each -> each));
  }

  static Path root(Stream<Path> all) {
    List<Path> files = all.distinct().map(ExternalFiles::real).collect(Collectors.toList());
    @Nullable Path root = files.get(0).getParent();
    for (Path file : files) {
      while (root != null && !file.startsWith(root)) {
        root = root.getParent();
      }
    }
    if (root == null) {
      throw new OpenLedgerException(
          ErrorCode.CONFIGURATION_INVALID,
          "the files " + files + " have no folder in common",
          "a checkpoint and a cache on one drive",
          "move one of them");
    }
    return root;
  }

  /** A file's name from the root on, as ONNX spells it. */
  static String location(Path root, Path file) {
    return root.relativize(real(file)).toString().replace('\\', '/');
  }

  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.CHECKPOINT_MISSING,
          file + " is not there any more",
          "the files of the checkpoint, unchanged while it is loaded",
          "correct the folder or fetch the missing file",
          e);
    }
  }
}
