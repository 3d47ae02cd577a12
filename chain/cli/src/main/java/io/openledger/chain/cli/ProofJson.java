package io.openledger.chain.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.chain.CumulativeSettlement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A proof as the server's REST gives it: {@code {"epoch", "root", "address", "cumulative",
 * "siblings"}}, the amount as decimal digits in wei. Members that are not known are passed over.
 */
final class ProofJson {

  /** A proof of the greatest depth has about 2000. */
  private static final int MAX_BYTES = 64 * 1024;

  private static final int MAX_SIBLINGS = 64;

  private ProofJson() {}

  /**
   * Reads a proof and follows it to its root.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if it is none, or leads elsewhere
   */
  static EpochProof read(Path file) {
    byte[] content;
    try (InputStream in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw refused(file, "cannot be read: " + e.getClass().getSimpleName(), e);
    }
    if (content.length > MAX_BYTES) {
      throw refused(file, "is longer than " + MAX_BYTES + " bytes", null);
    }
    EpochProof proof;
    try {
      proof = of(mapper().readTree(content));
    } catch (IOException | IllegalArgumentException e) {
      throw refused(file, "is no JSON of a proof", e);
    } catch (OpenLedgerException e) {
      throw refused(file, "is none: " + e.arrived(), e);
    }
    if (!new CumulativeSettlement().verify(proof)) {
      throw refused(file, "does not lead to its root", null);
    }
    return proof;
  }

  private static ObjectMapper mapper() {
    return new ObjectMapper(
            JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                .build())
        .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  private static EpochProof of(JsonNode root) {
    JsonNode epoch = root.path("epoch");
    JsonNode siblings = root.path("siblings");
    if (!epoch.isIntegralNumber()
        || !epoch.canConvertToLong()
        || !siblings.isArray()
        || siblings.size() > MAX_SIBLINGS) {
      throw new IllegalArgumentException("epoch or siblings");
    }
    List<Hash256> hashes = new ArrayList<>();
    siblings.forEach(sibling -> hashes.add(Hash256.parse(sibling.asText())));
    return new EpochProof(
        epoch.asLong(),
        Hash256.parse(text(root, "root")),
        new ChainAddress(text(root, "address")),
        Wei.parse(text(root, "cumulative")),
        hashes);
  }

  private static String text(JsonNode root, String member) {
    JsonNode value = root.path(member);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(member);
    }
    return value.asText();
  }

  private static OpenLedgerException refused(
      Path file, String why, @org.jspecify.annotations.Nullable Exception cause) {
    return new OpenLedgerException(
        ErrorCode.INVALID_ARGUMENT,
        "the proof " + file + " " + why,
        "a proof as the server gives it, of at most " + MAX_SIBLINGS + " siblings",
        "ask the server for it again",
        cause);
  }
}
