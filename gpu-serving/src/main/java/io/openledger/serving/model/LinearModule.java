package io.openledger.serving.model;

/**
 * One linear map of a model, {@code y = W x} with {@code W[out, in]}.
 *
 * @param index its place in {@link ModelConfig#modules()}
 * @param name its module path, {@code model.layers.0.self_attn.q_proj}
 * @param in how many inputs
 * @param out how many outputs
 */
public record LinearModule(int index, String name, int in, int out) {

  /** The name of its weight in a checkpoint. */
  public String weight() {
    return name + ".weight";
  }
}
