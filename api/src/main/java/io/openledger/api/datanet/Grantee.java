package io.openledger.api.datanet;

import io.openledger.api.OpenLedgerException;

/**
 * Who holds a right: an application on the server, a user of REST, or everyone with a role.
 *
 * @param kind which of them
 * @param name the deployment's name without its suffix, the user's name, or the role; 1 to 180
 *     characters, none of them control characters
 */
public record Grantee(Kind kind, String name) {

  /** The kinds of grantees. */
  public enum Kind {
    /** A deployed application, by its name without {@code .war} or {@code .ear}. */
    APPLICATION,
    /** An authenticated user. */
    USER,
    /** Every user with the role. */
    ROLE
  }

  public Grantee {
    // with its kind before it, it is the name of a payer's account, which has 200 characters at
    // most
    if (name.isBlank() || name.length() > 180 || name.chars().anyMatch(Character::isISOControl)) {
      throw OpenLedgerException.invalid(
          "grantee",
          name.length() + " characters",
          "a name of 1 to 180 characters, none of them control characters");
    }
  }

  /** An application by its name. */
  public static Grantee application(String name) {
    return new Grantee(Kind.APPLICATION, name);
  }

  /** A user by name. */
  public static Grantee user(String name) {
    return new Grantee(Kind.USER, name);
  }

  /** Everyone with the role. */
  public static Grantee role(String name) {
    return new Grantee(Kind.ROLE, name);
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(java.util.Locale.ROOT) + ":" + name;
  }
}
