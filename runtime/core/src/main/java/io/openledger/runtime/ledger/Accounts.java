package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Accounts and their addresses. The first address that is given for an account stays: otherwise
 * whoever may contribute could name somebody else's account with an address of his own and have
 * that person's rewards.
 */
public final class Accounts {

  private Accounts() {}

  /** The address of an account; empty when it has none or is not known. */
  static Optional<ChainAddress> address(Connection c, AccountId id) throws SQLException {
    return Sql.first(
            c,
            "SELECT address FROM ol_accounts WHERE account_kind = ? AND account_name = ?",
            row -> Sql.text(row, "address"),
            id.kind(),
            id.name())
        .orElse(Optional.empty())
        .map(ChainAddress::new);
  }

  /**
   * Makes the contributors known, and gives each the address that its account has.
   *
   * @throws OpenLedgerException {@link ErrorCode#INVALID_ARGUMENT} when another address is known
   */
  public static List<ContributorShare> adopt(Connection c, List<ContributorShare> shares)
      throws SQLException {
    // all are checked before the first is written: what is refused has changed nothing
    for (ContributorShare share : shares) {
      conflict(c, AccountId.contributor(share.contributor()), share.address())
          .ifPresent(
              known -> {
                throw OpenLedgerException.invalid(
                    "the address of contributor " + share.contributor(),
                    share.address().map(ChainAddress::value).orElse("none"),
                    "the address " + known + ", which is known for this contributor, or none");
              });
    }
    List<ContributorShare> adopted = new ArrayList<>();
    for (ContributorShare share : shares) {
      Optional<ChainAddress> address =
          adopt(c, AccountId.contributor(share.contributor()), share.address());
      adopted.add(new ContributorShare(share.contributor(), address, share.basisPoints()));
    }
    return adopted;
  }

  /** The known address, when it is another one than the given. */
  static Optional<ChainAddress> conflict(Connection c, AccountId id, Optional<ChainAddress> given)
      throws SQLException {
    Optional<ChainAddress> known = address(c, id);
    return given.isPresent() && known.isPresent() && !known.equals(given)
        ? known
        : Optional.empty();
  }

  /** Makes an account known, with its address if it has none yet; returns the address it has. */
  static Optional<ChainAddress> adopt(Connection c, AccountId id, Optional<ChainAddress> given)
      throws SQLException {
    Optional<Optional<ChainAddress>> known = find(c, id);
    if (known.isEmpty() || (known.get().isEmpty() && given.isPresent())) {
      // only who is new waits here, so that two who bring the same contributor do not collide
      Sql.lock(c, "accounts");
      known = find(c, id);
    }
    if (known.isEmpty()) {
      Sql.update(
          c,
          "INSERT INTO ol_accounts (account_kind, account_name, address) VALUES (?, ?, ?)",
          id.kind(),
          id.name(),
          given.map(ChainAddress::value));
      return given;
    }
    if (known.get().isEmpty() && given.isPresent()) {
      Sql.update(
          c,
          "UPDATE ol_accounts SET address = ? WHERE account_kind = ? AND account_name = ?",
          given.get().value(),
          id.kind(),
          id.name());
      return given;
    }
    return known.get();
  }

  private static Optional<Optional<ChainAddress>> find(Connection c, AccountId id)
      throws SQLException {
    return Sql.first(
        c,
        "SELECT address FROM ol_accounts WHERE account_kind = ? AND account_name = ?",
        row -> Sql.text(row, "address").map(ChainAddress::new),
        id.kind(),
        id.name());
  }
}
