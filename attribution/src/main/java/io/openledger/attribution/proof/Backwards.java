package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.attribution.proof.Absence.Neighbour;

/** Comparisons of prefixes and strings that are both read backwards. Stateless. */
final class Backwards {

  private Backwards() {}

  /**
   * Whether a prefix is below a string that it does not end with: it begins where they still match,
   * or the token where they differ is smaller.
   */
  static boolean below(Neighbour prefix, int[] string) {
    int there = string[string.length - 1 - prefix.matched()];
    return prefix.difference().isEmpty() || prefix.difference().get().token() < there;
  }

  /** Whether the prefix's match with a string ends where it says: the tokens there differ. */
  static boolean differs(Neighbour prefix, int[] string) {
    return prefix.matched() < string.length
        && (prefix.difference().isEmpty()
            || prefix.difference().get().token() != string[string.length - 1 - prefix.matched()]);
  }

  /** The leaf hash of a prefix whose last tokens are those of a string. */
  static byte[] leaf(Sha256 sha256, Neighbour prefix, int[] string) {
    byte[] chain = PrefixChain.beginning();
    if (prefix.difference().isPresent()) {
      Hash256 rest = prefix.difference().get().rest();
      chain = sha256.link(rest.toBytes(), prefix.difference().get().token());
    }
    for (int i = string.length - prefix.matched(); i < string.length; i++) {
      chain = sha256.link(chain, string[i]);
    }
    return Digests.rank(sha256, prefix.document(), prefix.end(), chain);
  }
}
