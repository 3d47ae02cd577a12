package io.openledger.api.datanet;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.reward.AccountId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatanetTypesTest {

  private static final long SEED = 20261121;

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 10_001, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void refusesAShareThatIsNoPartOfTheWhole(int basisPoints) {
    refuses(
        ErrorCode.SHARES_INVALID,
        "the share of anna is " + basisPoints,
        "1 to 10000",
        () -> share("anna", basisPoints));
  }

  @Test
  void refusesSharesThatDoNotAddUp() {
    refuses(
        ErrorCode.SHARES_INVALID,
        "add up to 9999",
        "exactly 10000",
        () -> ContributorShare.requireWhole(List.of(share("anna", 5000), share("ben", 4999))));
    refuses(
        ErrorCode.SHARES_INVALID,
        "add up to 10001",
        "exactly 10000",
        () -> ContributorShare.requireWhole(List.of(share("anna", 5000), share("ben", 5001))));
  }

  @Test
  void refusesAContributorNamedTwiceNobodyAndMoreThanAHundred() {
    refuses(
        ErrorCode.SHARES_INVALID,
        "anna is named twice",
        "each contributor once",
        () -> ContributorShare.requireWhole(List.of(share("anna", 5000), share("anna", 5000))));
    refuses(
        ErrorCode.SHARES_INVALID,
        "0 contributors",
        "1 to 100",
        () -> ContributorShare.requireWhole(List.of()));
    refuses(
        ErrorCode.SHARES_INVALID,
        "101 contributors",
        "1 to 100",
        () -> ContributorShare.requireWhole(split(101, new Random(SEED))));
  }

  @Test
  void acceptsEverySplitOfTheWhole() {
    Random random = new Random(SEED);
    for (int i = 0; i < 500; i++) {
      List<ContributorShare> shares = split(1 + random.nextInt(100), random);
      assertThat(ContributorShare.requireWhole(shares)).as("seed %d", SEED).isEqualTo(shares);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CC-BY-4.0",
        "MIT",
        "LicenseRef-Acme-Internal",
        "Apache-2.0 WITH LLVM-exception",
        "(MIT OR GPL-2.0+) AND CC0-1.0"
      })
  void acceptsLicenceExpressions(String spdx) {
    assertThat(new Licence(spdx)).hasToString(spdx);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", " MIT", "MIT\n", "<b>", "all rights reserved ©", "a;b"})
  void refusesWhatIsNoLicenceExpressionWithoutRepeatingIt(String spdx) {
    String arrived = spdx.isBlank() ? "no licence" : "not an SPDX expression";
    refuses(ErrorCode.LICENCE_MISSING, arrived, "CC-BY-4.0", () -> new Licence(spdx));
  }

  @Test
  void licencesHave128CharactersAtMost() {
    assertThat(new Licence("L".repeat(128)).spdx()).hasSize(128);
    refuses(ErrorCode.LICENCE_MISSING, "not an SPDX", "", () -> new Licence("L".repeat(129)));
  }

  @Test
  void contributionIdsParseWhatTheyPrintAndKeepTheOrderOfAcceptance() {
    ContributionId ninth = new ContributionId(new DatanetId("clauses"), 9);
    assertThat(ContributionId.parse("clauses:9")).isEqualTo(ninth).hasToString("clauses:9");
    assertThat(ninth)
        .isLessThan(ContributionId.parse("clauses:10"))
        .isGreaterThan(ContributionId.parse("a:" + Long.MAX_VALUE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "clauses",
        "clauses:",
        "clauses:x",
        ":1",
        "clauses:99999999999999999999",
        "a:+1"
      })
  void refusesWhatIsNoContributionId(String text) {
    refuses("contribution id is '", "datanet:sequence", () -> ContributionId.parse(text));
  }

  @Test
  void contributionIdsBeginAtOneInADatanetOfValidName() {
    refuses("sequence is 0", "1 or more", () -> ContributionId.parse("clauses:0"));
    refuses("datanet is 'Clauses'", "a-z", () -> ContributionId.parse("Clauses:1"));
    refuses("contributor is 'Anna B'", "a-z", () -> new ContributorId("Anna B"));
  }

  @Test
  void everyGranteeCanPay() {
    for (Grantee.Kind kind : Grantee.Kind.values()) {
      Grantee longest = new Grantee(kind, "n".repeat(180));
      assertThat(new AccountId(AccountId.Kind.PAYER, longest.toString()).name())
          .startsWith(kind.name().toLowerCase(java.util.Locale.ROOT));
      refuses("grantee is 181", "1 to 180", () -> new Grantee(kind, "n".repeat(181)));
      refuses("grantee is 3", "control characters", () -> new Grantee(kind, "a\nb"));
      refuses("grantee is 0", "1 to 180", () -> new Grantee(kind, ""));
    }
  }

  @Test
  void draftsOfDatanetsAndQueriesHaveTheirLimits() {
    DatanetId id = new DatanetId("clauses");
    refuses(
        "datanet title is 0", "1 to 200", () -> new DatanetDraft(id, "", "", Visibility.PUBLIC));
    refuses(
        "datanet title is 201",
        "1 to 200",
        () -> new DatanetDraft(id, "t".repeat(201), "", Visibility.PUBLIC));
    refuses(
        "datanet description is 4001",
        "at most 4000",
        () -> new DatanetDraft(id, "t", "d".repeat(4001), Visibility.PUBLIC));
    refuses("page is 0/0", "limit 1 to 1000", () -> ContributionQuery.all(0));
    refuses("page is 0/1001", "limit 1 to 1000", () -> ContributionQuery.all(1001));
    refuses(
        "page is -1/1",
        "offset 0 or more",
        () -> new ContributionQuery(Optional.empty(), Optional.empty(), Optional.empty(), -1, 1));
    refuses(
        "part of the title is 301",
        "1 to 300",
        () ->
            new ContributionQuery(
                Optional.empty(), Optional.of("t".repeat(301)), Optional.empty(), 0, 1));
  }

  private static ContributorShare share(String who, int basisPoints) {
    return new ContributorShare(new ContributorId(who), Optional.empty(), basisPoints);
  }

  /** So many shares that add up to the whole, cut at random. */
  private static List<ContributorShare> split(int count, Random random) {
    int[] cuts = random.ints(1, 10_000).distinct().limit(count - 1).sorted().toArray();
    List<ContributorShare> shares = new ArrayList<>();
    int before = 0;
    for (int i = 0; i < count; i++) {
      int cut = i < cuts.length ? cuts[i] : 10_000;
      shares.add(share("contributor-" + i, cut - before));
      before = cut;
    }
    return shares;
  }
}
