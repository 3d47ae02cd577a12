package io.openledger.serving.onnx;

import io.openledger.serving.engine.Decoder;
import java.nio.FloatBuffer;

/**
 * Keys and values apart from the cache's rows.
 *
 * @param data for each of the cache's buffers and each of its heads {@code [tokens, headDim]}, in
 *     direct memory
 * @param tokens how many
 */
record KvBlock(FloatBuffer data, int tokens) implements Decoder.Block {

  @Override
  public long bytes() {
    return (long) data.capacity() * Float.BYTES;
  }
}
