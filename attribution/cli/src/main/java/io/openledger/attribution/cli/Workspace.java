package io.openledger.attribution.cli;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.serving.model.HubTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An index with its tokenizer and its documents' names; package-info has the layout. One thread.
 */
final class Workspace implements AutoCloseable {

  private static final String TOKENIZER = "tokenizer.json";
  private static final String DOCUMENTS = "documents.jsonl";
  private static final String INDEX = "index";
  private static final String FORM = "form";

  private final HubTokenizer tokenizer;
  private final Documents documents;
  private final SpanAttributionEngine engine;
  private final SpanIndex index;

  private Workspace(
      HubTokenizer tokenizer, Documents documents, SpanAttributionEngine engine, SpanIndex index) {
    this.tokenizer = tokenizer;
    this.documents = documents;
    this.engine = engine;
    this.index = index;
  }

  /**
   * Makes a new one.
   *
   * @param given a tokenizer.json or a folder with one; null: the one that this program brings
   * @param form how the index is kept on disk
   */
  static Workspace create(Path directory, @Nullable Path given, IndexForm form) throws IOException {
    if (Files.exists(directory.resolve(TOKENIZER))) {
      throw OpenLedgerException.invalidText(
          "the workspace", directory.toString(), "a new folder; there is an index: use add");
    }
    Files.createDirectories(directory);
    Path copy = directory.resolve(TOKENIZER + ".tmp");
    if (given == null) {
      try (InputStream own =
          Objects.requireNonNull(Workspace.class.getResourceAsStream(TOKENIZER))) {
        Files.write(copy, own.readAllBytes());
      }
    } else {
      Path file = Files.isDirectory(given) ? given.resolve(TOKENIZER) : given;
      if (!Files.isRegularFile(file)) {
        throw OpenLedgerException.invalidText(
            "the tokenizer", given.toString(), "a tokenizer.json, or a folder with one");
      }
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    form(directory, form);
    Files.move(copy, directory.resolve(TOKENIZER));
    return open(directory);
  }

  /**
   * Writes down which form the index gets from now on.
   *
   * @param directory of an existing one that is not open
   */
  static void form(Path directory, IndexForm form) throws IOException {
    Path written = directory.resolve(FORM + ".tmp");
    Files.writeString(written, form.name());
    Files.move(
        written,
        directory.resolve(FORM),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** The form that the index gets; fast when none was written down. */
  static IndexForm form(Path directory) throws IOException {
    Path written = directory.resolve(FORM);
    if (!Files.exists(written)) {
      return IndexForm.FAST;
    }
    String name = Files.readString(written).strip();
    for (IndexForm form : IndexForm.values()) {
      if (form.name().equals(name)) {
        return form;
      }
    }
    throw OpenLedgerException.invalidText(
        "the file " + written, name, Arrays.toString(IndexForm.values()));
  }

  /** Whether there is one. */
  static boolean exists(Path directory) {
    return Files.isRegularFile(directory.resolve(TOKENIZER));
  }

  /** Opens an existing one. */
  static Workspace open(Path directory) throws IOException {
    if (!exists(directory)) {
      throw OpenLedgerException.invalidText(
          "the workspace", directory.toString(), "a folder that the command build has made");
    }
    HubTokenizer tokenizer = HubTokenizer.open(directory, cache());
    try {
      Documents documents = Documents.open(directory.resolve(DOCUMENTS));
      SpanAttributionEngine engine = new SpanAttributionEngine();
      SpanIndex index =
          engine.open(
              directory.resolve(INDEX),
              tokenizer.digest(),
              tokenizer.vocabularySize(),
              Runnable::run,
              form(directory));
      return new Workspace(tokenizer, documents, engine, index);
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static Path cache() {
    return Path.of(System.getProperty("user.home"), ".cache", "openledger");
  }

  TextTokenizer tokenizer() {
    return tokenizer;
  }

  Documents documents() {
    return documents;
  }

  SpanAttributionEngine engine() {
    return engine;
  }

  SpanIndex index() {
    return index;
  }

  /**
   * How an addition went.
   *
   * @param documents added
   * @param tokens of them
   * @param skipped what was not added, with reasons
   */
  record Added(int documents, long tokens, List<String> skipped) {}

  /** Tokenizes and indexes, in batches; what a batch has added stays when a later one fails. */
  Added add(Sources sources, Sources.Progress progress) throws IOException {
    Batch batch = new Batch();
    List<String> skipped = new ArrayList<>();
    sources.forEach(
        source -> {
          int[] tokens = tokenizer.encode(source.text()).tokens();
          if (tokens.length == 0) {
            skipped.add(source.name() + ": no tokens");
          } else {
            batch.accept(source, tokens);
          }
        },
        skipped::add,
        progress);
    batch.flush();
    return new Added(batch.added, batch.addedTokens, skipped);
  }

  /** Documents on their way into the index. */
  private final class Batch {

    // a segment's worth at a time: fewer and larger sortings, and a bounded heap
    private static final long HEAP_BYTES_PER_TOKEN = 150;

    private final long most =
        Math.max(1 << 16, Runtime.getRuntime().maxMemory() / HEAP_BYTES_PER_TOKEN);
    private final List<Documents.Entry> entries = new ArrayList<>();
    private final List<SpanIndex.Document> waiting = new ArrayList<>();
    private long waitingTokens;
    private int added;
    private long addedTokens;

    void accept(Source source, int[] tokens) {
      if (waitingTokens > 0 && waitingTokens + tokens.length > most) {
        flush();
      }
      long sequence = documents.next() + waiting.size();
      entries.add(
          new Documents.Entry(
              sequence, source.name(), Hash256.sha256(source.text()), source.text().length()));
      waiting.add(new SpanIndex.Document(sequence, tokens));
      waitingTokens += tokens.length;
    }

    void flush() {
      if (waiting.isEmpty()) {
        return;
      }
      try {
        documents.add(entries);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      index.append(waiting);
      added += waiting.size();
      addedTokens += waitingTokens;
      entries.clear();
      waiting.clear();
      waitingTokens = 0;
    }
  }

  /** Retracts by name or #sequence; tells of each whether it was there. */
  int retract(String name, Consumer<Long> retracted) {
    int count = 0;
    for (long sequence : documents.named(name)) {
      if (index.retract(sequence)) {
        retracted.accept(sequence);
        count++;
      }
    }
    return count;
  }

  @Override
  public void close() {
    try {
      index.close();
    } finally {
      tokenizer.close();
    }
  }
}
