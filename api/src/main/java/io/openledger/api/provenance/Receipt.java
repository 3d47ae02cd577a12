package io.openledger.api.provenance;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.AdapterWeight;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Usage;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Wei;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one answer used and owes.
 *
 * <p>Receipts are hashed over the canonical JSON (RFC 8785) of their body, and chained once their
 * transaction has committed: link = SHA-256(previous link ‖ hash), beginning with 32 zero bytes. A
 * receipt that is not yet chained has no link; a receipt that was rolled back never has one.
 *
 * @param id its name
 * @param body what it says
 * @param hash SHA-256 of the canonical JSON of {@code body}
 * @param link its place in the chain, once it has one
 */
public record Receipt(ReceiptId id, Body body, Hash256 hash, Optional<Link> link) {

  /**
   * A place in the chain of receipts.
   *
   * @param number from 1, without gaps
   * @param previous the link before
   * @param value SHA-256(previous ‖ hash)
   */
  public record Link(long number, Hash256 previous, Hash256 value) {}

  /** Whether the answer is attributed. */
  public enum Status {
    /** Every datanet was asked, in full. */
    ATTRIBUTED,
    /** Attribution failed and the boundary's mode allowed the answer; nothing was charged. */
    UNATTRIBUTED
  }

  /**
   * The policy under which the receipt was made.
   *
   * @param name its name
   * @param version its version
   * @param hash its hash
   */
  public record PolicyReference(String name, int version, Hash256 hash) {}

  /**
   * One of the adapters that answered together.
   *
   * @param id its name
   * @param version how often its name got other files, from 1
   * @param digest SHA-256 over the files that define it
   * @param weight how strongly it was added
   * @param builder who is credited for it
   */
  public record AdapterPart(
      ModelId id, long version, Hash256 digest, AdapterWeight weight, AccountId builder) {

    public AdapterPart {
      if (version < 1) {
        throw OpenLedgerException.invalid("version of adapter " + id, version, "1 or more");
      }
    }
  }

  /**
   * What a receipt says.
   *
   * @param id the receipt's name
   * @param at when the answer was complete
   * @param payer the application or user that asked, and pays
   * @param model which model answered; the base model where adapters answered together
   * @param adapters those that answered together, by name; empty where one model answered by itself
   * @param policy under which policy
   * @param promptHash SHA-256 of the prompt's text as the model read it
   * @param answerHash SHA-256 of the answer's text
   * @param usage how many tokens
   * @param status whether the answer is attributed
   * @param reason why not; present exactly when it is not
   * @param attribution what shaped the answer; empty when it is not attributed
   * @param fee what the answer costs; zero when it is not attributed
   * @param credits to whom the fee goes; adds up to {@code fee}
   */
  public record Body(
      ReceiptId id,
      Instant at,
      String payer,
      ModelInfo model,
      List<AdapterPart> adapters,
      PolicyReference policy,
      Hash256 promptHash,
      Hash256 answerHash,
      Usage usage,
      Status status,
      Optional<String> reason,
      TextAttribution attribution,
      Wei fee,
      List<Credit> credits) {

    public Body {
      credits = List.copyOf(credits);
      adapters = List.copyOf(adapters);
      if (!adapters.isEmpty()) {
        requireMix(model, adapters, credits);
      }
      BigInteger sum =
          credits.stream().map(c -> c.amount().value()).reduce(BigInteger.ZERO, BigInteger::add);
      if (!sum.equals(fee.value())) {
        throw new OpenLedgerException(
            ErrorCode.LEDGER_INCONSISTENT,
            "credits of " + sum + " wei for a fee of " + fee,
            "credits that add up to the fee",
            "report it: the split of the fee lost or made money");
      }
      if (reason.isPresent() != (status == Status.UNATTRIBUTED)
          || (status == Status.UNATTRIBUTED && !fee.isZero())) {
        throw OpenLedgerException.invalid(
            "a receipt that is " + status,
            (reason.isPresent() ? "with" : "without") + " a reason and a fee of " + fee,
            "a reason and no fee when it is UNATTRIBUTED, no reason otherwise");
      }
    }

    /** A body of an answer that one model gave by itself. */
    public Body(
        ReceiptId id,
        Instant at,
        String payer,
        ModelInfo model,
        PolicyReference policy,
        Hash256 promptHash,
        Hash256 answerHash,
        Usage usage,
        Status status,
        Optional<String> reason,
        TextAttribution attribution,
        Wei fee,
        List<Credit> credits) {
      this(
          id,
          at,
          payer,
          model,
          List.of(),
          policy,
          promptHash,
          answerHash,
          usage,
          status,
          reason,
          attribution,
          fee,
          credits);
    }

    /** One thing is said in one way: in the order and with the limits that a mix has. */
    private static void requireMix(
        ModelInfo model, List<AdapterPart> adapters, List<Credit> credits) {
      AdapterMix mix =
          new AdapterMix(
              adapters.stream().map(a -> new AdapterMix.Part(a.id(), a.weight())).toList());
      if (model.parent().isPresent() || mix.single()) {
        throw OpenLedgerException.invalid(
            "model of a receipt with adapters",
            mix.single() ? "one adapter as it was trained" : model.id() + ", an adapter",
            "the base model with several adapters, or with one at another weight than 1");
      }
      if (!adapters.stream()
          .map(AdapterPart::id)
          .toList()
          .equals(mix.parts().stream().map(AdapterMix.Part::adapter).toList())) {
        throw OpenLedgerException.invalid("adapters of a receipt", "out of order", "by name");
      }
      for (Credit credit : credits) {
        if (credit.role() == FeeRole.ADAPTER_BUILDER
            && adapters.stream().noneMatch(a -> a.builder().equals(credit.account()))) {
          throw new OpenLedgerException(
              ErrorCode.LEDGER_INCONSISTENT,
              "a builder's credit for " + credit.account(),
              "the builders of the receipt's adapters",
              "report it: a builder was credited who built none of them");
        }
      }
    }
  }
}
