package io.openledger.runtime;

import io.openledger.api.AttributionMode;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.model.ModelId;
import io.openledger.api.provenance.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an {@code @Attributed} boundary declares, and the receipts made inside it. Bound to the
 * thread that entered it; boundaries nest.
 */
public final class Boundary implements AutoCloseable {

  // The one thread-bound state of the system: an interceptor has no other way to reach the model
  // calls of
  // the method that it surrounds. It is removed in close(), which the interceptor calls in every
  // case.
  private static final ThreadLocal<Boundary> CURRENT = new ThreadLocal<>();

  private final Optional<ModelId> model;
  private final Set<DatanetId> datanets;
  private final Optional<String> policy;
  private final AttributionMode mode;
  private final Optional<Charge> charge;
  private final @Nullable Boundary outer;
  private final List<Receipt> receipts = new ArrayList<>();

  private Boundary(
      Optional<ModelId> model,
      Set<DatanetId> datanets,
      Optional<String> policy,
      AttributionMode mode,
      Optional<Charge> charge,
      @Nullable Boundary outer) {
    this.model = model;
    this.datanets = Set.copyOf(datanets);
    this.policy = policy;
    this.mode = mode;
    this.charge = charge;
    this.outer = outer;
  }

  /** Enters a boundary on the current thread. */
  public static Boundary enter(
      Optional<ModelId> model,
      Set<DatanetId> datanets,
      Optional<String> policy,
      AttributionMode mode) {
    return enter(model, datanets, policy, mode, Optional.empty());
  }

  /**
   * Enters a boundary on the current thread.
   *
   * @param charge who pays for the answers asked for right in this boundary; empty: the caller
   */
  public static Boundary enter(
      Optional<ModelId> model,
      Set<DatanetId> datanets,
      Optional<String> policy,
      AttributionMode mode,
      Optional<Charge> charge) {
    Boundary entered = new Boundary(model, datanets, policy, mode, charge, CURRENT.get());
    CURRENT.set(entered);
    return entered;
  }

  /** The innermost boundary of the current thread. */
  public static Optional<Boundary> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** The model that an unqualified injection means. */
  public Optional<ModelId> model() {
    return model;
  }

  /** The datanets that may be credited; empty: all that the caller may use. */
  public Set<DatanetId> datanets() {
    return datanets;
  }

  /** The policy by name. */
  public Optional<String> policy() {
    return policy;
  }

  /** What happens to an answer that cannot be attributed. */
  public AttributionMode mode() {
    return mode;
  }

  /** Who pays instead of the caller. */
  public Optional<Charge> charge() {
    return charge;
  }

  /** Records a receipt here and in every boundary around this one. */
  public void record(Receipt receipt) {
    for (Boundary b = this; b != null; b = b.outer) {
      b.receipts.add(receipt);
    }
  }

  /** The receipts so far, in call order. */
  public List<Receipt> receipts() {
    return List.copyOf(receipts);
  }

  /** Leaves the boundary. */
  @Override
  public void close() {
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }
}
