package io.openledger.api.reward;

import io.openledger.api.Hash256;
import io.openledger.api.Names;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanThresholds;

/**
 * The rules of an answer: what it costs, how that is split, and what counts as evidence. Versioned:
 * a receipt names the version and hash under which it was made.
 *
 * @param name its name
 * @param version from 1, raised by every change
 * @param feePerAnswer charged once for each answer
 * @param feePerToken charged for each generated token
 * @param feeSplit how the fee is split over the roles
 * @param thresholds what counts as span evidence
 * @param nearDuplicateBasisPoints a contribution of which at least this part repeats one earlier
 *     contribution is credited to that one; 1 to 10 000
 */
public record Policy(
    String name,
    int version,
    Wei feePerAnswer,
    Wei feePerToken,
    FeeSplit feeSplit,
    SpanThresholds thresholds,
    int nearDuplicateBasisPoints) {

  public Policy {
    Names.require("policy", name);
    if (version < 1) {
      throw OpenLedgerException.invalid("policy version", version, "1 or more");
    }
    if (nearDuplicateBasisPoints < 1 || nearDuplicateBasisPoints > 10_000) {
      throw OpenLedgerException.invalid(
          "near-duplicate threshold", nearDuplicateBasisPoints, "1 to 10000 basis points");
    }
  }

  /** The fee of an answer with so many generated tokens. */
  public Wei fee(int generatedTokens) {
    return feePerAnswer.plus(
        new Wei(feePerToken.value().multiply(java.math.BigInteger.valueOf(generatedTokens))));
  }

  /**
   * SHA-256 of the policy's canonical text: its fields in the order of the record, one a line, so
   * that the same rules have the same hash on every machine. The first line names the version of
   * the text: it changes with the fields and with what the engine makes of them. Version 1 had
   * neither whole words nor a limit of listed spans, and a span was credited to one contribution.
   */
  public Hash256 hash() {
    StringBuilder text = new StringBuilder("openledger-policy-2\n");
    text.append(name).append('\n').append(version).append('\n');
    text.append(feePerAnswer).append('\n').append(feePerToken).append('\n');
    for (FeeRole role : FeeRole.values()) {
      text.append(role).append('=').append(feeSplit.of(role)).append('\n');
    }
    text.append(thresholds.minimumTokens()).append('\n');
    text.append(thresholds.minimumMillibits()).append('\n');
    text.append(thresholds.listedContributions()).append('\n');
    text.append(thresholds.wholeWords()).append('\n');
    text.append(thresholds.listedBasisPoints()).append('\n');
    text.append(nearDuplicateBasisPoints).append('\n');
    return Hash256.sha256(text.toString());
  }
}
