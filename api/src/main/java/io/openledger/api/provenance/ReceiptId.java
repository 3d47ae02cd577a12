package io.openledger.api.provenance;

import io.openledger.api.OpenLedgerException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of a receipt: a random UUID, so that it tells nothing and cannot be guessed.
 *
 * @param value 36 characters; upper case is folded
 */
public record ReceiptId(String value) {

  private static final Pattern FORM =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  public ReceiptId {
    // UUID.fromString alone would take 1-1-1-1-1 too, and make one receipt of two names
    if (!FORM.matcher(value).matches()) {
      throw OpenLedgerException.invalidText("receipt id", value, "a UUID of 36 characters");
    }
    value = value.toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return value;
  }
}
