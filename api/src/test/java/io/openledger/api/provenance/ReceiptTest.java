package io.openledger.api.provenance;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.openledger.api.Attributed;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.model.AdapterWeight;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Usage;
import io.openledger.api.provenance.Receipt.Status;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Wei;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiptTest {

  private static final String UUID = "123e4567-e89b-12d3-a456-426614174000";

  @Test
  void creditsAddUpToTheFeeOrThereIsNoReceipt() {
    assertThat(body(Status.ATTRIBUTED, "", 3, 1, 2).credits()).hasSize(2);
    assertThat(body(Status.ATTRIBUTED, "", 0).credits()).isEmpty();
    refuses(
        ErrorCode.LEDGER_INCONSISTENT,
        "credits of 4 wei for a fee of 3",
        "add up to the fee",
        () -> body(Status.ATTRIBUTED, "", 3, 1, 3));
    refuses(
        ErrorCode.LEDGER_INCONSISTENT,
        "credits of 0 wei for a fee of 3",
        "add up to the fee",
        () -> body(Status.ATTRIBUTED, "", 3));
  }

  @Test
  void anAnswerWithoutAttributionSaysWhyAndCostsNothing() {
    assertThat(body(Status.UNATTRIBUTED, "the index is gone", 0).reason()).isPresent();
    refuses("UNATTRIBUTED is without", "a reason", () -> body(Status.UNATTRIBUTED, "", 0));
    refuses("UNATTRIBUTED is with", "no fee", () -> body(Status.UNATTRIBUTED, "why", 3, 3));
    refuses("ATTRIBUTED is with", "no reason otherwise", () -> body(Status.ATTRIBUTED, "why", 0));
  }

  @Test
  void adaptersThatAnsweredTogetherAreThoseOfAMixOnTheBaseModel() {
    Receipt.AdapterPart a = part("a", 0.7);
    Receipt.AdapterPart b = part("b", -0.3);
    assertThat(mixed(Optional.empty(), List.of(a, b)).adapters()).containsExactly(a, b);
    assertThat(mixed(Optional.empty(), List.of(b)).adapters()).containsExactly(b);
    refuses("out of order", "by name", () -> mixed(Optional.empty(), List.of(b, a)));
    refuses("naming a twice", "each once", () -> mixed(Optional.empty(), List.of(a, a)));
    refuses(
        "one adapter as it was trained",
        "at another weight than 1",
        () -> mixed(Optional.empty(), List.of(part("a", 1))));
    refuses(
        "m, an adapter",
        "the base model",
        () -> mixed(Optional.of(new ModelId("base")), List.of(a, b)));
    refuses(
        "version of adapter a is 0",
        "1 or more",
        () ->
            new Receipt.AdapterPart(
                new ModelId("a"), 0, Hash256.ZERO, AdapterWeight.ONE, builder("a")));
  }

  @Test
  void onlyBuildersOfItsAdaptersAreCreditedAsBuilders() {
    List<Receipt.AdapterPart> adapters = List.of(part("a", 0.7), part("b", -0.3));
    assertThat(mixed(Optional.empty(), adapters, "a", "b").credits()).hasSize(2);
    refuses(
        ErrorCode.LEDGER_INCONSISTENT,
        "a builder's credit for party:builder of c",
        "the builders of the receipt's adapters",
        () -> mixed(Optional.empty(), adapters, "a", "c"));
  }

  private static AccountId builder(String adapter) {
    return new AccountId(AccountId.Kind.PARTY, "builder of " + adapter);
  }

  private static Receipt.AdapterPart part(String name, double weight) {
    return new Receipt.AdapterPart(
        new ModelId(name), 3, Hash256.ZERO, AdapterWeight.of(weight), builder(name));
  }

  private static Receipt.Body mixed(
      Optional<ModelId> parent, List<Receipt.AdapterPart> adapters, String... credited) {
    Receipt.Body plain = body(Status.ATTRIBUTED, "", 0);
    return new Receipt.Body(
        plain.id(),
        plain.at(),
        plain.payer(),
        new ModelInfo(new ModelId("m"), parent, "llama", Hash256.ZERO, 512, true),
        adapters,
        plain.policy(),
        plain.promptHash(),
        plain.answerHash(),
        plain.usage(),
        plain.status(),
        plain.reason(),
        plain.attribution(),
        Wei.of(credited.length),
        Arrays.stream(credited)
            .map(
                adapter ->
                    new Credit(
                        FeeRole.ADAPTER_BUILDER, builder(adapter), Optional.empty(), Wei.of(1)))
            .toList());
  }

  @Test
  void receiptIdsFoldTheirCase() {
    assertThat(new ReceiptId(UUID.toUpperCase(java.util.Locale.ROOT))).hasToString(UUID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1-1-1-1-1", "123e4567e89b12d3a456426614174000", "not a uuid", "../../etc"})
  void refusesWhatIsNoUuid(String text) {
    refuses("receipt id is '", "a UUID of 36 characters", () -> new ReceiptId(text));
  }

  @Test
  void aResultHasTheReceiptsInCallOrderAndNamesTheLast() {
    Receipt first = receipt();
    Receipt second = receipt();
    List<Receipt> receipts = new ArrayList<>(List.of(first, second));
    Attributed.Result<String> result = new Attributed.Result<>("text", receipts);
    receipts.clear();
    assertThat(result.receipts()).hasSize(2);
    assertThat(result.receipt()).containsSame(second);
  }

  @Test
  void aResultOfAMethodHasNoReceiptYetAndNeverNoValue() {
    assertThat(Attributed.Result.of("text").receipts()).isEmpty();
    assertThat(Attributed.Result.of("text").receipt()).isEmpty();
    assertThatNullPointerException().isThrownBy(() -> Attributed.Result.of(null));
  }

  @Test
  void reportFormatsNameTheirMediaTypeAndExtension() {
    assertThat(ReportFormat.JSON.mediaType()).isEqualTo("application/json");
    assertThat(ReportFormat.CSV.extension()).isEqualTo("csv");
    assertThat(ReportFormat.HTML.mediaType()).isEqualTo("text/html");
  }

  private static Receipt receipt() {
    return new Receipt(
        new ReceiptId(UUID), body(Status.ATTRIBUTED, "", 0), Hash256.ZERO, Optional.empty());
  }

  private static Receipt.Body body(Status status, String reason, long fee, long... credits) {
    List<Credit> list = new ArrayList<>();
    for (long amount : credits) {
      list.add(
          new Credit(
              FeeRole.TREASURY,
              new AccountId(AccountId.Kind.PROTOCOL, "treasury"),
              Optional.empty(),
              Wei.of(amount)));
    }
    return new Receipt.Body(
        new ReceiptId(UUID),
        Instant.EPOCH,
        "application:test",
        new ModelInfo(new ModelId("m"), Optional.empty(), "llama", Hash256.ZERO, 512, true),
        new Receipt.PolicyReference("default", 1, Hash256.ZERO),
        Hash256.ZERO,
        Hash256.ZERO,
        new Usage(1, 1),
        status,
        reason.isEmpty() ? Optional.empty() : Optional.of(reason),
        new TextAttribution(List.of(), List.of(), 1, 0),
        Wei.of(fee),
        list);
  }
}
