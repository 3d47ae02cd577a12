package io.openledger.chain.connector.contracts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.merkle.Keccak256;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What the build made of a contract's source; {@code chain/contracts/README.md} describes the file.
 * The file is this project's own, out of its own jar: it is read with less suspicion than files
 * from outside.
 *
 * @param name whose
 * @param abi the interface, as the compiler wrote it
 * @param bytecode creation code, without the constructor's arguments
 * @param deployedBytes how many bytes lie at the contract's address
 * @param codeHash of these, with zeros where the constructor writes immutables
 * @param immutables where it writes
 */
record Artifact(
    ContractName name,
    JsonNode abi,
    byte[] bytecode,
    int deployedBytes,
    Hash256 codeHash,
    List<Place> immutables) {

  private static final String FOLDER = "/io/openledger/chain/contracts/";
  private static final int FORMAT = 1;

  /** Bytes of the code. */
  record Place(int start, int length) {}

  static Artifact load(ContractName name) {
    String file = FOLDER + name.contract() + ".json";
    try (InputStream in = Artifact.class.getResourceAsStream(file)) {
      if (in == null) {
        throw unusable(name, "is not in the jar", null);
      }
      JsonNode root = new ObjectMapper().readTree(in);
      if (root.path("format").asInt() != FORMAT) {
        throw unusable(name, "is of format " + root.path("format").asText("?"), null);
      }
      List<Place> immutables = new ArrayList<>();
      for (JsonNode place : root.path("immutables")) {
        immutables.add(new Place(place.path("start").asInt(), place.path("length").asInt()));
      }
      return new Artifact(
          name,
          root.path("abi"),
          bytes(root.path("bytecode").asText()),
          bytes(root.path("deployedBytecode").asText()).length,
          Hash256.parse(root.path("deployedCodeHash").asText()),
          List.copyOf(immutables));
    } catch (IOException | IllegalArgumentException e) {
      throw unusable(name, "cannot be read", e);
    }
  }

  /** The hash of code as it lies on the chain, with zeros where immutables are. */
  Hash256 hashOf(byte[] code) {
    byte[] zeroed = code.clone();
    for (Place place : immutables) {
      for (int i = place.start(); i < place.start() + place.length() && i < zeroed.length; i++) {
        zeroed[i] = 0;
      }
    }
    return Hash256.of(Keccak256.hash(zeroed));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex, 2, hex.length());
  }

  private static OpenLedgerException unusable(
      ContractName name, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new OpenLedgerException(
        ErrorCode.CONFIGURATION_INVALID,
        "the compiled contract " + name + " " + why,
        "contracts of format " + FORMAT + " in the jar of openledger-chain",
        "take a jar that was built where Node 20 or newer is installed",
        cause);
  }
}
