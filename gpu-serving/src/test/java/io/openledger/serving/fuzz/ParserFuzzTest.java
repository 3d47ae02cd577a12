package io.openledger.serving.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.TinyModel;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.model.Broken;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.HubTokenizer;
import io.openledger.serving.model.Safetensors;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated files: each is read, or refused by name with its own code; nothing else is thrown, and no
 * more memory is taken than the file's size warrants. {@code -Dopenledger.fuzz.cases} says how many
 * in all (40 000), {@code -Dopenledger.fuzz.seed} where chance begins.
 */
class ParserFuzzTest {

  private static final Set<ErrorCode> CHECKPOINT =
      EnumSet.of(
          ErrorCode.CHECKPOINT_BROKEN, ErrorCode.CHECKPOINT_MISSING, ErrorCode.MODEL_UNSUPPORTED);
  private static final Set<ErrorCode> ADAPTER =
      EnumSet.of(
          ErrorCode.ADAPTER_BROKEN, ErrorCode.ADAPTER_MISMATCH, ErrorCode.ADAPTER_UNSUPPORTED);

  /** What a refusal may cost whatever the file: settings name up to 1024 layers. */
  private static final long FIXED_BYTES = 16 << 20;

  /** Beyond that, for each byte of the files: a byte may become an object of a tree. */
  private static final long BYTES_A_BYTE = 256;

  private static final int LONGEST_MESSAGE = 4000;

  private static final long CASES = Long.getLong("openledger.fuzz.cases", 40_000);
  private static final long SEED = Long.getLong("openledger.fuzz.seed", 1);

  private final com.sun.management.ThreadMXBean threads =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Of the other kind: pieces with U+2581 for a space, bytes where nothing else fits, merges. */
  private static final String PIECES =
      """
      {"version": "1.0", "truncation": {"direction": "Right", "max_length": 4, "strategy":
         "LongestFirst", "stride": 9}, "padding": {"strategy": "BatchLongest", "direction": "Right",
         "pad_to_multiple_of": 0, "pad_id": 0, "pad_type_id": 0, "pad_token": "<unk>"},
       "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false, "lstrip": false,
         "rstrip": true, "normalized": false, "special": true}, {"id": 9, "content": "ab",
         "single_word": true, "lstrip": true, "rstrip": false, "normalized": true,
         "special": false}],
       "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"},
         {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
         {"type": "NFKC"}]},
       "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern":
         {"Regex": "[a-z]+| ?[0-9]{1,3}"}, "behavior": "Isolated", "invert": false},
         {"type": "Digits", "individual_digits": true}, {"type": "Punctuation", "behavior":
         "Contiguous"}, {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first",
         "split": true}]},
       "post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel",
         "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
         {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<unk>", "type_id": 0}},
         {"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id":
         0}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {"<unk>": {"id":
         "<unk>", "ids": [0], "tokens": ["<unk>"]}}}]},
       "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String":
         "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip",
         "content": " ", "start": 1, "stop": 0}]},
       "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>",
         "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": true,
         "byte_fallback": true, "ignore_merges": false,
         "vocab": {"<unk>": 0, "\u2581": 1, "a": 2, "b": 3, "ab": 4, "\u2581ab": 5, "<0xF0>": 6,
           "e": 7, "<0x0A>": 8}, "merges": [["a", "b"], ["\u2581", "ab"]]}}
      """;

  @TempDir static Path natives;
  @TempDir Path folder;
  private JsonObject config;
  private Checkpoint base;

  @BeforeEach
  void write() throws Exception {
    config = TinyModel.config();
    JsonParser.parseString(
            """
            {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
             "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 259,
             "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
               "high_freq_factor": 4.0, "original_max_position_embeddings": 64}}
            """)
        .getAsJsonObject()
        .asMap()
        .forEach(config::add);
    base = Checkpoint.open(TinyModel.write(folder.resolve("base"), config, "BF16", SEED));
  }

  private interface Reading {
    void read() throws Exception;
  }

  private interface Case {
    /** Writes files by chance; gives their size and how to read them. */
    Prepared prepare(Mutations mutations, Random random) throws Exception;
  }

  private record Prepared(long bytes, Reading reading) {}

  private void fuzz(String what, long cases, Set<ErrorCode> allowed, Case each) throws Exception {
    Map<ErrorCode, Integer> codes = new EnumMap<>(ErrorCode.class);
    long most = 0;
    int read = 0;
    long start = threads.getCurrentThreadCpuTime();
    for (long i = 0; i < cases; i++) {
      long seed = SEED * 1_000_003 + i;
      Random random = new Random(seed);
      Prepared prepared = each.prepare(new Mutations(random), random);
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      try {
        prepared.reading().read();
        read++;
      } catch (OpenLedgerException e) {
        codes.merge(e.code(), 1, Integer::sum);
        assertThat(allowed).as("%s, seed %d: %s", what, seed, e).contains(e.code());
        assertThat(e.getMessage().length())
            .as("%s, seed %d: length of a refusal", what, seed)
            .isLessThan(LONGEST_MESSAGE);
      } catch (Exception | StackOverflowError | OutOfMemoryError e) {
        throw new AssertionError(what + ", seed " + seed + ": neither read nor refused", e);
      }
      long taken = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
      most = Math.max(most, taken);
      assertThat(taken)
          .as("%s, seed %d: bytes allocated for %d bytes", what, seed, prepared.bytes())
          .isLessThan(FIXED_BYTES + BYTES_A_BYTE * prepared.bytes());
    }
    System.out.printf(
        "%s: %d files from seed %d in %.1f s of one core; %d read, refused %s; at most %d bytes allocated%n",
        what, cases, SEED, (threads.getCurrentThreadCpuTime() - start) / 1e9, read, codes, most);
    // Mutations that leave nothing to read, or change nothing, would prove nothing.
    assertThat(codes).as("refusals of %s", what).isNotEmpty();
  }

  @Test
  void readsOrRefusesEachMutatedSafetensorsHeader() throws Exception {
    byte[] valid = Files.readAllBytes(base.folder().resolve("model.safetensors"));
    Path file = folder.resolve("x.safetensors");
    fuzz(
        "safetensors",
        CASES * 45 / 100,
        EnumSet.of(ErrorCode.CHECKPOINT_BROKEN),
        (mutations, random) -> {
          byte[] made = mutations.tensors(valid);
          Files.write(file, made);
          return new Prepared(made.length, () -> Safetensors.read(file, Broken.CHECKPOINT));
        });
  }

  @Test
  void readsOrRefusesEachMutatedConfig() throws Exception {
    Path home = base.folder();
    String generation = "{\"eos_token_id\": [257, 258], \"temperature\": 0.6}";
    fuzz(
        "config.json",
        CASES * 25 / 100,
        CHECKPOINT,
        (mutations, random) -> {
          boolean first = random.nextInt(4) > 0;
          byte[] made = mutations.json(first ? config.toString() : generation);
          Files.write(home.resolve(first ? "config.json" : "generation_config.json"), made);
          if (!first) {
            Files.writeString(home.resolve("config.json"), config.toString());
          }
          return new Prepared(
              made.length + Files.size(home.resolve("model.safetensors")),
              () -> {
                Checkpoint.open(home);
                if (!first) {
                  Files.delete(home.resolve("generation_config.json"));
                }
              });
        });
  }

  @Test
  void readsOrRefusesEachMutatedAdapter() throws Exception {
    Path adapter = TinyModel.writeAdapter(folder.resolve("adapter"), base, 4, SEED);
    JsonObject settings = TinyModel.adapterConfig(4);
    JsonParser.parseString(
            """
            {"use_rslora": true, "rank_pattern": {"q_proj": 4}, "alpha_pattern": {".*up_proj": 3},
             "exclude_modules": [], "layers_to_transform": [0], "layers_pattern": "layers"}
            """)
        .getAsJsonObject()
        .asMap()
        .forEach(settings::add);
    Path weights = adapter.resolve("adapter_model.safetensors");
    byte[] valid = Files.readAllBytes(weights);
    fuzz(
        "adapters",
        CASES * 25 / 100,
        ADAPTER,
        (mutations, random) -> {
          boolean first = random.nextBoolean();
          byte[] json =
              first
                  ? mutations.json(settings.toString())
                  : settings.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
          byte[] tensors = first && random.nextInt(4) > 0 ? valid : mutations.tensors(valid);
          Files.write(adapter.resolve("adapter_config.json"), json);
          Files.write(weights, tensors);
          return new Prepared(
              json.length + tensors.length, () -> Adapters.read(adapter, base.config()));
        });
  }

  @Test
  void readsTheTokenizersThatAreMutated() throws Exception {
    Path home = Files.createDirectories(folder.resolve("tokenizer"));
    for (String whole : List.of(PIECES, TinyModel.tokenizer())) {
      Files.writeString(home.resolve("tokenizer.json"), whole);
      try (HubTokenizer tokenizer = HubTokenizer.open(home, natives)) {
        assertThat(tokenizer.encode("ab ab ab ab ab").tokens()).hasSizeGreaterThan(4);
      }
    }
  }

  @Test
  void readsOrRefusesEachMutatedTokenizer() throws Exception {
    Path home = Files.createDirectories(folder.resolve("tokenizer"));
    fuzz(
        "tokenizer.json",
        CASES * 5 / 100,
        EnumSet.of(ErrorCode.CHECKPOINT_BROKEN),
        (mutations, random) -> {
          byte[] made = mutations.json(random.nextBoolean() ? PIECES : TinyModel.tokenizer());
          Files.write(home.resolve("tokenizer.json"), made);
          return new Prepared(
              made.length,
              () -> {
                try (HubTokenizer tokenizer = HubTokenizer.open(home, natives)) {
                  tokenizer.encode("Gr\u00FC\u00DFe \uD83D\uDE00 <s>");
                  tokenizer.decode(tokenizer.encodePrompt("a b"));
                }
              });
        });
  }
}
