package io.openledger.serving.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.graph.GraphForm.Adapters.Kind;
import io.openledger.serving.model.LinearModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Resident adapters, and the copies from which the graph reads: each row that runs on an adapter
 * has a place of its own in the lane of the adapter's rank. A place is written when a row's adapter
 * is not in any place yet, that is once for each answer and not at each step; when a row moves in
 * the batch, only its number in the lane's list changes.
 *
 * <p>Costs the bytes of the largest batch's adapters beside the resident ones. Rejected: gathering
 * by slot or by rank in the graph, which copies these bytes at every step (1.4 to 2 times the base
 * model's time, where this costs 1.15 to 1.5).
 */
final class StagedAdapters implements AutoCloseable {

  private final OrtEnvironment environment;
  private final List<Lane> lanes = new ArrayList<>();
  private final int[] busy;
  private final Map<Integer, AdapterWeights> resident = new HashMap<>();
  private final Map<Integer, OnnxTensor> zeros = new HashMap<>();
  private final OnnxTensor one;
  private final Gains gains;
  // A prompt is read between two steps: it leaves their rows as they are.
  private final Gains gainsAlone;
  // Of the resident adapters.
  private long residentBytes;
  // Read by those who ask for the status.
  private volatile long bytes;

  /**
   * @param rows of the largest batch
   * @param maxRank the largest rank of an adapter
   */
  StagedAdapters(OrtEnvironment environment, List<LinearModule> modules, int rows, int maxRank)
      throws OrtException {
    this.environment = environment;
    for (int lane = 0; lane < RankLanes.count(maxRank); lane++) {
      lanes.add(new Lane(environment, modules, this::zeros, lane, rows));
    }
    busy = new int[lanes.size()];
    one = Tensors.of(environment, Tensors.floats(1).put(0, 1), 1, 1, 1);
    gains = new Gains(environment, modules, rows, one);
    gainsAlone = new Gains(environment, modules, 1, one);
  }

  private OnnxTensor zeros(int width) throws OrtException {
    OnnxTensor tensor = zeros.get(width);
    if (tensor == null) {
      tensor = Tensors.of(environment, Tensors.floats(width), 1, 1, width);
      zeros.put(width, tensor);
    }
    return tensor;
  }

  /** Keeps an adapter under the first of its ranks. */
  void upload(AdapterWeights weights, int[] ranks) {
    check(weights, ranks);
    keep(weights, ranks);
  }

  /** Keeps an adapter where another was; when it is refused, the other stays. */
  void replace(int[] former, AdapterWeights weights, int[] ranks) {
    check(weights, ranks);
    release(former);
    keep(weights, ranks);
  }

  private void check(AdapterWeights weights, int[] ranks) {
    if (ranks.length != weights.rank() || Arrays.stream(ranks).anyMatch(rank -> rank < 1)) {
      throw new IllegalArgumentException(ranks.length + " ranks for " + weights.rank());
    }
    if (ranks.length > RankLanes.width(lanes.size() - 1)) {
      throw new IllegalArgumentException("rank " + ranks.length + " is over the largest");
    }
  }

  private void keep(AdapterWeights weights, int[] ranks) {
    release(ranks);
    resident.put(ranks[0], weights);
    residentBytes += weights.bytes();
    count();
  }

  /** Lets an adapter go. */
  void release(int[] ranks) {
    @Nullable AdapterWeights gone = ranks.length == 0 ? null : resident.remove(ranks[0]);
    if (gone != null) {
      lanes.forEach(lane -> lane.forget(gone));
      gains.forget(gone);
      gainsAlone.forget(gone);
      residentBytes -= gone.bytes();
      count();
    }
  }

  /** Bytes of the resident adapters and of the copies. */
  long bytes() {
    return bytes;
  }

  private void count() {
    bytes =
        residentBytes
            + lanes.stream().mapToLong(Lane::bytes).sum()
            + gains.bytes()
            + gainsAlone.bytes();
  }

  private AdapterWeights weights(int[] ranks) {
    AdapterWeights weights = resident.get(ranks[0]);
    if (weights == null) {
      throw new IllegalArgumentException("no adapter at rank " + ranks[0]);
    }
    return weights;
  }

  /**
   * What a step was fed.
   *
   * @param kind of the graph that takes it
   * @param own tensors that were made for it alone, to be closed after it
   */
  record Fed(Kind kind, List<OnnxTensor> own) {}

  /**
   * Adds a step's inputs.
   *
   * @param ranks of each row; empty: the base model
   * @param decoding over all rows; else one row that is read beside those that are decoding, whose
   *     places are left as they are
   * @param there which kinds of graph there are; {@link Kind#STAGED} always
   */
  Fed feed(
      Map<String, ? super OnnxTensor> inputs,
      int[][] ranks,
      boolean decoding,
      Predicate<Kind> there)
      throws OrtException {
    List<OnnxTensor> own = new ArrayList<>();
    try {
      return new Fed(feed(inputs, ranks, decoding, there, own), own);
    } catch (OrtException | RuntimeException | Error e) {
      own.forEach(OnnxTensor::close);
      throw e;
    } finally {
      // Lanes and gains grow where they are written, and also when a later one has no memory.
      count();
    }
  }

  private Kind feed(
      Map<String, ? super OnnxTensor> inputs,
      int[][] ranks,
      boolean decoding,
      Predicate<Kind> there,
      List<OnnxTensor> own)
      throws OrtException {
    List<int[]> rowsOf = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    for (int lane = 0; lane < lanes.size(); lane++) {
      rowsOf.add(rowsOf(lane, ranks));
      if (rowsOf.get(lane).length > 0) {
        order.add(lane);
      }
    }
    int used = order.size();
    Kind least = used == 0 ? Kind.NONE : used == 1 && !gains(ranks) ? Kind.PLAIN_LANE : Kind.STAGED;
    Kind kind = there.test(least) ? least : Kind.STAGED;
    if (kind == Kind.STAGED) {
      flag(inputs, own, DecoderGraph.ADAPTED, used > 0);
      if (lanes.size() > 1) {
        flag(inputs, own, DecoderGraph.MIXED_WIDTHS, used > 1);
      }
      gains(inputs, ranks, decoding);
    }
    // Those that are used come first: a batch of one width looks at one of the graph's lanes.
    for (int lane = 0; lane < lanes.size(); lane++) {
      if (rowsOf.get(lane).length == 0) {
        order.add(lane);
      }
    }
    int inputsOf = kind == Kind.STAGED ? lanes.size() : used;
    for (int input = 0; input < order.size(); input++) {
      int lane = order.get(input);
      int[] rows = rowsOf.get(lane);
      int first = 0;
      if (decoding) {
        rows = placed(lanes.get(lane), rows, ranks);
        busy[lane] = rows.length;
      } else if (rows.length == 1) {
        first = beside(lane, weights(ranks[0]));
      }
      if (input < inputsOf) {
        lanes.get(lane).feed(inputs, input, first, rows.length);
        rows(inputs, input, rows, own);
      }
    }
    return kind;
  }

  private void gains(Map<String, ? super OnnxTensor> inputs, int[][] ranks, boolean decoding)
      throws OrtException {
    @Nullable AdapterWeights[] adapters = new AdapterWeights[ranks.length];
    for (int row = 0; row < ranks.length; row++) {
      adapters[row] = ranks[row].length == 0 ? null : weights(ranks[row]);
    }
    (decoding ? gains : gainsAlone).feed(inputs, adapters);
  }

  private void rows(
      Map<String, ? super OnnxTensor> inputs, int lane, int[] rows, List<OnnxTensor> own)
      throws OrtException {
    long[] numbers = Arrays.stream(rows).asLongStream().toArray();
    OnnxTensor list = Tensors.of(environment, numbers, rows.length);
    own.add(list);
    inputs.put(DecoderGraph.laneRows(lane), list);
    OnnxTensor places = Tensors.of(environment, numbers, rows.length, 1);
    own.add(places);
    inputs.put(DecoderGraph.lanePlaces(lane), places);
  }

  private void flag(
      Map<String, ? super OnnxTensor> inputs, List<OnnxTensor> own, String name, boolean value)
      throws OrtException {
    OnnxTensor flag = OnnxTensor.createTensor(environment, value);
    own.add(flag);
    inputs.put(name, flag);
  }

  private static int[] rowsOf(int lane, int[][] ranks) {
    int[] rows = new int[ranks.length];
    int count = 0;
    for (int row = 0; row < ranks.length; row++) {
      if (ranks[row].length > 0 && RankLanes.of(ranks[row].length) == lane) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /** Gives each row one of the first places, where its adapter is already if it can be. */
  private int[] placed(Lane lane, int[] rows, int[][] ranks) {
    int[] rowAt = new int[rows.length];
    Arrays.fill(rowAt, -1);
    List<Integer> homeless = new ArrayList<>();
    for (int row : rows) {
      AdapterWeights weights = weights(ranks[row]);
      int at = -1;
      for (int place = 0; place < rows.length && at < 0; place++) {
        at = rowAt[place] < 0 && lane.held(place) == weights ? place : -1;
      }
      if (at < 0) {
        homeless.add(row);
      } else {
        rowAt[at] = row;
      }
    }
    int place = 0;
    for (int row : homeless) {
      while (rowAt[place] >= 0) {
        place++;
      }
      lane.stage(place, weights(ranks[row]));
      rowAt[place] = row;
    }
    return rowAt;
  }

  /** A place for a prompt: where its adapter is, else behind those that are decoding. */
  private int beside(int lane, AdapterWeights weights) {
    int found = lanes.get(lane).find(weights);
    if (found >= 0) {
      return found;
    }
    int place = lanes.get(lane).free(busy[lane]);
    lanes.get(lane).stage(place, weights);
    return place;
  }

  private boolean gains(int[][] ranks) {
    boolean any = false;
    for (int[] each : ranks) {
      any |= each.length > 0 && weights(each).gains();
    }
    return any;
  }

  @Override
  public void close() {
    lanes.forEach(Lane::close);
    gains.close();
    gainsAlone.close();
    zeros.values().forEach(OnnxTensor::close);
    zeros.clear();
    one.close();
  }
}
