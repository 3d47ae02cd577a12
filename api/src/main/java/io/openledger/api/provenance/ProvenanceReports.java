package io.openledger.api.provenance;

import java.util.Optional;

/** Receipts, and reports of them. For injection; safe for any thread. */
public interface ProvenanceReports {

  /**
   * The receipt, if it exists and the caller may see it: the application or user that asked for the
   * answer may, and so may compliance.
   */
  Optional<Receipt> receipt(ReceiptId receipt);

  /**
   * The provenance report of one answer: the receipt, the contributions that it names with their
   * licences, contributors and hashes, the credits and the chain link.
   *
   * @return UTF-8
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#RECEIPT_UNKNOWN}
   */
  byte[] export(ReceiptId receipt, ReportFormat format);
}
