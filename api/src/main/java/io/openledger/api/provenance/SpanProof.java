package io.openledger.api.provenance;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.DatanetId;

/**
 * A proof of a receipt's span, which anyone can check who holds nothing but the root: the
 * attribution engine's command line does ({@code check}), and so does its library.
 *
 * <p>It is of one datanet, the one whose contribution the claim names: of the other datanets that
 * the answer was put to it says nothing.
 *
 * @param span as the receipt has it. One that was cut at whole words may have two proofs: of its
 *     own tokens in the contribution, and of the maximal stretch around it
 * @param datanet whose contributions the root commits to
 * @param version of the datanet in which the answer was put to it
 * @param root of the datanet's contributions at that version
 * @param claim what is proved
 * @param proof its bytes in Base64 (RFC 4648 §4); typically 3 KiB, at most 11
 */
public record SpanProof(
    SpanMatch span, DatanetId datanet, long version, Hash256 root, SpanClaim claim, String proof) {

  public SpanProof {
    if (version < 1) {
      throw OpenLedgerException.invalid("the datanet's version", version, "1 or more");
    }
    if (!claim.contribution().datanet().equals(datanet)) {
      throw OpenLedgerException.invalid(
          "the claim's contribution", claim.contribution(), "one of datanet " + datanet);
    }
  }
}
