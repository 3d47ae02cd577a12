package io.openledger.runtime.provenance;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.provenance.SpanProof;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.datanet.Commitment;
import io.openledger.runtime.datanet.ContributionRows;
import io.openledger.runtime.store.Store;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Receipts and reports as one caller has them: the payer's own, and all of them for compliance and
 * admins. What one may not see is unknown. A report names the contributions that the answer was
 * attributed to with their titles, licences and contributors, also those of datanets that the
 * caller may not read: who owes must know for what. It never holds their text.
 */
public final class CallerReports implements ProvenanceReports {

  private final Store store;
  private final SpanProofs proofs;
  private final Caller caller;

  public CallerReports(Store store, SpanProofs proofs, Caller caller) {
    this.store = store;
    this.proofs = proofs;
    this.caller = caller;
  }

  @Override
  public Optional<Receipt> receipt(ReceiptId receipt) {
    return store.join("finding a receipt", c -> visible(c, receipt).map(s -> s.receipt()));
  }

  private Optional<ReceiptStore.Stored> visible(Connection c, ReceiptId id) throws SQLException {
    return ReceiptStore.find(c, id)
        .filter(
            s ->
                caller.is(Role.COMPLIANCE)
                    || s.receipt().body().payer().equals(caller.grantee().toString()));
  }

  @Override
  public byte[] export(ReceiptId receipt, ReportFormat format) {
    ReportData data = store.join("exporting a report", c -> data(c, receipt));
    String report =
        switch (format) {
          case JSON -> JsonReport.write(data);
          case CSV -> CsvReport.write(data);
          case HTML -> HtmlReport.write(data);
        };
    return report.getBytes(StandardCharsets.UTF_8);
  }

  private ReceiptStore.Stored require(Connection c, ReceiptId id) throws SQLException {
    return visible(c, id)
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.RECEIPT_UNKNOWN,
                    "no receipt " + id + " that this caller may see",
                    "a receipt of the caller's own answers, or any for compliance",
                    "check the id, or ask with the role " + Role.COMPLIANCE.label()));
  }

  @Override
  public List<SpanProof> proofs(ReceiptId receipt) {
    ReceiptStore.Stored stored = store.join("proving a receipt", c -> require(c, receipt));
    return proofs.of(
        caller,
        stored.receipt(),
        stored
            .answer()
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.PROOF_IMPOSSIBLE,
                        "receipt " + receipt + ", whose answer's text was not kept",
                        "the text that the receipt's answerHash is the SHA-256 of",
                        "give the text with the question")));
  }

  @Override
  public List<SpanProof> proofs(ReceiptId receipt, String answer) {
    ReceiptStore.Stored stored = store.join("proving a receipt", c -> require(c, receipt));
    Hash256 given = Hash256.sha256(answer);
    if (!given.equals(stored.receipt().body().answerHash())) {
      throw OpenLedgerException.invalid(
          "the answer's SHA-256", given, stored.receipt().body().answerHash() + ", the receipt's");
    }
    return proofs.of(caller, stored.receipt(), answer);
  }

  private ReportData data(Connection c, ReceiptId id) throws SQLException {
    ReceiptStore.Stored stored = require(c, id);
    SortedSet<ContributionId> named = ReportData.named(stored.receipt());
    SortedMap<ContributionId, Contribution> contributions = new TreeMap<>();
    SortedMap<ContributionId, Hash256> leaves = new TreeMap<>();
    SortedMap<ContributionId, JsonObject> commitments = new TreeMap<>();
    for (ContributionId contribution : named) {
      for (Contribution found :
          ContributionRows.findAll(c, contribution.datanet(), List.of(contribution.sequence()))) {
        contributions.put(contribution, found);
        ContributionRows.Committed committed = ContributionRows.committed(c, contribution);
        leaves.put(contribution, committed.leaf());
        if (found.status() != Contribution.Status.ERASED) {
          commitments.put(contribution, Commitment.document(found, committed.salt()));
        }
      }
    }
    return new ReportData(stored.receipt(), stored.answer(), contributions, leaves, commitments);
  }
}
