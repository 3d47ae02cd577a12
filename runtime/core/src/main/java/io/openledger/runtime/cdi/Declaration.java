package io.openledger.runtime.cdi;

import io.openledger.api.Attributed;
import io.openledger.api.AttributionMode;
import io.openledger.api.Names;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.model.ModelId;
import io.openledger.runtime.Boundary;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an {@link Attributed} annotation says, read and checked.
 *
 * @param model the model that an unqualified injection means
 * @param datanets which datanets may be credited; empty: all that the caller may use
 * @param policy the policy by name
 * @param mode what happens to an answer that cannot be attributed
 */
public record Declaration(
    Optional<ModelId> model,
    Set<DatanetId> datanets,
    Optional<String> policy,
    AttributionMode mode) {

  public Declaration {
    datanets = Set.copyOf(datanets);
    policy.ifPresent(name -> Names.require("policy", name));
  }

  /**
   * Reads an annotation.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} for a value that has not the form of a name
   */
  static Declaration of(Attributed annotation) {
    return new Declaration(
        named(annotation.model()).map(ModelId::new),
        Arrays.stream(annotation.datanets()).map(DatanetId::new).collect(Collectors.toSet()),
        named(annotation.policy()),
        annotation.mode());
  }

  private static Optional<String> named(String value) {
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }

  /** Enters the boundary on the current thread. */
  Boundary enter() {
    return Boundary.enter(model, datanets, policy, mode);
  }
}
