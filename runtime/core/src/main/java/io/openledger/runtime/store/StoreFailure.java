package io.openledger.runtime.store;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.sql.SQLException;

/** What a failing database is to callers. */
public final class StoreFailure {

  private StoreFailure() {}

  /**
   * An {@link ErrorCode#LEDGER_UNAVAILABLE} that says what happened, by SQL state, and never what
   * was in the statement. The cause holds the driver's own words for the log.
   *
   * @param doing what was being done
   */
  public static OpenLedgerException of(String doing, SQLException cause) {
    String state = cause.getSQLState() == null ? "" : cause.getSQLState();
    return unavailable(doing + " failed: " + kind(state, cause), remedy(state), cause);
  }

  /** The transaction could not be begun, or not be committed. */
  static OpenLedgerException ofTransaction(String doing, Exception cause) {
    return unavailable(
        doing + " failed: " + cause.getClass().getSimpleName(),
        "look whether the database runs, and call again",
        cause);
  }

  private static OpenLedgerException unavailable(String arrived, String remedy, Exception cause) {
    return new OpenLedgerException(
        ErrorCode.LEDGER_UNAVAILABLE,
        arrived,
        "a database that answers; nothing of this call was kept",
        remedy,
        cause);
  }

  private static String kind(String state, SQLException e) {
    if (locked(state)) {
      return "another transaction holds what is needed (SQL state " + state + ")";
    }
    if (state.startsWith("23")) {
      return "a constraint of the store refused it (SQL state " + state + ")";
    }
    if (state.startsWith("53") || state.equals("HY000") && e.getErrorCode() == 90_031) {
      return "the database is out of resources (SQL state " + state + ")";
    }
    if (state.startsWith("08") || state.startsWith("57") || state.startsWith("90")) {
      return "the connection to the database is gone (SQL state " + state + ")";
    }
    return "the database refused it (SQL state " + (state.isEmpty() ? "unknown" : state) + ")";
  }

  private static String remedy(String state) {
    return locked(state)
        ? "call again; shorten transactions that contribute and then wait"
        : "look whether the database runs and has room, and call again";
  }

  /** Whether another transaction was in the way. */
  static boolean locked(SQLException e) {
    return e.getSQLState() != null && locked(e.getSQLState());
  }

  // 40001 and 40P01: serialisation failure, deadlock; 55P03: lock not available; HYT00: H2's lock
  // timeout
  private static boolean locked(String state) {
    return state.startsWith("40") || state.equals("55P03") || state.equals("HYT00");
  }
}
