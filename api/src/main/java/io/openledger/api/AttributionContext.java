package io.openledger.api;

import io.openledger.api.provenance.Receipt;
import java.util.List;
import java.util.Optional;

/**
 * The innermost {@link Attributed} boundary of the current thread, for injection.
 *
 * <p>Outside a boundary it is empty. It belongs to the thread that entered the boundary: work
 * handed to other threads is recorded there only if it enters a boundary of its own.
 */
public interface AttributionContext {

  /** Whether the current thread is inside a boundary. */
  boolean active();

  /** The receipts of the model calls made so far inside the boundary, in call order. */
  List<Receipt> receipts();

  /** The receipt of the latest model call inside the boundary. */
  Optional<Receipt> lastReceipt();
}
