package io.openledger.api.provenance;

import java.util.List;
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

  /**
   * Proofs of the receipt's spans, for who trusts this server with nothing but the roots that it
   * has published: each span stands in the first contribution that is listed of it, and no
   * contribution of that datanet has it longer within the answer.
   *
   * <p>The first proof of a datanet's version commits to all its contributions, on the caller's
   * thread: some seconds for each million tokens. The root is recorded then and cannot change; what
   * proofs need is kept for the next ones as far as {@code openledger.limits.proof-tokens} allows.
   * Better not inside a transaction.
   *
   * <p>A proof shows up to 62 tokens of the contribution around the span. So it needs the right to
   * read the datanet, or compliance.
   *
   * @return by span; a span of more than {@value
   *     io.openledger.api.attribution.SpanClaim#MOST_TOKENS} tokens has none
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#RECEIPT_UNKNOWN}, {@link
   *     io.openledger.api.ErrorCode#FORBIDDEN}, {@link
   *     io.openledger.api.ErrorCode#PROOF_IMPOSSIBLE} when the answer's text was not kept, or a
   *     contribution of that version was retracted since, {@link
   *     io.openledger.api.ErrorCode#CORPUS_TOO_LARGE}, {@link io.openledger.api.ErrorCode#BUSY}
   *     while another version is committed to, {@link io.openledger.api.ErrorCode#CORPUS_CHANGED}
   */
  List<SpanProof> proofs(ReceiptId receipt);

  /**
   * {@link #proofs(ReceiptId)} of an answer whose text the server did not keep.
   *
   * @param answer the text that the receipt's {@code answerHash} is the SHA-256 of
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} for another text, and as there
   */
  List<SpanProof> proofs(ReceiptId receipt, String answer);
}
