package io.openledger.runtime.rest;

import io.openledger.api.AttributionMode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Names;
import io.openledger.api.datanet.DatanetId;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.Charge;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a request says about its attribution, in the member {@code attribution}: what an
 * {@code @Attributed} boundary declares, said by a client.
 *
 * @param datanets which may be credited; empty: all that the user may use
 * @param policy by name
 * @param mode what happens to an answer that cannot be attributed
 */
record BoundaryRequest(Set<DatanetId> datanets, Optional<String> policy, AttributionMode mode) {

  /** What holds when nothing is said. */
  static final BoundaryRequest NONE =
      new BoundaryRequest(Set.of(), Optional.empty(), AttributionMode.REQUIRED);

  BoundaryRequest {
    datanets = Set.copyOf(datanets);
    policy.ifPresent(name -> Names.require("policy", name));
  }

  static BoundaryRequest read(Optional<JsonFields> json) {
    return json.map(BoundaryRequest::read).orElse(NONE);
  }

  private static BoundaryRequest read(JsonFields json) {
    BoundaryRequest request =
        new BoundaryRequest(
            json.texts("datanets").stream().map(DatanetId::new).collect(Collectors.toSet()),
            json.text("policy"),
            json.text("mode")
                .map(m -> Parameters.constant("attribution.mode", m, AttributionMode.class))
                .orElse(AttributionMode.REQUIRED));
    json.requireAllRead();
    return request;
  }

  /**
   * Refuses what whoever pays without credentials may not choose. Another policy would have another
   * price or split; naming datanets would leave the others' contributors without their part; and
   * with BEST_EFFORT an answer that shows nobody's part is free. What is offered is an answer under
   * the server's policy, for which everybody is credited whose data shaped it.
   */
  void requireOffered() {
    if (!equals(NONE)) {
      throw new RequestException(
          ErrorCode.FORBIDDEN,
          "attribution",
          "terms of attribution in a request that is paid without credentials",
          "requests without the member attribution",
          "leave attribution out, or ask with credentials below /v1");
    }
  }

  Boundary enter() {
    return Boundary.enter(Optional.empty(), datanets, policy, mode);
  }

  /** Enters it for a call that somebody pays for. */
  Boundary enter(Charge charge) {
    return Boundary.enter(Optional.empty(), datanets, policy, mode, Optional.of(charge));
  }
}
