package io.openledger.serving.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.openledger.api.Hash256;
import io.openledger.serving.graph.MergedMaps;
import io.openledger.serving.graph.MergedMaps.Merged;
import io.openledger.serving.graph.PackedWeights;
import io.openledger.serving.graph.PackingGraph;
import io.openledger.serving.graph.SavedModel;
import io.openledger.serving.model.FileBytes;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.quantize.BlockFormat;
import io.openledger.serving.quantize.QuantizedMap;
import io.openledger.serving.quantize.QuantizedWeights;
import io.openledger.serving.quantize.WeightCache;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Quantised weights as ONNX Runtime packs them for this processor, in a file beside the quantised
 * ones. Mapped from there, they are in memory once for all graphs of a model and for all servers of
 * a machine, and the system may drop them when it needs the memory.
 *
 * <p>The runtime can save what it packed, but puts it at any address, while what it packs begins at
 * a multiple of 64 bytes and is laid out by that: mapped from elsewhere it is read wrongly. So what
 * was saved is copied to where it is aligned. When it loads a model the runtime packs each matrix
 * again and takes the mapped one only where both have the same hash: packed for another processor,
 * the file would be of no use, and is looked for under another name.
 *
 * <p>Whatever fails here is logged, and the model is loaded without.
 */
final class PackedCache {

  private static final System.Logger LOG = System.getLogger(PackedCache.class.getName());
  private static final String ENDING = WeightCache.PACKED;
  private static final String UNFINISHED = "packing-";
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  /** A folder as old has no writer any more. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  /** A file that no server has opened for so long, of another processor or runtime, goes. */
  private static final Duration UNUSED = Duration.ofDays(30);

  private PackedCache() {}

  /**
   * Finds or makes what is packed.
   *
   * @return nothing where no map is packed, or where it cannot be kept
   */
  static PackedWeights open(
      OrtEnvironment environment, ModelConfig config, QuantizedWeights quantized) {
    QuantizedWeights integers = integers(quantized);
    if (integers.maps().isEmpty()) {
      return PackedWeights.NONE;
    }
    Path source = integers.maps().values().iterator().next().file();
    try {
      Hash256 identity = identity(source, integers);
      String name = String.valueOf(source.getFileName());
      String stem = name.endsWith(".q") ? name.substring(0, name.length() - 2) : name;
      Path file = source.resolveSibling(stem + "-" + processor(environment) + ENDING);
      Optional<PackedWeights> found = PackedFile.read(file, identity);
      if (found.isEmpty()) {
        make(environment, integers, MergedMaps.of(config, integers), file, identity);
        found = PackedFile.read(file, identity);
      } else {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
      }
      // Also when nothing was made: what a killed server left is too young at the next start.
      clean(file, stem);
      return found.orElse(PackedWeights.NONE);
    } catch (IOException | OrtException | RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "packed weights cannot be kept beside {0} ({1}): they take memory of their own, and the"
              + " base model alone is slower",
          source,
          e.getMessage());
      return PackedWeights.NONE;
    }
  }

  /** Products over quantiles are not packed. */
  private static QuantizedWeights integers(QuantizedWeights quantized) {
    return new QuantizedWeights(
        quantized.maps().entrySet().stream()
            .filter(map -> map.getValue().format() != BlockFormat.NF4)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** The source's header: it holds a digest of all that follows. */
  static Hash256 identity(Path source, QuantizedWeights quantized) throws IOException {
    long first =
        quantized.maps().values().stream().mapToLong(QuantizedMap::codesAt).min().orElse(0);
    try (var in = Files.newInputStream(source)) {
      return Hash256.sha256(in.readNBytes(Math.toIntExact(first)));
    }
  }

  /** What the way of packing depends on. */
  private static String processor(OrtEnvironment environment) throws IOException {
    TreeSet<String> lines = new TreeSet<>();
    if (Files.isReadable(PROCESSOR)) {
      try (Stream<String> all = Files.lines(PROCESSOR, StandardCharsets.ISO_8859_1)) {
        all.filter(
                line ->
                    Stream.of("flags", "Features", "model name", "CPU part", "cpu family", "model")
                        .anyMatch(key -> line.split("\\s*:", 2)[0].strip().equals(key)))
            .forEach(lines::add);
      }
    }
    String kind = environment.getVersion() + "\n" + System.getProperty("os.arch") + "\n" + lines;
    return Hash256.sha256(kind.getBytes(StandardCharsets.UTF_8)).toString().substring(0, 8);
  }

  private static void make(
      OrtEnvironment environment,
      QuantizedWeights quantized,
      List<Merged> merged,
      Path file,
      Hash256 identity)
      throws IOException, OrtException {
    long bytes = quantized.maps().values().stream().mapToLong(QuantizedMap::residentBytes).sum();
    long room = Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace();
    // What the runtime saves and the copy are there at once, each with codes and packed codes.
    if (room < 4 * bytes) {
      throw new IOException(room + " bytes are free, " + 4 * bytes + " are needed");
    }
    LOG.log(
        System.Logger.Level.INFO,
        String.format(Locale.ROOT, "packs %.0f MB of weights for this processor", bytes / 1e6));
    Path folder = Files.createTempDirectory(file.toAbsolutePath().getParent(), UNFINISHED);
    try {
      Path model = folder.resolve("saved.onnx");
      Path data = folder.resolve("saved.data");
      List<QuantizedMap> wholes = new ArrayList<>();
      for (Merged each : merged) {
        wholes.add(whole(each, folder.resolve("merged-" + wholes.size())));
      }
      QuantizedWeights all = together(quantized, merged, wholes);
      save(environment, all, model, data);
      PackedWeights saved = SavedModel.packed(Files.readAllBytes(model), data);
      if (saved.isEmpty()) {
        throw new IOException("the runtime saved none");
      }
      Path whole = Files.createTempFile(folder, "whole", ENDING);
      PackedFile.write(whole, identity, withScales(saved, wholes));
      FileBytes.replace(whole, file);
    } finally {
      delete(folder);
    }
  }

  /** Writes maps as one: codes below each other, then scales. */
  private static QuantizedMap whole(Merged merged, Path file) throws IOException {
    try (FileChannel target =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (QuantizedMap part : merged.parts()) {
        append(part.file(), part.codesAt(), part.codesBytes(), target);
      }
      for (QuantizedMap part : merged.parts()) {
        append(part.file(), part.scalesAt(), part.scalesBytes(), target);
      }
    }
    return merged.at(file);
  }

  private static void append(Path file, long from, long bytes, FileChannel target)
      throws IOException {
    try (FileChannel source = FileChannel.open(file)) {
      for (long done = 0; done < bytes; ) {
        long count = source.transferTo(from + done, bytes - done, target);
        if (count <= 0) {
          throw new IOException(file + " became shorter while it was read");
        }
        done += count;
      }
    }
  }

  /** All maps, the merged ones in place of their parts. */
  private static QuantizedWeights together(
      QuantizedWeights quantized, List<Merged> merged, List<QuantizedMap> wholes) {
    Map<String, QuantizedMap> maps = new LinkedHashMap<>(quantized.maps());
    merged.forEach(each -> each.parts().forEach(part -> maps.remove(part.name())));
    wholes.forEach(whole -> maps.put(whole.name(), whole));
    return new QuantizedWeights(maps);
  }

  /** Scales of merged maps lie nowhere else. */
  private static PackedWeights withScales(PackedWeights saved, List<QuantizedMap> wholes) {
    Map<String, PackedWeights.Tensor> tensors = new LinkedHashMap<>(saved.tensors());
    for (QuantizedMap whole : wholes) {
      tensors.putIfAbsent(
          whole.name() + ".scales",
          new PackedWeights.Tensor(whole.file(), whole.scalesAt(), whole.scalesBytes(), List.of()));
    }
    return new PackedWeights(tensors);
  }

  private static void save(
      OrtEnvironment environment, QuantizedWeights quantized, Path model, Path data)
      throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      options.setIntraOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.addConfigEntry(
          "session.model_external_initializers_file_folder_path",
          PackingGraph.root(quantized).toString());
      options.setOptimizedModelFilePath(model.toString());
      options.addConfigEntry(
          "session.optimized_model_external_initializers_file_name",
          String.valueOf(data.getFileName()));
      options.addConfigEntry(
          "session.optimized_model_external_initializers_min_size_in_bytes", "0");
      options.addConfigEntry("session.save_external_prepacked_constant_initializers", "1");
      environment.createSession(PackingGraph.build(quantized), options).close();
    }
  }

  private static void clean(Path used, String stem) {
    Path folder = used.toAbsolutePath().getParent();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(
            folder,
            path ->
                String.valueOf(path.getFileName()).startsWith(UNFINISHED)
                    || String.valueOf(path.getFileName()).matches(".*\\" + ENDING))) {
      for (Path path : files) {
        Instant then = Files.getLastModifiedTime(path).toInstant();
        String name = String.valueOf(path.getFileName());
        boolean left = name.startsWith(UNFINISHED) && older(then, ABANDONED);
        boolean unused = name.startsWith(stem) && !path.equals(used) && older(then, UNUSED);
        if (left || unused) {
          delete(path);
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "old files stay in " + folder, e);
    }
  }

  private static boolean older(Instant then, Duration age) {
    return then.isBefore(Instant.now().minus(age));
  }

  private static void delete(Path path) {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : List.copyOf(all.sorted(Comparator.reverseOrder()).toList())) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} cannot be deleted", path);
    }
  }
}
