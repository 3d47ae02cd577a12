package io.openledger.attribution.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.serving.model.HubTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Contributions of a JSON-lines file, indexed with a tokenizer; the line is the sequence. */
final class Texts implements AutoCloseable {

  static final DatanetId NET = new DatanetId("texts");

  final List<JsonObject> rows = new ArrayList<>();
  final HubTokenizer tokenizer;
  final SpanAttributionEngine engine = new SpanAttributionEngine();
  final SpanIndex index;

  /**
   * @param tokenizer a folder with a tokenizer.json
   * @param directory an empty one
   */
  Texts(Path file, Path tokenizer, Path directory) throws IOException {
    this.tokenizer = HubTokenizer.open(tokenizer, directory.resolve("native"));
    this.index =
        engine.open(
            directory.resolve("index"), this.tokenizer.digest(), this.tokenizer.vocabularySize());
    List<Document> documents = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(JsonParser.parseString(line).getAsJsonObject());
      documents.add(new Document(rows.size(), this.tokenizer.encode(text(rows.size())).tokens()));
    }
    index.append(documents);
  }

  String text(int sequence) {
    return rows.get(sequence - 1).get("text").getAsString();
  }

  Map<DatanetId, SpanIndex> datanets() {
    return Map.of(NET, index);
  }

  /** A file of the fixtures; skips the test, saying why, where it is not. */
  static Path shared(String name) {
    Path path = Path.of(System.getProperty("openledger.shared", "../../../shared")).resolve(name);
    assumeTrue(Files.exists(path), "no " + path + " (system property openledger.shared)");
    return path;
  }

  /** The sample's own files, which are in the same checkout. */
  static Path sample(String name) {
    return Path.of("../../samples/clause-desk/src/main").resolve(name);
  }

  @Override
  public void close() {
    index.close();
    tokenizer.close();
  }
}
