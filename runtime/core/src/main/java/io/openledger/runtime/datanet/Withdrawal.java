package io.openledger.runtime.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.Contribution.Status;
import io.openledger.api.datanet.ContributionId;
import io.openledger.runtime.Caller;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** Retracts or erases one contribution, in the transaction of a connection. */
final class Withdrawal {

  private final Connection c;
  private final DatanetService service;
  private final Caller caller;
  private final ContributionId id;

  Withdrawal(Connection c, DatanetService service, Caller caller, ContributionId id) {
    this.c = c;
    this.service = service;
    this.caller = caller;
    this.id = id;
  }

  Contribution retract(String reason) throws SQLException {
    DatanetRow row = lock();
    if (find().status() != Status.ACTIVE) {
      throw new OpenLedgerException(
          ErrorCode.CONTRIBUTION_RETRACTED,
          "contribution " + id + " was retracted before",
          "an active contribution",
          "nothing is to be done");
    }
    retract(row, reason);
    return find();
  }

  Contribution erase(String reason) throws SQLException {
    DatanetRow row = lock();
    Contribution before = find();
    if (before.status() == Status.ERASED) {
      return before;
    }
    if (before.status() == Status.ACTIVE) {
      // the journal has a version for the retraction and none for the erasure: that changes neither
      // what is found nor the tree
      retract(row, "");
    }
    // The leaf stays, and without its salt it is a hash that no text can be tried on. The former
    // hash could be, the former reason may quote.
    Sql.update(
        c,
        "UPDATE ol_contributions SET content = '', title = ?, sha256 = ?, salt = '', source = NULL,"
            + " language = NULL, made_on = NULL, retraction_reason = NULL"
            + " WHERE datanet = ? AND sequence_number = ?",
        Contribution.ERASED_TITLE,
        Hash256.ZERO,
        id.datanet().value(),
        id.sequence());
    Sql.update(
        c,
        "INSERT INTO ol_erasures (datanet, sequence_number, reason, erased_by, erased_at)"
            + " VALUES (?, ?, ?, ?, ?)",
        id.datanet().value(),
        id.sequence(),
        reason,
        caller.grantee().toString(),
        service.now());
    service.eraseAfterCommit(id.datanet());
    return find();
  }

  private DatanetRow lock() throws SQLException {
    return DatanetRows.lock(c, id.datanet()).orElseThrow(() -> Access.unknown(id.datanet()));
  }

  private Contribution find() throws SQLException {
    return ContributionRows.find(c, id)
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.CONTRIBUTION_UNKNOWN,
                    "no contribution " + id,
                    "the id of an accepted contribution",
                    "find the contribution first"));
  }

  private void retract(DatanetRow row, String reason) throws SQLException {
    Instant now = service.now();
    Sql.update(
        c,
        "UPDATE ol_contributions SET status = 'RETRACTED', active_sha256 = NULL, retracted_at = ?,"
            + " retraction_reason = ? WHERE datanet = ? AND sequence_number = ?",
        now,
        reason,
        id.datanet().value(),
        id.sequence());
    DatanetRow next =
        new DatanetRow(
            Acceptance.changed(row.datanet(), -1), row.uid(), row.frontier(), row.root());
    DatanetRows.advance(c, next, "RETRACT", id.sequence(), caller, now);
    service.followAfterCommit(next);
    service.forgetAfterCommit(id.datanet());
  }
}
