package io.openledger.api.reward;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributorId;
import java.util.Locale;

/**
 * An account of the ledger. Printed {@code kind:name}.
 *
 * @param kind what kind of party
 * @param name of the party, 1 to 200 characters without control characters
 */
public record AccountId(Kind kind, String name) implements Comparable<AccountId> {

  /** The kinds of accounts. */
  public enum Kind {
    /** An application or user that pays for answers; its balance is what it owes. */
    PAYER,
    /** A contributor. */
    CONTRIBUTOR,
    /** The builder of an adapter, the publisher of a base model or the operator of a node. */
    PARTY,
    /** The treasury and the stakers' pool. */
    PROTOCOL
  }

  public AccountId {
    if (name.isBlank() || name.length() > 200 || name.chars().anyMatch(Character::isISOControl)) {
      throw OpenLedgerException.invalid(
          "account name",
          name.length() + " characters",
          "1 to 200 characters, none of them control characters");
    }
  }

  /** The account of a contributor. */
  public static AccountId contributor(ContributorId contributor) {
    return new AccountId(Kind.CONTRIBUTOR, contributor.value());
  }

  /** Parses {@code kind:name}. */
  public static AccountId parse(String text) {
    int colon = text.indexOf(':');
    for (Kind kind : Kind.values()) {
      if (colon > 0 && kind.name().toLowerCase(Locale.ROOT).equals(text.substring(0, colon))) {
        return new AccountId(kind, text.substring(colon + 1));
      }
    }
    throw OpenLedgerException.invalidText(
        "account", text, "payer:, contributor:, party: or protocol: and a name");
  }

  @Override
  public int compareTo(AccountId other) {
    int byKind = kind.compareTo(other.kind);
    return byKind != 0 ? byKind : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + ":" + name;
  }
}
