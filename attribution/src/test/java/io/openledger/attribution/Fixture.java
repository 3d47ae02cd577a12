package io.openledger.attribution;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.spi.SpanIndex.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The speeches as tokens, and what brute force found in them. Read only where the fixtures are. */
public final class Fixture {

  public static final int VOCABULARY = 2048;

  public record Span(
      int start, int end, long occurrences, List<String> contributions, int contribution_count) {}

  public record Query(String kind, int[] tokens, int[] longest_match, List<Span> maximal_spans) {}

  public record Count(int[] tokens, long occurrences) {}

  public record Truth(int documents, long tokens, List<Query> queries, List<Count> counts) {}

  public final Truth truth;
  public final List<Document> documents = new ArrayList<>();
  public final Map<String, Long> sequences = new HashMap<>();

  private Fixture(Path shared) throws IOException {
    truth =
        new Gson()
            .fromJson(Files.readString(shared.resolve("fixtures/spans/spans.json")), Truth.class);
    try (HuggingFaceTokenizer tokenizer =
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(shared.resolve("models/speeches-3m/tokenizer.json"))
            .optAddSpecialTokens(false)
            .optTruncation(false)
            .optPadding(false)
            .build()) {
      for (String line : Files.readAllLines(shared.resolve("data/speeches.jsonl"))) {
        JsonObject row = JsonParser.parseString(line).getAsJsonObject();
        long[] ids = tokenizer.encode(row.get("text").getAsString()).getIds();
        // the order of the file is the order of acceptance, in which the truth lists contributions
        long sequence = documents.size() + 1L;
        sequences.put(row.get("id").getAsString(), sequence);
        documents.add(
            new Document(sequence, java.util.Arrays.stream(ids).mapToInt(i -> (int) i).toArray()));
      }
    }
  }

  /** Skips the test, saying why, where the fixtures are not. */
  public static Fixture load() throws IOException {
    Path shared = Path.of(System.getProperty("openledger.shared", "../../shared"));
    assumeTrue(
        Files.exists(shared.resolve("fixtures/spans/spans.json")),
        "no fixtures at " + shared + " (system property openledger.shared)");
    return new Fixture(shared);
  }
}
