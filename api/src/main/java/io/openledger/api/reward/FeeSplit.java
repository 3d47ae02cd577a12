package io.openledger.api.reward;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How a fee is split over the roles, in basis points that add up to 10 000.
 *
 * @param basisPoints every role, 0 to 10 000
 */
public record FeeSplit(Map<FeeRole, Integer> basisPoints) {

  public FeeSplit {
    EnumMap<FeeRole, Integer> copy = new EnumMap<>(FeeRole.class);
    int sum = 0;
    for (FeeRole role : FeeRole.values()) {
      int part = basisPoints.getOrDefault(role, 0);
      if (part < 0 || part > 10_000) {
        throw invalid("the part of " + role + " is " + part);
      }
      copy.put(role, part);
      sum += part;
    }
    if (sum != 10_000) {
      throw invalid("the parts add up to " + sum);
    }
    basisPoints = Collections.unmodifiableMap(copy);
  }

  private static OpenLedgerException invalid(String arrived) {
    return new OpenLedgerException(
        ErrorCode.INVALID_ARGUMENT,
        arrived + " basis points",
        "each 0 to 10000, together exactly 10000",
        "correct the fee split of the policy");
  }

  /** The part of a role. */
  public int of(FeeRole role) {
    return basisPoints.getOrDefault(role, 0);
  }

  /** 70 % contributors, 10 % builder, 5 % base model, 10 % operator, 5 % treasury. */
  public static FeeSplit standard() {
    return new FeeSplit(
        Map.of(
            FeeRole.CONTRIBUTORS, 7000,
            FeeRole.ADAPTER_BUILDER, 1000,
            FeeRole.BASE_MODEL_PUBLISHER, 500,
            FeeRole.NODE_OPERATOR, 1000,
            FeeRole.TREASURY, 500,
            FeeRole.STAKERS, 0));
  }
}
