package io.openledger.api;

import java.util.regex.Pattern;

/** The one form of names that people give to datanets, models, policies and accounts. */
public final class Names {

  /** 1 to 64 of a–z, 0–9, dot, hyphen and underscore, beginning with a letter or digit. */
  public static final String FORM =
      "1 to 64 of a-z, 0-9, '.', '_' and '-', first a letter or digit";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private Names() {}

  /**
   * Returns the name when it has the form.
   *
   * @param what what is being named, for the message
   */
  public static String require(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw OpenLedgerException.invalidText(what, name, FORM);
    }
    return name;
  }
}
