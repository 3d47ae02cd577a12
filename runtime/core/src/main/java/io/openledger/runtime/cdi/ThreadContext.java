package io.openledger.runtime.cdi;

import io.openledger.api.AttributionContext;
import io.openledger.api.provenance.Receipt;
import io.openledger.runtime.Boundary;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** The innermost boundary of whichever thread asks. Holds nothing. */
final class ThreadContext implements AttributionContext, Serializable {

  private static final long serialVersionUID = 1L;

  @Override
  public boolean active() {
    return Boundary.current().isPresent();
  }

  @Override
  public List<Receipt> receipts() {
    return Boundary.current().map(Boundary::receipts).orElse(List.of());
  }

  @Override
  public Optional<Receipt> lastReceipt() {
    List<Receipt> all = receipts();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }
}
