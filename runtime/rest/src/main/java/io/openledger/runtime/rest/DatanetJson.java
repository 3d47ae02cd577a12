package io.openledger.runtime.rest;

import io.openledger.api.datanet.Datanet;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.Visibility;
import jakarta.json.JsonObjectBuilder;

/** Datanets and their snapshots as JSON. */
final class DatanetJson {

  private DatanetJson() {}

  static JsonObjectBuilder of(Datanet d) {
    return Json.object()
        .add("id", d.id().value())
        .add("title", d.title())
        .add("description", d.description())
        .add("visibility", d.visibility().name())
        .add("owner", d.owner().toString())
        .add("createdAt", d.createdAt().toString())
        .add("version", d.version())
        .add("contributions", d.contributions());
  }

  static JsonObjectBuilder of(DatanetSnapshot s) {
    return Json.object()
        .add("datanet", s.datanet().value())
        .add("version", s.version())
        .add("accepted", s.accepted())
        .add("active", s.active())
        .add("root", s.root().hex());
  }

  static DatanetDraft draft(JsonFields json) {
    DatanetDraft draft =
        new DatanetDraft(
            new DatanetId(json.requiredText("id")),
            json.requiredText("title"),
            json.text("description").orElse(""),
            json.text("visibility")
                .map(v -> Parameters.constant("visibility", v, Visibility.class))
                .orElse(Visibility.PERMISSIONED));
    json.requireAllRead();
    return draft;
  }
}
