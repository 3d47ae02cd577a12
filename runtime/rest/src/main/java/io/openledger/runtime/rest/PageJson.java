package io.openledger.runtime.rest;

import io.openledger.api.Page;
import jakarta.json.JsonObjectBuilder;
import java.util.function.Function;

/** A page: {@code {items, total, offset, limit}}. */
final class PageJson {

  private PageJson() {}

  static <T> JsonObjectBuilder of(Page<T> page, Function<T, JsonObjectBuilder> mapper) {
    return Json.object()
        .add("items", Json.array(page.items(), mapper))
        .add("total", page.total())
        .add("offset", page.offset())
        .add("limit", page.limit());
  }
}
