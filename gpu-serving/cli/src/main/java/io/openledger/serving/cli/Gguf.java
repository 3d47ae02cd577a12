package io.openledger.serving.cli;

import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.TensorRef;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Writes a checkpoint that {@code make} made as GGUF 3, so that other programs can be measured on
 * the very same weights. Every matrix gets the same format, the embedding too; norms stay f32.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
final class Gguf {

  /** How matrices are written: blocks of 32 weights along a row. */
  enum Format {
    /** IEEE 754 binary16. */
    F16(1, 1, 64),
    /** 16-bit scale, then 16 bytes: weight j in the lower half of byte j, j + 16 in the upper. */
    Q4_0(2, 2, 18),
    /** 16-bit scale, then 32 signed bytes. */
    Q8_0(8, 7, 34);

    private final int type;
    private final int file;
    private final int blockBytes;

    Format(int type, int file, int blockBytes) {
      this.type = type;
      this.file = file;
      this.blockBytes = blockBytes;
    }

    /** Bytes of so many weights. */
    long bytes(long weights) {
      return weights / BLOCK * blockBytes;
    }
  }

  private static final int BLOCK = 32;
  private static final int ALIGNMENT = 32;
  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  /** Our name of a part of a layer, and GGUF's. */
  private static final Map<String, String> PARTS = new LinkedHashMap<>();

  static {
    PARTS.put("input_layernorm", "attn_norm");
    PARTS.put("self_attn.q_proj", "attn_q");
    PARTS.put("self_attn.k_proj", "attn_k");
    PARTS.put("self_attn.v_proj", "attn_v");
    PARTS.put("self_attn.o_proj", "attn_output");
    PARTS.put("post_attention_layernorm", "ffn_norm");
    PARTS.put("mlp.gate_proj", "ffn_gate");
    PARTS.put("mlp.up_proj", "ffn_up");
    PARTS.put("mlp.down_proj", "ffn_down");
  }

  private final Shape shape;
  private final Format format;
  private final ByteBuffer head = ByteBuffer.allocate(64 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private int entries;

  private Gguf(Shape shape, Format format) {
    this.shape = shape;
    this.format = format;
  }

  /** A tensor of the file: its name, where it comes from, its heads if rows change their order. */
  private record Entry(String name, TensorRef from, int heads) {}

  /**
   * Writes a checkpoint's GGUF.
   *
   * @param written told how many bytes of weights
   */
  static void write(Path checkpoint, Path file, Format format, LongConsumer written)
      throws IOException {
    Shape shape = MadeModel.shapeOf(checkpoint);
    new Gguf(shape, format).write(Checkpoint.open(checkpoint).tensors(), file, written);
  }

  private void write(Map<String, TensorRef> tensors, Path file, LongConsumer written)
      throws IOException {
    List<Entry> all = entries(tensors);
    settings();
    byte[] settings = taken();
    long offset = 0;
    for (Entry entry : all) {
      string(entry.name());
      List<Long> dimensions = entry.from().shape();
      head.putInt(dimensions.size());
      for (int i = dimensions.size() - 1; i >= 0; i--) {
        head.putLong(dimensions.get(i));
      }
      head.putInt(dimensions.size() == 1 ? 0 : format.type);
      head.putLong(offset);
      offset = aligned(offset + bytes(entry));
    }
    byte[] infos = taken();
    head.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3);
    head.putLong(all.size()).putLong(entries);
    byte[] start = taken();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      out.write(start);
      out.write(settings);
      out.write(infos);
      long place = (long) start.length + settings.length + infos.length;
      out.write(new byte[(int) (aligned(place) - place)]);
      for (Entry entry : all) {
        matrix(entry, out);
        long bytes = bytes(entry);
        out.write(new byte[(int) (aligned(bytes) - bytes)]);
        written.accept(bytes);
      }
    }
  }

  private byte[] taken() {
    byte[] bytes = new byte[head.position()];
    head.flip().get(bytes);
    head.clear();
    return bytes;
  }

  private static long aligned(long offset) {
    return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private long bytes(Entry entry) {
    long weights = entry.from().elements();
    return entry.from().shape().size() == 1 ? 4 * weights : format.bytes(weights);
  }

  private List<Entry> entries(Map<String, TensorRef> tensors) {
    List<Entry> all = new ArrayList<>();
    all.add(entry(tensors, "token_embd", "model.embed_tokens", 0));
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (Map.Entry<String, String> part : PARTS.entrySet()) {
        int heads =
            switch (part.getValue()) {
              case "attn_q" -> shape.heads();
              case "attn_k" -> shape.kvHeads();
              default -> 0;
            };
        String from = "model.layers." + layer + "." + part.getKey();
        all.add(entry(tensors, "blk." + layer + "." + part.getValue(), from, heads));
      }
    }
    all.add(entry(tensors, "output_norm", "model.norm", 0));
    if (!shape.tied()) {
      all.add(entry(tensors, "output", "lm_head", 0));
    }
    return all;
  }

  private static Entry entry(Map<String, TensorRef> tensors, String name, String from, int heads) {
    TensorRef tensor = tensors.get(from + ".weight");
    if (tensor == null || tensor.type() != DType.BF16) {
      throw new IllegalArgumentException("no bf16 tensor " + from + ".weight");
    }
    return new Entry(name + ".weight", tensor, heads);
  }

  private void settings() {
    text("general.architecture", "llama");
    text("general.name", shape.name());
    number("general.file_type", format.file);
    number("llama.vocab_size", shape.vocabulary());
    number("llama.context_length", shape.context());
    number("llama.embedding_length", shape.hidden());
    number("llama.block_count", shape.layers());
    number("llama.feed_forward_length", shape.intermediate());
    number("llama.rope.dimension_count", shape.headDim());
    number("llama.attention.head_count", shape.heads());
    number("llama.attention.head_count_kv", shape.kvHeads());
    number("llama.attention.key_length", shape.headDim());
    number("llama.attention.value_length", shape.headDim());
    key("llama.attention.layer_norm_rms_epsilon", FLOAT32);
    head.putFloat(1e-5f);
    key("llama.rope.freq_base", FLOAT32);
    head.putFloat((float) shape.theta());
    MadeTokenizer tokenizer = new MadeTokenizer(shape.vocabulary());
    text("tokenizer.ggml.model", "gpt2");
    text("tokenizer.ggml.pre", "llama-bpe");
    texts("tokenizer.ggml.tokens", tokenizer.tokens());
    array("tokenizer.ggml.token_type", INT32, shape.vocabulary());
    for (int id = 0; id < shape.vocabulary(); id++) {
      head.putInt(tokenizer.special(id) ? 3 : 1);
    }
    texts("tokenizer.ggml.merges", tokenizer.merges());
    number("tokenizer.ggml.bos_token_id", MadeTokenizer.begin(shape.vocabulary()));
    number("tokenizer.ggml.eos_token_id", MadeTokenizer.begin(shape.vocabulary()) + 1);
    key("tokenizer.ggml.add_bos_token", BOOL);
    head.put((byte) 1);
  }

  private void key(String key, int type) {
    string(key);
    head.putInt(type);
    entries++;
  }

  private void string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    head.putLong(bytes.length).put(bytes);
  }

  private void text(String key, String value) {
    key(key, STRING);
    string(value);
  }

  private void number(String key, int value) {
    key(key, UINT32);
    head.putInt(value);
  }

  private void array(String key, int type, int size) {
    key(key, ARRAY);
    head.putInt(type).putLong(size);
  }

  private void texts(String key, List<String> values) {
    array(key, STRING, values.size());
    values.forEach(this::string);
  }

  /** Row by row: GGUF's Llama turns neighbours of a head together, ours its two halves. */
  private void matrix(Entry entry, OutputStream out) throws IOException {
    TensorRef from = entry.from();
    boolean vector = from.shape().size() == 1;
    int columns = Math.toIntExact(from.shape().get(vector ? 0 : 1));
    int rows = vector ? 1 : Math.toIntExact(from.shape().get(0));
    ByteBuffer read = ByteBuffer.allocate(2 * columns).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer made =
        ByteBuffer.allocate((int) (vector ? 4L * columns : format.bytes(columns)))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[columns];
    try (FileChannel channel = FileChannel.open(from.file())) {
      for (int row = 0; row < rows; row++) {
        int source = entry.heads() == 0 ? row : turned(row, rows / entry.heads());
        read.clear();
        while (read.hasRemaining()) {
          long place = from.offset() + 2L * columns * source + read.position();
          if (channel.read(read, place) < 0) {
            throw new IOException(from.file() + " became shorter");
          }
        }
        for (int i = 0; i < columns; i++) {
          values[i] = Float.intBitsToFloat(read.getShort(2 * i) << 16);
        }
        made.clear();
        if (vector) {
          made.asFloatBuffer().put(values);
        } else {
          for (int i = 0; i < columns; i += BLOCK) {
            block(values, i, made);
          }
        }
        out.write(made.array());
      }
    }
  }

  private static int turned(int row, int head) {
    int within = row % head;
    return row - within + within % 2 * (head / 2) + within / 2;
  }

  private void block(float[] values, int from, ByteBuffer to) {
    float most = 0;
    for (int i = from; i < from + BLOCK; i++) {
      most = Math.abs(values[i]) > Math.abs(most) ? values[i] : most;
    }
    switch (format) {
      case F16 -> {
        for (int i = from; i < from + BLOCK; i++) {
          to.putShort(half(values[i]));
        }
      }
      case Q8_0 -> {
        float step = Math.abs(most) / 127;
        to.putShort(half(step));
        for (int i = from; i < from + BLOCK; i++) {
          to.put((byte) (step == 0 ? 0 : Math.round(values[i] / step)));
        }
      }
      case Q4_0 -> {
        float step = most / -8;
        to.putShort(half(step));
        for (int i = from; i < from + BLOCK / 2; i++) {
          to.put((byte) (nibble(values[i], step) | nibble(values[i + BLOCK / 2], step) << 4));
        }
      }
    }
  }

  private static int nibble(float value, float step) {
    return step == 0 ? 8 : Math.max(0, Math.min(15, (int) (value / step + 8.5f)));
  }

  /** IEEE 754 binary16, to the nearest, ties to even (the JDK has this from 20 on). */
  static short half(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    float size = Math.abs(value);
    if (size >= 65520) {
      return (short) (sign | 0x7c00);
    }
    if (size < 0x1p-14f) {
      return (short) (sign | (int) Math.rint(size * 0x1p24));
    }
    int magnitude = (bits & 0x7fffffff) - (112 << 23);
    return (short) (sign | magnitude + 0xfff + (magnitude >> 13 & 1) >> 13);
  }
}
