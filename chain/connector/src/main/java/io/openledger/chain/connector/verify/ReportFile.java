package io.openledger.chain.connector.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A report's JSON, with the hashes of those of its parts that are hashed. A report is written in
 * the canonical form (RFC 8785), so a part's bytes in the file are what its hash is over: nothing
 * has to be written again, and what was changed in form was changed.
 */
final class ReportFile {

  static final String FORMAT = "openledger-report-1";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxStringLength(ReportCheck.MAX_BYTES)
                  .maxNumberLength(100)
                  .build())
          .build();
  private static final ObjectMapper MAPPER =
      new ObjectMapper(JSON)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final JsonNode root;
  private final Hash256 receipt;
  private final List<Optional<Hash256>> commitments;

  private ReportFile(JsonNode root, Hash256 receipt, List<Optional<Hash256>> commitments) {
    this.root = root;
    this.receipt = receipt;
    this.commitments = commitments;
  }

  /**
   * Reads a report.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if it is none
   */
  static ReportFile parse(byte[] file) {
    JsonNode root = json("report", file);
    if (!root.path("format").asText().equals(FORMAT)) {
      throw OpenLedgerException.invalidText(
          "format of the report", root.path("format").asText(), FORMAT + ", as JSON");
    }
    try (JsonParser parser = JSON.createParser(file)) {
      Hash256 receipt = null;
      List<Optional<Hash256>> commitments = List.of();
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("receipt")) {
          receipt = hash(parser, file);
        } else if (name.equals("contributions")) {
          commitments = commitments(parser, file);
        } else {
          parser.skipChildren();
        }
      }
      if (receipt == null) {
        throw OpenLedgerException.invalid("the report", "without a receipt", "one with a receipt");
      }
      return new ReportFile(root, receipt, commitments);
    } catch (IOException e) {
      throw malformed("report", e);
    }
  }

  private static List<Optional<Hash256>> commitments(JsonParser parser, byte[] file)
      throws IOException {
    List<Optional<Hash256>> hashes = new ArrayList<>();
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      parser.skipChildren();
      return hashes;
    }
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      Optional<Hash256> found = Optional.empty();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("commitment")) {
          found = Optional.of(hash(parser, file));
        } else {
          parser.skipChildren();
        }
      }
      hashes.add(found);
    }
    return hashes;
  }

  /** SHA-256 of the bytes of the value that begins at the parser's token. */
  private static Hash256 hash(JsonParser parser, byte[] file) throws IOException {
    int from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    parser.skipChildren();
    int to = Math.toIntExact(parser.currentLocation().getByteOffset());
    return Hash256.sha256(Arrays.copyOfRange(file, from, to));
  }

  /** Any JSON from outside, within the limits. */
  static JsonNode json(String what, byte[] file) {
    if (file.length > ReportCheck.MAX_BYTES) {
      throw OpenLedgerException.invalid(
          "the " + what, file.length + " bytes", "at most " + ReportCheck.MAX_BYTES + " bytes");
    }
    try {
      JsonNode root = MAPPER.readTree(file);
      if (!root.isObject()) {
        throw OpenLedgerException.invalid("the " + what, "no object", "a JSON object");
      }
      return root;
    } catch (IOException e) {
      throw malformed(what, e);
    }
  }

  private static OpenLedgerException malformed(String what, IOException e) {
    String where =
        e instanceof JsonProcessingException json && json.getLocation() != null
            ? "no JSON at byte " + json.getLocation().getByteOffset()
            : "no JSON within the limits";
    return OpenLedgerException.invalid("the " + what, where, "JSON as it was given out");
  }

  JsonNode root() {
    return root;
  }

  /** SHA-256 of the receipt's bytes. */
  Hash256 receipt() {
    return receipt;
  }

  /** SHA-256 of the bytes of each contribution's commitment; empty of erased ones. */
  List<Optional<Hash256>> commitments() {
    return commitments;
  }
}
