package io.openledger.wildfly.it.app;

import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The sample's clauses, read inside an application from its own resources. */
public final class SampleClauses {

  private SampleClauses() {}

  /** All of them, as drafts with a key each. */
  public static List<ContributionDraft> drafts() {
    try (InputStream in = SampleClauses.class.getResourceAsStream("/clauses.jsonl");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines.lines().map(SampleClauses::draft).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ContributionDraft draft(String line) {
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      JsonObject clause = reader.readObject();
      List<ContributorShare> shares =
          clause.getJsonArray("contributors").getValuesAs(JsonObject.class).stream()
              .map(
                  c ->
                      new ContributorShare(
                          new ContributorId(c.getString("name")),
                          Optional.empty(),
                          c.getInt("share")))
              .toList();
      return ContributionDraft.builder(clause.getString("text"))
          .key(clause.getString("id"))
          .title(clause.getString("title"))
          .licence(clause.getString("license"))
          .contributors(shares)
          .build();
    }
  }
}
