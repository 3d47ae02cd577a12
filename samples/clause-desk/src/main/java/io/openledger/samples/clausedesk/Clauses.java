package io.openledger.samples.clausedesk;

import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.reward.ChainAddress;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The clauses that the desk begins with, as they lie in {@code clauses.jsonl}: one a line. */
final class Clauses {

  private Clauses() {}

  /** Reads the clauses of the application's own file, in its order: the earliest comes first. */
  static List<ContributionDraft> read() {
    try (InputStream in = Clauses.class.getResourceAsStream("/clauses.jsonl")) {
      if (in == null) {
        throw new IllegalStateException("the application was packed without clauses.jsonl");
      }
      List<ContributionDraft> drafts = new ArrayList<>();
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        drafts.add(clause(line));
      }
      return List.copyOf(drafts);
    } catch (IOException e) {
      throw new IllegalStateException("clauses.jsonl cannot be read", e);
    }
  }

  private static ContributionDraft clause(String line) {
    try (JsonReader reader = Json.createReader(new StringReader(line))) {
      JsonObject row = reader.readObject();
      return ContributionDraft.builder(row.getString("text"))
          // the row's id is the key: contributing again after a restart changes nothing
          .key(row.getString("id"))
          .title(row.getString("title"))
          .contributors(
              row.getJsonArray("contributors").getValuesAs(JsonObject.class).stream()
                  .map(Clauses::share)
                  .toList())
          .licence(row.getString("license"))
          .source(row.getString("source"))
          .language(row.getString("language"))
          .date(LocalDate.parse(row.getString("date")))
          .build();
    }
  }

  private static ContributorShare share(JsonObject contributor) {
    return new ContributorShare(
        new ContributorId(contributor.getString("name")),
        Optional.of(new ChainAddress(contributor.getString("address"))),
        contributor.getInt("share"));
  }
}
