package io.openledger.api;

import java.util.List;

/**
 * A slice of a longer, stably ordered list.
 *
 * @param items what the slice holds, at most {@code limit}
 * @param total how many there are in all
 * @param offset the position of the first item, from 0
 * @param limit how many were asked for, 1 to {@value #MAX_LIMIT}
 * @param <T> the type of the items
 */
public record Page<T>(List<T> items, long total, long offset, int limit) {

  /** The largest slice that can be asked for. */
  public static final int MAX_LIMIT = 1000;

  public Page {
    items = List.copyOf(items);
    if (offset < 0) {
      throw OpenLedgerException.invalid("offset", offset, "0 or more");
    }
    if (limit < 1 || limit > MAX_LIMIT) {
      throw OpenLedgerException.invalid("limit", limit, "1 to " + MAX_LIMIT);
    }
    if (items.size() > limit || total < items.size()) {
      throw OpenLedgerException.invalid(
          "page", items.size() + " items of " + total, "at most limit items, at most total");
    }
  }
}
