package io.openledger.attribution.proof;

import io.openledger.api.attribution.SpanClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The strings of tokens that a claim speaks of. Stateless. */
final class Strings {

  private Strings() {}

  static int[] span(SpanClaim claim) {
    return joined(OptionalInt.empty(), claim, OptionalInt.empty());
  }

  /** The span with the answer's token before it, when it has one; else nothing is to be absent. */
  static int[] left(SpanClaim claim) {
    return claim.previous().isEmpty()
        ? new int[0]
        : joined(claim.previous(), claim, OptionalInt.empty());
  }

  /** The span with the answer's token behind it, when it has one. */
  static int[] right(SpanClaim claim) {
    return claim.next().isEmpty() ? new int[0] : joined(OptionalInt.empty(), claim, claim.next());
  }

  private static int[] joined(OptionalInt before, SpanClaim claim, OptionalInt after) {
    List<Integer> all = new ArrayList<>();
    before.ifPresent(all::add);
    all.addAll(claim.tokens());
    after.ifPresent(all::add);
    return all.stream().mapToInt(Integer::intValue).toArray();
  }
}
