package io.openledger.runtime.rest;

import io.openledger.api.spi.AdapterResidency;
import io.openledger.runtime.AdapterAdministration.Access;
import io.openledger.runtime.AdapterAdministration.Adapter;
import jakarta.json.JsonObjectBuilder;
import java.util.Set;

/** Adapters as JSON. */
final class AdapterJson {

  private AdapterJson() {}

  /** All that is known of an adapter. */
  static JsonObjectBuilder of(Adapter a) {
    AdapterResidency r = a.residency();
    return residency(a)
        .add("origin", a.origin().name())
        .add("owner", r.access().owner())
        .add("granted", Json.texts(r.access().granted().stream().sorted().toList()))
        .add("builder", a.builder())
        .add("rank", r.rank())
        .add("contextLength", r.model().contextLength())
        .add("family", r.model().family());
  }

  /** What a router wants to know. */
  static JsonObjectBuilder residency(Adapter a) {
    AdapterResidency r = a.residency();
    JsonObjectBuilder json =
        Json.object()
            .add("id", r.model().id().value())
            .add("version", r.version())
            .add("digest", r.model().digest().hex())
            .add("tier", r.tier().name())
            .add("pinned", r.pinned())
            .add("running", r.running())
            .add("bytes", r.bytes());
    return Json.optional(json, "parent", r.model().parent());
  }

  /** Who may ask it. */
  static Access access(JsonFields json) {
    if (json.value("granted").isEmpty()) {
      throw json.refuse("granted", "missing", "an array of tenants; an empty one grants nobody");
    }
    return new Access(json.text("owner"), Set.copyOf(json.texts("granted")));
  }
}
