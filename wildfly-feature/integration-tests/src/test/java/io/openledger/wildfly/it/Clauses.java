package io.openledger.wildfly.it;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The sample's clauses, as REST takes contributions. */
final class Clauses {

  private Clauses() {}

  /** The first so many. */
  static List<JsonObject> drafts(int count) throws IOException {
    return Files.readAllLines(Path.of(System.getProperty("openledger.clauses"))).stream()
        .limit(count)
        .map(line -> draft(JsonParser.parseString(line).getAsJsonObject()))
        .toList();
  }

  private static JsonObject draft(JsonObject clause) {
    JsonObject draft = new JsonObject();
    draft.add("key", clause.get("id"));
    draft.add("title", clause.get("title"));
    draft.add("text", clause.get("text"));
    draft.add("licence", clause.get("license"));
    JsonArray contributors = new JsonArray();
    for (var c : clause.getAsJsonArray("contributors")) {
      JsonObject share = new JsonObject();
      share.add("contributor", c.getAsJsonObject().get("name"));
      share.add("address", c.getAsJsonObject().get("address"));
      share.add("basisPoints", c.getAsJsonObject().get("share"));
      contributors.add(share);
    }
    draft.add("contributors", contributors);
    return draft;
  }
}
