package io.openledger.api.datanet;

import io.openledger.api.OpenLedgerException;

/**
 * What is said to create a datanet. The application (or user) that creates it owns it.
 *
 * @param id its name
 * @param title for people, 1 to 200 characters
 * @param description for people, at most 4000 characters
 * @param visibility who may use it without a grant
 */
public record DatanetDraft(DatanetId id, String title, String description, Visibility visibility) {

  public DatanetDraft {
    if (title.isBlank() || title.length() > 200) {
      throw OpenLedgerException.invalid(
          "datanet title", title.length() + " characters", "1 to 200 characters");
    }
    if (description.length() > 4000) {
      throw OpenLedgerException.invalid(
          "datanet description", description.length() + " characters", "at most 4000");
    }
  }
}
