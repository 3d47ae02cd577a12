package io.openledger.runtime.rest;

import io.openledger.api.model.ModelId;
import io.openledger.runtime.AdapterAdministration;
import io.openledger.runtime.AdapterAdministration.Adapter;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of the adapters, by name: {@code {items, next}}. {@code next} is there when more follow,
 * and is what to send as {@code after} to have them.
 */
final class AdapterPage {

  /** How many there are when nothing is said, and at most. */
  static final int MOST = 1000;

  private AdapterPage() {}

  static JsonObjectBuilder of(
      AdapterAdministration adapters,
      @Nullable String limit,
      @Nullable String after,
      Function<Adapter, JsonObjectBuilder> mapper) {
    int most = limit == null ? MOST : (int) Parameters.whole("limit", limit, 1, MOST);
    Optional<ModelId> name = Parameters.optional(after).map(ModelId::new);
    List<Adapter> found = adapters.list(name, most + 1);
    List<Adapter> shown = found.subList(0, Math.min(most, found.size()));
    JsonObjectBuilder json = Json.object().add("items", Json.array(shown, mapper));
    if (found.size() > most) {
      json.add("next", shown.get(most - 1).residency().model().id().value());
    }
    return json;
  }
}
