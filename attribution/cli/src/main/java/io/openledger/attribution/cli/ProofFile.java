package io.openledger.attribution.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.datanet.ContributionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;

/**
 * Proofs of a text's spans in a file: JSON of the format {@code openledger-proofs-1}, which the
 * server's REST gives out too. Members that are not known are passed over.
 *
 * @param text SHA-256 of the text in UTF-8
 * @param proofs by span
 */
record ProofFile(Hash256 text, List<ProofFile.Entry> proofs) {

  private static final String FORMAT = "openledger-proofs-1";
  private static final long LARGEST = 64L << 20;

  /**
   * A proof.
   *
   * @param start first character of the span in the text
   * @param end after its last
   * @param root under which it is a proof, as whoever made it says
   * @param claim what it proves
   * @param proof its bytes
   */
  record Entry(int start, int end, Hash256 root, SpanClaim claim, byte[] proof) {}

  JsonObject json(Documents documents) {
    JsonArray array = new JsonArray();
    for (Entry entry : proofs) {
      JsonObject one = new JsonObject();
      one.addProperty("start", entry.start());
      one.addProperty("end", entry.end());
      one.addProperty("document", documents.name(entry.claim().contribution().sequence()));
      one.addProperty("root", entry.root().hex());
      one.add("claim", json(entry.claim()));
      one.addProperty("proof", Base64.getEncoder().encodeToString(entry.proof()));
      array.add(one);
    }
    JsonObject whole = new JsonObject();
    whole.addProperty("format", FORMAT);
    whole.addProperty("text", text.hex());
    whole.add("proofs", array);
    return whole;
  }

  private static JsonObject json(SpanClaim claim) {
    JsonObject json = new JsonObject();
    json.addProperty("tokenizer", claim.tokenizer().hex());
    json.addProperty("contribution", claim.contribution().toString());
    json.addProperty("offset", claim.offset());
    JsonArray tokens = new JsonArray();
    claim.tokens().forEach(tokens::add);
    json.add("tokens", tokens);
    claim.previous().ifPresent(token -> json.addProperty("previous", token));
    claim.next().ifPresent(token -> json.addProperty("next", token));
    return json;
  }

  static ProofFile read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw OpenLedgerException.invalidText("the proofs", file.toString(), "a file that exists");
    }
    if (Files.size(file) > LARGEST) {
      throw OpenLedgerException.invalid(
          "the proofs", Files.size(file) + " bytes", "at most " + LARGEST);
    }
    try {
      JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      if (!json.get("format").getAsString().equals(FORMAT)) {
        throw new IllegalStateException("another format");
      }
      List<Entry> proofs = new ArrayList<>();
      for (JsonElement one : json.getAsJsonArray("proofs")) {
        proofs.add(entry(one.getAsJsonObject()));
      }
      return new ProofFile(Hash256.parse(json.get("text").getAsString()), List.copyOf(proofs));
    } catch (JsonParseException
        | IllegalStateException
        | IllegalArgumentException
        | UnsupportedOperationException
        | ClassCastException
        | NullPointerException e) {
      throw new OpenLedgerException(
          ErrorCode.INVALID_ARGUMENT,
          "the proofs " + file + " cannot be read",
          "a file of the format " + FORMAT,
          "take it as the command prove or the server wrote it",
          e);
    }
  }

  private static Entry entry(JsonObject json) {
    JsonObject claim = json.getAsJsonObject("claim");
    List<Integer> tokens = new ArrayList<>();
    claim.getAsJsonArray("tokens").forEach(token -> tokens.add(token.getAsInt()));
    return new Entry(
        json.get("start").getAsInt(),
        json.get("end").getAsInt(),
        Hash256.parse(json.get("root").getAsString()),
        new SpanClaim(
            Hash256.parse(claim.get("tokenizer").getAsString()),
            ContributionId.parse(claim.get("contribution").getAsString()),
            claim.get("offset").getAsInt(),
            tokens,
            token(claim, "previous"),
            token(claim, "next")),
        Base64.getDecoder().decode(json.get("proof").getAsString()));
  }

  private static OptionalInt token(JsonObject claim, String side) {
    return claim.has(side) ? OptionalInt.of(claim.get(side).getAsInt()) : OptionalInt.empty();
  }
}
