package io.openledger.serving.model;

/**
 * One linear map of a model, {@code y = W x + b} with {@code W[out, in]} and, if it has one, {@code
 * b[out]}.
 *
 * @param index its place in {@link ModelConfig#modules()}
 * @param name its module path, {@code model.layers.0.self_attn.q_proj}
 * @param in how many inputs
 * @param out how many outputs
 * @param biased whether there is a {@code b}
 */
public record LinearModule(int index, String name, int in, int out, boolean biased) {

  /** The name of its weight in a checkpoint. */
  public String weight() {
    return name + ".weight";
  }

  /** The name of its bias in a checkpoint, where it has one. */
  public String bias() {
    return name + ".bias";
  }
}
