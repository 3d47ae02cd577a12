package io.openledger.serving.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How tokens look at earlier ones; the same in all layers of a model, except for the windows of
 * {@link Grouped}.
 */
public sealed interface Attention {

  /** Heads of the queries. */
  int heads();

  /** Heads of keys, and of values, in the KV cache. */
  int cacheHeads();

  /** Width of a head in the KV cache, a multiple of 8. */
  int cacheWidth();

  /** How many of a head's dimensions are rotated with the position, even. */
  int rotated();

  /**
   * The linear maps of a layer.
   *
   * @param hidden width of the residual stream
   */
  List<LinearShape> linears(int hidden);

  /** The norms of a layer within attention, by path below the layer, with their widths. */
  Map<String, Integer> norms();

  /**
   * Grouped-query attention (Ainslie et al. 2023), of which multi-head and multi-query attention
   * are the ends. Keys and values are cached as the operator takes them, rotated.
   *
   * @param heads of the queries
   * @param kvHeads of keys and values; divides {@code heads}
   * @param headDim width of a head, a multiple of 8
   * @param inputBias whether queries, keys and values have a bias
   * @param outputBias whether the output has one
   * @param normed whether each head of queries and keys is normed before it is rotated (Qwen3)
   * @param windows for each layer how many tokens a token sees, itself among them; 0: all
   */
  record Grouped(
      int heads,
      int kvHeads,
      int headDim,
      boolean inputBias,
      boolean outputBias,
      boolean normed,
      List<Integer> windows)
      implements Attention {

    /** The norm of each query head {@code [headDim]}, below a layer. */
    public static final String QUERY_NORM = "self_attn.q_norm.weight";

    /** The norm of each key head {@code [headDim]}, below a layer. */
    public static final String KEY_NORM = "self_attn.k_norm.weight";

    public Grouped {
      windows = List.copyOf(windows);
      if (kvHeads < 1 || heads % kvHeads != 0 || headDim < 8 || headDim % 8 != 0) {
        throw new IllegalArgumentException(heads + " over " + kvHeads + " heads of " + headDim);
      }
    }

    /** Width of all query heads. */
    public int queryWidth() {
      return heads * headDim;
    }

    /** Width of all key heads, and of all value heads. */
    public int kvWidth() {
      return kvHeads * headDim;
    }

    @Override
    public int cacheHeads() {
      return kvHeads;
    }

    @Override
    public int cacheWidth() {
      return headDim;
    }

    @Override
    public int rotated() {
      return headDim;
    }

    @Override
    public List<LinearShape> linears(int hidden) {
      return List.of(
          new LinearShape(Projection.Q, hidden, queryWidth(), inputBias),
          new LinearShape(Projection.K, hidden, kvWidth(), inputBias),
          new LinearShape(Projection.V, hidden, kvWidth(), inputBias),
          new LinearShape(Projection.O, queryWidth(), hidden, outputBias));
    }

    @Override
    public Map<String, Integer> norms() {
      return normed ? Map.of(QUERY_NORM, headDim, KEY_NORM, headDim) : Map.of();
    }
  }

  /**
   * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): keys and values come
   * from one low-rank vector a token; a part of each query and one key shared by all heads are
   * rotated.
   *
   * <p>The cache holds keys and values of each head, made once from the latent vector: the map from
   * it stays an ordinary linear map, which adapters may change and weight formats may shrink, and
   * the sums are the reference's. That takes {@code 2 · heads · cacheWidth} floats a token and
   * layer instead of {@code kvRank + rotated}. The other form, with that map folded into queries
   * and output and the latent vector alone in the cache, was tried with the widths of
   * DeepSeek-V2-Lite: on two cores a step after 4096 tokens took 1.2 to 1.8 times as long with one
   * row, 1.5 to 4 times with four, and a prompt's last 256 of 4096 tokens 2.3 to 2.6 times.
   *
   * @param heads of queries, keys and values
   * @param queryRank of the queries; 0: one full map
   * @param kvRank of keys and values
   * @param plain dimensions of a query and key head without position
   * @param rotated dimensions of a query and key head that are rotated, even
   * @param valueDim dimensions of a value head
   * @param interleaved whether rotation pairs neighbours rather than halves
   * @param biased whether the maps into the ranks and the output have a bias
   * @param scale of a query's product with a key
   */
  record Latent(
      int heads,
      int queryRank,
      int kvRank,
      int plain,
      int rotated,
      int valueDim,
      boolean interleaved,
      boolean biased,
      float scale)
      implements Attention {

    /** The norm of the queries' rank, below a layer. */
    public static final String QUERY_NORM = "self_attn.q_a_layernorm.weight";

    /** The norm of the latent vector, below a layer. */
    public static final String KV_NORM = "self_attn.kv_a_layernorm.weight";

    /** Of both norms, whatever {@code rms_norm_eps} says: so does the reference. */
    public static final float EPSILON = 1e-6f;

    /** Dimensions of a query head, and of a key head. */
    public int queryDim() {
      return plain + rotated;
    }

    @Override
    public int cacheHeads() {
      return heads;
    }

    /** The operator takes keys and values of one width, in whole eights. */
    @Override
    public int cacheWidth() {
      return (Math.max(queryDim(), valueDim) + 7) / 8 * 8;
    }

    @Override
    public List<LinearShape> linears(int hidden) {
      List<LinearShape> linears = new ArrayList<>();
      if (queryRank == 0) {
        linears.add(new LinearShape(Projection.Q, hidden, heads * queryDim(), false));
      } else {
        linears.add(new LinearShape(Projection.Q_A, hidden, queryRank, biased));
        linears.add(new LinearShape(Projection.Q_B, queryRank, heads * queryDim(), false));
      }
      linears.add(new LinearShape(Projection.KV_A, hidden, kvRank + rotated, biased));
      linears.add(new LinearShape(Projection.KV_B, kvRank, heads * (plain + valueDim), false));
      linears.add(new LinearShape(Projection.O, heads * valueDim, hidden, biased));
      return linears;
    }

    @Override
    public Map<String, Integer> norms() {
      Map<String, Integer> norms = new LinkedHashMap<>();
      norms.put(KV_NORM, kvRank);
      if (queryRank > 0) {
        norms.put(QUERY_NORM, queryRank);
      }
      return norms;
    }
  }
}
