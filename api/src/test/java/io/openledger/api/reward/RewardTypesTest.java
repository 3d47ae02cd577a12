package io.openledger.api.reward;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RewardTypesTest {

  private static final BigInteger UINT256_MAX =
      BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
  private static final AccountId ANNA = AccountId.contributor(new ContributorId("anna"));

  @Test
  void weiHoldsWhatASolidityUint256HoldsAndNothingElse() {
    assertThat(new Wei(UINT256_MAX)).isEqualTo(Wei.parse(UINT256_MAX.toString()));
    assertThat(Wei.of(0)).isSameAs(Wei.ZERO);
    refuses("amount is -1", "0 to 2^256 - 1", () -> Wei.of(-1));
    refuses(
        "amount is 257 bits long",
        "0 to 2^256 - 1",
        () -> new Wei(UINT256_MAX.add(BigInteger.ONE)));
    refuses("amount is 1000001 bits", "wei", () -> new Wei(BigInteger.ONE.shiftLeft(1_000_000)));
  }

  @Test
  void weiNeverWrapsAround() {
    refuses("257 bits", "2^256 - 1", () -> new Wei(UINT256_MAX).plus(Wei.of(1)));
    refuses("amount is -1", "0 to", () -> Wei.of(1).minus(Wei.of(2)));
    assertThat(new Wei(UINT256_MAX).minus(Wei.of(1)).plus(Wei.of(1)).value())
        .isEqualTo(UINT256_MAX);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "1.0", "0x1", " 1", "1e3", "１"})
  void weiParsesDecimalDigitsOnly(String text) {
    refuses("characters", "1 to 78 decimal digits", () -> Wei.parse(text));
  }

  @Test
  void weiParsesNoMoreThan78Digits() {
    refuses("79 characters", "78", () -> Wei.parse("0".repeat(79)));
    refuses("bits", "2^256", () -> Wei.parse("9".repeat(78)));
  }

  @Test
  void oneOpenIsTenToTheEighteenWei() {
    assertThat(Wei.parse("1500000000000000000").toOpen())
        .isEqualByComparingTo(new BigDecimal("1.5"));
    assertThat(Wei.of(1).toOpen().toPlainString()).isEqualTo("0.000000000000000001");
  }

  @Test
  void addressesFoldTheirCaseAndHave20Bytes() {
    assertThat(new ChainAddress("0x" + "Ab".repeat(20)).value()).isEqualTo("0x" + "ab".repeat(20));
    refuses("address is '0x'", "40 hexadecimal", () -> new ChainAddress("0x"));
    refuses("address is '", "40 hexadecimal", () -> new ChainAddress("0x" + "a".repeat(1000)));
    refuses("address is '", "40 hexadecimal", () -> new ChainAddress("0x" + "g".repeat(40)));
  }

  @ParameterizedTest
  @EnumSource
  void accountsParseWhatTheyPrint(AccountId.Kind kind) {
    AccountId account = new AccountId(kind, "application:clause-desk");
    assertThat(AccountId.parse(account.toString())).isEqualTo(account);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ":", "anna", "CONTRIBUTOR:anna", "bank:anna", ":anna"})
  void refusesAccountsOfNoKind(String text) {
    refuses("account is '", "contributor:", () -> AccountId.parse(text));
  }

  @Test
  void accountNamesHave200CharactersAndNoControlCharacters() {
    refuses("account name is 0", "1 to 200", () -> AccountId.parse("party:"));
    refuses(
        "201 characters", "1 to 200", () -> new AccountId(AccountId.Kind.PARTY, "n".repeat(201)));
    refuses("3 characters", "control", () -> new AccountId(AccountId.Kind.PARTY, "a\nb"));
  }

  @Test
  void feeSplitsAddUpToTheWhole() {
    refuses("add up to 0", "exactly 10000", () -> new FeeSplit(Map.of()));
    refuses("add up to 9999", "exactly 10000", () -> new FeeSplit(Map.of(FeeRole.TREASURY, 9999)));
    refuses(
        "the part of TREASURY is 10001",
        "each 0 to 10000",
        () -> new FeeSplit(Map.of(FeeRole.TREASURY, 10_001)));
    refuses(
        "the part of STAKERS is -1",
        "each 0 to 10000",
        () -> new FeeSplit(Map.of(FeeRole.STAKERS, -1, FeeRole.TREASURY, 10_000)));
  }

  @Test
  void aRoleThatIsNotNamedGetsNothingAndLaterChangesDoNotCount() {
    Map<FeeRole, Integer> parts = new HashMap<>(Map.of(FeeRole.TREASURY, 10_000));
    FeeSplit split = new FeeSplit(parts);
    parts.put(FeeRole.TREASURY, 1);
    assertThat(split.of(FeeRole.TREASURY)).isEqualTo(10_000);
    assertThat(split.basisPoints()).containsOnlyKeys(FeeRole.values());
    assertThat(split.of(FeeRole.STAKERS)).isZero();
    assertThat(FeeSplit.standard().of(FeeRole.CONTRIBUTORS)).isEqualTo(7000);
  }

  /**
   * Receipts name policies by this hash for ever. The golden value is that of sha256sum over the
   * text in the documentation of {@link Policy#hash}.
   */
  @Test
  void thePolicysHashIsThatOfItsCanonicalText() {
    assertThat(policy(1, 9000).hash())
        .hasToString("acc5ec298ef9f1775e4a4b039238f7f5396e2a03c8fe93647af9c8fabaafd301");
  }

  @Test
  void everyRuleOfAPolicyChangesItsHash() {
    assertThat(policy(1, 9000).hash()).isEqualTo(policy(1, 9000).hash());
    assertThat(
            List.of(
                policy(1, 9000),
                policy(2, 9000),
                policy(1, 9001),
                new Policy(
                    "other",
                    1,
                    Wei.of(1),
                    Wei.of(2),
                    FeeSplit.standard(),
                    SpanThresholds.standard(),
                    9000),
                new Policy(
                    "default",
                    1,
                    Wei.of(2),
                    Wei.of(2),
                    FeeSplit.standard(),
                    SpanThresholds.standard(),
                    9000),
                new Policy(
                    "default",
                    1,
                    Wei.of(1),
                    Wei.of(3),
                    FeeSplit.standard(),
                    SpanThresholds.standard(),
                    9000),
                new Policy(
                    "default",
                    1,
                    Wei.of(1),
                    Wei.of(2),
                    new FeeSplit(Map.of(FeeRole.STAKERS, 10_000)),
                    SpanThresholds.standard(),
                    9000),
                new Policy(
                    "default",
                    1,
                    Wei.of(1),
                    Wei.of(2),
                    FeeSplit.standard(),
                    new SpanThresholds(7, 40_000, 10),
                    9000),
                new Policy(
                    "default",
                    1,
                    Wei.of(1),
                    Wei.of(2),
                    FeeSplit.standard(),
                    new SpanThresholds(6, 40_001, 10),
                    9000),
                new Policy(
                    "default",
                    1,
                    Wei.of(1),
                    Wei.of(2),
                    FeeSplit.standard(),
                    new SpanThresholds(6, 40_000, 11),
                    9000),
                new Policy(
                    "default",
                    1,
                    Wei.of(1),
                    Wei.of(2),
                    FeeSplit.standard(),
                    new SpanThresholds(6, 40_000, 10, false, 10_000),
                    9000),
                new Policy(
                    "default",
                    1,
                    Wei.of(1),
                    Wei.of(2),
                    FeeSplit.standard(),
                    new SpanThresholds(6, 40_000, 10, true, 500),
                    9000)))
        .extracting(Policy::hash)
        .doesNotHaveDuplicates();
  }

  @Test
  void theFeeIsThatOfTheAnswerAndOfEachToken() {
    Policy policy = policy(1, 9000);
    assertThat(policy.fee(0)).isEqualTo(Wei.of(1));
    assertThat(policy.fee(100)).isEqualTo(Wei.of(201));
  }

  @Test
  void refusesPoliciesOutOfRange() {
    refuses("policy version is 0", "1 or more", () -> policy(0, 9000));
    refuses("near-duplicate threshold is 0", "1 to 10000", () -> policy(1, 0));
    refuses("near-duplicate threshold is 10001", "1 to 10000", () -> policy(1, 10_001));
    refuses("minimum tokens of a span is 0", "1 to 1000", () -> new SpanThresholds(0, 0, 1));
    refuses("minimum tokens of a span is 1001", "1 to 1000", () -> new SpanThresholds(1001, 0, 1));
    refuses("minimum information of a span is -1", "0 or", () -> new SpanThresholds(1, -1, 1));
    refuses("listed contributions is 0", "1 to 1000", () -> new SpanThresholds(1, 0, 0));
    refuses("listed contributions is 1001", "1 to 1000", () -> new SpanThresholds(1, 0, 1001));
    refuses("listed spans is 0", "1 to 10000", () -> new SpanThresholds(1, 0, 1, true, 0));
    refuses("listed spans is 10001", "1 to 10000", () -> new SpanThresholds(1, 0, 1, true, 10_001));
  }

  @Test
  void creditsAreAboveZeroAndNameAContributionExactlyForContributors() {
    Optional<ContributionId> clause = Optional.of(ContributionId.parse("clauses:1"));
    assertThat(new Credit(FeeRole.CONTRIBUTORS, ANNA, clause, Wei.of(1)).amount())
        .isEqualTo(Wei.of(1));
    refuses("zero", "above zero", () -> new Credit(FeeRole.CONTRIBUTORS, ANNA, clause, Wei.ZERO));
    refuses(
        "CONTRIBUTORS is absent",
        "present for CONTRIBUTORS",
        () -> new Credit(FeeRole.CONTRIBUTORS, ANNA, Optional.empty(), Wei.of(1)));
    refuses(
        "TREASURY is clauses:1",
        "absent for every other",
        () -> new Credit(FeeRole.TREASURY, ANNA, clause, Wei.of(1)));
  }

  @Test
  void aStatementAddsUpOrIsNone() {
    LedgerEntry entry =
        new LedgerEntry(
            1,
            "t",
            ANNA,
            BigInteger.TEN,
            FeeRole.TREASURY,
            Optional.empty(),
            Optional.empty(),
            Instant.EPOCH);
    assertThat(statement(5, 15, entry).closing()).isEqualTo(BigInteger.valueOf(15));
    refuses(
        ErrorCode.LEDGER_INCONSISTENT,
        "are 15 wei, closing is 16",
        "opening + entries = closing",
        () -> statement(5, 16, entry));
  }

  private static Statement statement(long opening, long closing, LedgerEntry entry) {
    return new Statement(
        ANNA,
        Instant.EPOCH,
        Instant.EPOCH.plusSeconds(1),
        BigInteger.valueOf(opening),
        BigInteger.valueOf(closing),
        List.of(entry),
        Wei.ZERO,
        new ChainStanding.Unknown("no chain"));
  }

  private static Policy policy(int version, int nearDuplicate) {
    return new Policy(
        "default",
        version,
        Wei.of(1),
        Wei.of(2),
        FeeSplit.standard(),
        SpanThresholds.standard(),
        nearDuplicate);
  }
}
