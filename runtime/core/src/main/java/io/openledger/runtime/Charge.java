package io.openledger.runtime;

import io.openledger.api.model.Answer;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Wei;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Who pays for the answers of one call instead of the caller's own account. */
public interface Charge {

  /** Whose lines the ledger gets. */
  AccountId payer();

  /**
   * Told before anything is generated, once the terms are settled by which the answers are made.
   *
   * @param most that the answers can cost together
   * @throws io.openledger.api.OpenLedgerException if that is not going to be paid: nothing is
   *     generated
   */
  void begin(Wei most);

  /**
   * Notes that the answers are paid, in the transaction that writes their receipts and lines, after
   * those. It may be called again after a rollback, when the database asked for another try.
   *
   * @param answers with their receipts, as they are going to be given
   * @throws io.openledger.api.OpenLedgerException if they are not paid: nothing of the transaction
   *     is kept, and no answer is given
   */
  void record(Connection c, List<Answer> answers) throws SQLException;
}
