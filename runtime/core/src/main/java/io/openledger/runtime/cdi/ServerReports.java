package io.openledger.runtime.cdi;

import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.provenance.SpanProof;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** The injected reports: looked up on the server at each call. */
final class ServerReports implements ProvenanceReports, Serializable {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a client proxy
  private final Application application;

  ServerReports(Application application) {
    this.application = application;
  }

  private ProvenanceReports now() {
    return application.server().reports(application.caller());
  }

  @Override
  public Optional<Receipt> receipt(ReceiptId receipt) {
    return now().receipt(receipt);
  }

  @Override
  public byte[] export(ReceiptId receipt, ReportFormat format) {
    return now().export(receipt, format);
  }

  @Override
  public List<SpanProof> proofs(ReceiptId receipt) {
    return now().proofs(receipt);
  }

  @Override
  public List<SpanProof> proofs(ReceiptId receipt, String answer) {
    return now().proofs(receipt, answer);
  }
}
