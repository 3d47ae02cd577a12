package io.openledger.attribution.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.CommittedCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an index was last committed to: {@code commitment.json}, as package-info describes it. What
 * the prover needs beside it is made again from the index, which takes as long as committing.
 *
 * @param root the value to publish
 * @param documents how many
 * @param tokens of all of them
 * @param created when
 */
record Commitment(Hash256 root, long documents, long tokens, Instant created) {

  static final DatanetId CORPUS = new DatanetId("corpus");

  private static final String FORMAT = "openledger-index-commitment-1";

  /** Commits to the active documents of an index, with a progress bar. */
  static CommittedCorpus make(Workspace workspace) {
    List<CommittedCorpus.Document> documents = new ArrayList<>();
    for (long sequence : workspace.index().documents()) {
      documents.add(
          new CommittedCorpus.Document(
              new ContributionId(CORPUS, sequence),
              workspace.documents().digest(sequence),
              workspace.index().tokens(sequence).orElseThrow()));
    }
    long tokens = workspace.index().totalTokens();
    try (Bar bar = Bar.of("committing", "ktokens", 1000, tokens)) {
      long[] told = new long[1];
      CommittedCorpus corpus =
          workspace
              .engine()
              .commit(
                  workspace.tokenizer().digest(),
                  documents,
                  fraction -> {
                    long now = (long) (fraction * tokens);
                    bar.step(now - told[0]);
                    told[0] = now;
                  });
      bar.say("done");
      return corpus;
    }
  }

  void write(Path file) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("root", root.hex());
    json.addProperty("documents", documents);
    json.addProperty("tokens", tokens);
    json.addProperty("created", created.toString());
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.writeString(temporary, json + "\n");
    Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
  }

  static Commitment read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw OpenLedgerException.invalidText(
          "the commitment", file.toString(), "one that the command commit has written");
    }
    try {
      JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      if (!json.get("format").getAsString().equals(FORMAT)) {
        throw new IllegalStateException("another format");
      }
      return new Commitment(
          Hash256.parse(json.get("root").getAsString()),
          json.get("documents").getAsLong(),
          json.get("tokens").getAsLong(),
          Instant.parse(json.get("created").getAsString()));
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | NumberFormatException
        | DateTimeParseException e) {
      throw new OpenLedgerException(
          io.openledger.api.ErrorCode.INVALID_ARGUMENT,
          "the commitment " + file + " cannot be read",
          "a file of the format " + FORMAT,
          "run the command commit again",
          e);
    }
  }
}
