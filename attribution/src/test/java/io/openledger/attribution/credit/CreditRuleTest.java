package io.openledger.attribution.credit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.AttributionEngine.CreditRequest;
import io.openledger.api.spi.AttributionEngine.Ownership;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CreditRuleTest {

  private static final int CASES = 100_000;
  // a contribution that spans list and that is credited nothing
  private static final int DUMMY = 9;
  private static final DatanetId NET = new DatanetId("net");
  private static final AccountId TREASURY = new AccountId(AccountId.Kind.PROTOCOL, "treasury");

  private static ContributionId id(int sequence) {
    return new ContributionId(NET, sequence);
  }

  private static AccountId account(FeeRole role) {
    return role == FeeRole.TREASURY ? TREASURY : new AccountId(AccountId.Kind.PARTY, role.name());
  }

  private static SpanMatch span(int contribution, long credited) {
    return new SpanMatch(0, 1, 1, credited, credited, 1, 1, List.of(id(contribution)));
  }

  /** A span that several contributions have a part of, and one that has none lists first. */
  private static SpanMatch shared(Random random) {
    List<SpanCredit> credits = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      if (random.nextInt(3) == 0) {
        credits.add(new SpanCredit(id(i), 1 + random.nextInt(1 << random.nextInt(24) + 1)));
      }
    }
    long credited = credits.stream().mapToLong(SpanCredit::millibits).sum();
    return new SpanMatch(0, 1, 1, credited, credited, 1, 1, List.of(id(DUMMY)), credits);
  }

  private static List<ContributorShare> shares(Random random) {
    int n = 1 + random.nextInt(4);
    List<ContributorShare> shares = new ArrayList<>();
    int left = ContributorShare.WHOLE;
    for (int i = 0; i < n; i++) {
      int part = i == n - 1 ? left : 1 + random.nextInt(left - (n - 1 - i));
      left -= part;
      shares.add(
          new ContributorShare(
              new ContributorId("c" + i + random.nextInt(5)), Optional.empty(), part));
    }
    return shares.stream().map(ContributorShare::contributor).distinct().count() == n
        ? shares
        : shares(random);
  }

  /** Up to eight builders, by weights of which some are tiny and some are equal. */
  private static Map<AccountId, Long> builders(Random random) {
    Map<AccountId, Long> builders = new HashMap<>();
    for (int n = 1 + random.nextInt(8); n > 0; n--) {
      long weight = 1 + random.nextInt(random.nextBoolean() ? 2 : 8_000_000);
      builders.merge(builder(random.nextInt(6)), weight, Long::sum);
    }
    return builders;
  }

  private static AccountId builder(int number) {
    return new AccountId(AccountId.Kind.PARTY, "builder-" + number);
  }

  private static FeeSplit split(Random random) {
    EnumMap<FeeRole, Integer> parts = new EnumMap<>(FeeRole.class);
    int left = 10_000;
    for (FeeRole role : FeeRole.values()) {
      int part = role == FeeRole.STAKERS ? left : random.nextInt(left + 1);
      parts.put(role, part);
      left -= part;
    }
    return new FeeSplit(parts);
  }

  private static Wei fee(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Wei.of(random.nextInt(20));
      case 1 -> Wei.of(random.nextLong() >>> 1);
      case 2 -> new Wei(new BigInteger(256, random));
      default -> Wei.of(random.nextInt(1_000_000));
    };
  }

  private static CreditRequest request(Random random) {
    Map<FeeRole, AccountId> parties = new HashMap<>();
    for (FeeRole role : FeeRole.values()) {
      if (role == FeeRole.TREASURY || (role != FeeRole.CONTRIBUTORS && random.nextInt(3) > 0)) {
        parties.put(role, account(role));
      }
    }
    List<SpanMatch> spans = new ArrayList<>();
    Map<ContributionId, Ownership> owners = new HashMap<>();
    List<Ownership> canonical = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      canonical.add(new Ownership(id(i), shares(random)));
    }
    for (int n = random.nextInt(6); n > 0; n--) {
      int contribution = 1 + random.nextInt(8);
      long credited = random.nextInt(4) == 0 ? 0 : random.nextInt(1 << random.nextInt(24) + 1);
      spans.add(random.nextBoolean() ? span(contribution, credited) : shared(random));
      // 6 to 8 repeat earlier ones; those that only list are not asked about
      spans.get(spans.size() - 1).credits().stream()
          .map(credit -> (int) credit.contribution().sequence())
          .forEach(c -> owners.put(id(c), canonical.get((c - 1) % 5)));
    }
    return new CreditRequest(fee(random), split(random), parties, spans, owners);
  }

  /** What an owner weighs. */
  private static TreeMap<ContributionId, Long> weights(CreditRequest request) {
    TreeMap<ContributionId, Long> weights = new TreeMap<>();
    for (SpanMatch span : request.spans()) {
      for (SpanCredit credit : span.credits()) {
        weights.merge(
            request.owners().get(credit.contribution()).owner(), credit.millibits(), Long::sum);
      }
    }
    return weights;
  }

  @Test
  void conservesOmitsDummiesAndZerosAndIgnoresTheOrderOfInput() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int i = 0; i < CASES; i++) {
      CreditRequest request = request(random);
      List<Credit> credits = CreditRule.apply(request);
      String claim = "seed " + seed + ", case " + i;
      BigInteger sum = BigInteger.ZERO;
      TreeMap<ContributionId, Long> weights = weights(request);
      for (Credit credit : credits) {
        sum = sum.add(credit.amount().value());
        require(!credit.amount().isZero(), claim + ": a credit of zero");
        require(
            credit.contribution().isPresent() == (credit.role() == FeeRole.CONTRIBUTORS),
            claim + ": a contribution where none belongs, or none where one does");
        credit
            .contribution()
            .ifPresent(c -> require(weights.getOrDefault(c, 0L) > 0, claim + ": a dummy is paid"));
        require(request.split().of(credit.role()) > 0 || credit.role() == FeeRole.TREASURY, claim);
      }
      require(sum.equals(request.fee().value()), claim + ": not conserved");
      require(credits.equals(sorted(credits)), claim + ": not in order");
      BigInteger floor =
          total(weights) == 0
              ? BigInteger.ZERO
              : request
                  .fee()
                  .value()
                  .multiply(BigInteger.valueOf(request.split().of(FeeRole.CONTRIBUTORS)))
                  .divide(BigInteger.valueOf(10_000));
      BigInteger rounded = contributors(credits).subtract(floor);
      require(
          rounded.signum() >= 0 && rounded.bitLength() <= (total(weights) == 0 ? 0 : 1),
          claim + ": not the contributors' part");
      List<SpanMatch> more = new ArrayList<>(request.spans());
      more.add(random.nextInt(more.size() + 1), span(DUMMY, 0));
      require(
          credits.equals(
              CreditRule.apply(
                  new CreditRequest(
                      request.fee(), request.split(), request.parties(), more, request.owners()))),
          claim + ": a dummy changes what others get");
      List<SpanMatch> shuffled = new ArrayList<>(request.spans());
      Collections.shuffle(shuffled, random);
      Map<ContributionId, Ownership> turned = new HashMap<>();
      request
          .owners()
          .forEach(
              (c, o) -> {
                List<ContributorShare> shares = new ArrayList<>(o.shares());
                Collections.reverse(shares);
                turned.put(c, new Ownership(o.owner(), shares));
              });
      CreditRequest other =
          new CreditRequest(request.fee(), request.split(), request.parties(), shuffled, turned);
      require(credits.equals(CreditRule.apply(other)), claim + ": order of input matters");
    }
  }

  /** One weight after another as the rule is written, without a tree or a comparator. */
  private static BigInteger[] shared(BigInteger amount, long[] weights) {
    BigInteger sum = BigInteger.ZERO;
    for (long weight : weights) {
      sum = sum.add(BigInteger.valueOf(weight));
    }
    BigInteger[] parts = new BigInteger[weights.length];
    BigInteger[] remainders = new BigInteger[weights.length];
    BigInteger left = amount;
    for (int i = 0; i < weights.length; i++) {
      BigInteger product = amount.multiply(BigInteger.valueOf(weights[i]));
      parts[i] = product.divide(sum);
      remainders[i] = product.mod(sum);
      left = left.subtract(parts[i]);
    }
    while (left.signum() > 0) {
      int most = 0;
      for (int i = 1; i < weights.length; i++) {
        most = remainders[i].compareTo(remainders[most]) > 0 ? i : most;
      }
      parts[most] = parts[most].add(BigInteger.ONE);
      remainders[most] = BigInteger.ONE.negate();
      left = left.subtract(BigInteger.ONE);
    }
    return parts;
  }

  @Test
  void buildersShareTheirPartByWeightAndNothingElseChanges() {
    long seed = 20261126;
    Random random = new Random(seed);
    for (int i = 0; i < CASES; i++) {
      CreditRequest request = request(random);
      Map<FeeRole, AccountId> one = new EnumMap<>(FeeRole.class);
      one.putAll(request.parties());
      one.put(FeeRole.ADAPTER_BUILDER, builder(0));
      List<Credit> alone = CreditRule.apply(with(request, one, Map.of()));
      one.remove(FeeRole.ADAPTER_BUILDER);
      Map<AccountId, Long> builders = builders(random);
      List<Credit> credits = CreditRule.apply(with(request, one, builders));
      String claim = "seed " + seed + ", case " + i + ", " + builders;

      require(credits.equals(sorted(credits)), claim + ": not in order");
      require(others(credits).equals(others(alone)), claim + ": others get something else");
      BigInteger part = builders(alone).values().stream().reduce(BigInteger.ZERO, BigInteger::add);
      List<AccountId> accounts = builders.keySet().stream().sorted().toList();
      BigInteger[] parts = shared(part, accounts.stream().mapToLong(builders::get).toArray());
      Map<AccountId, BigInteger> expected = new HashMap<>();
      for (int b = 0; b < parts.length; b++) {
        if (parts[b].signum() > 0) {
          expected.put(accounts.get(b), parts[b]);
        }
      }
      require(builders(credits).equals(expected), claim + ": " + expected + " expected");
      require(
          builders(credits).values().stream().reduce(BigInteger.ZERO, BigInteger::add).equals(part),
          claim + ": not conserved");
    }
  }

  private static CreditRequest with(
      CreditRequest r, Map<FeeRole, AccountId> parties, Map<AccountId, Long> builders) {
    return new CreditRequest(r.fee(), r.split(), parties, r.spans(), r.owners(), builders);
  }

  private static List<Credit> others(List<Credit> credits) {
    return credits.stream().filter(c -> c.role() != FeeRole.ADAPTER_BUILDER).toList();
  }

  private static Map<AccountId, BigInteger> builders(List<Credit> credits) {
    Map<AccountId, BigInteger> builders = new HashMap<>();
    for (Credit credit : credits) {
      if (credit.role() == FeeRole.ADAPTER_BUILDER) {
        require(builders.put(credit.account(), credit.amount().value()) == null, "paid twice");
      }
    }
    return builders;
  }

  /** A builder's adapter becomes up to eight tiny ones under as many accounts. */
  @Test
  void splittingAnAdapterOverAccountsGainsLessThanAWeiAnAccount() {
    long seed = 32;
    Random random = new Random(seed);
    FeeSplit all = new FeeSplit(Map.of(FeeRole.ADAPTER_BUILDER, 10_000));
    for (int i = 0; i < CASES; i++) {
      Wei fee = fee(random);
      int accounts = 2 + random.nextInt(6);
      long theirs = 1 + random.nextInt(8_000_000);
      Map<AccountId, Long> split = new HashMap<>(Map.of(builder(0), theirs));
      long mine = 0;
      for (int a = 1; a <= accounts; a++) {
        long tiny = 1 + random.nextInt(3);
        split.put(builder(a), tiny);
        mine += tiny;
      }
      BigInteger whole = paid(fee, all, Map.of(builder(0), theirs, builder(1), mine));
      BigInteger gain = paid(fee, all, split).subtract(whole);
      require(
          gain.compareTo(BigInteger.valueOf(accounts)) < 0,
          "seed " + seed + ", case " + i + ": gains " + gain + " with " + accounts + " accounts");
    }
  }

  /** What all builders but the first get. */
  private static BigInteger paid(Wei fee, FeeSplit split, Map<AccountId, Long> builders) {
    Map<FeeRole, AccountId> parties = Map.of(FeeRole.TREASURY, TREASURY);
    return builders(
            CreditRule.apply(new CreditRequest(fee, split, parties, List.of(), Map.of(), builders)))
        .entrySet()
        .stream()
        .filter(e -> !e.getKey().equals(builder(0)))
        .map(Map.Entry::getValue)
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  @Test
  void refusesABuilderBesideBuildersAndOneWithoutWeight() {
    Map<FeeRole, AccountId> both =
        Map.of(FeeRole.TREASURY, TREASURY, FeeRole.ADAPTER_BUILDER, builder(1));
    assertThatThrownBy(
            () ->
                new CreditRequest(
                    Wei.of(1),
                    FeeSplit.standard(),
                    both,
                    List.of(),
                    Map.of(),
                    Map.of(builder(2), 1L)))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("party:builder-1, beside 1 builders");
    for (long weight : new long[] {0, -1}) {
      assertThatThrownBy(
              () ->
                  new CreditRequest(
                      Wei.of(1),
                      FeeSplit.standard(),
                      Map.of(FeeRole.TREASURY, TREASURY),
                      List.of(),
                      Map.of(),
                      Map.of(builder(2), weight)))
          .isInstanceOf(OpenLedgerException.class)
          .hasMessageContaining("above zero");
    }
  }

  private static BigInteger contributors(List<Credit> credits) {
    return credits.stream()
        .filter(c -> c.role() == FeeRole.CONTRIBUTORS)
        .map(c -> c.amount().value())
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static long total(Map<ContributionId, Long> weights) {
    return weights.values().stream().mapToLong(Long::longValue).sum();
  }

  private static List<Credit> sorted(List<Credit> credits) {
    return credits.stream()
        .sorted(
            Comparator.comparing(Credit::role)
                .thenComparing(c -> c.contribution().orElse(id(1)))
                .thenComparing(Credit::account))
        .toList();
  }

  // AssertJ's descriptions would dominate the time of a hundred thousand cases
  private static void require(boolean holds, String claim) {
    if (!holds) {
      throw new AssertionError(claim);
    }
  }

  /**
   * One contribution becomes k with the same contributor. Whole wei cannot be split further, so
   * what is left of rounding is below one wei a part, at any fee: nothing that could pay for the
   * trouble.
   */
  @Test
  void splittingOnesDataOrAccountsGainsLessThanAWeiAPart() {
    long seed = 31;
    Random random = new Random(seed);
    for (int i = 0; i < CASES; i++) {
      Wei fee = fee(random);
      long mine = 1 + random.nextInt(1 << 20);
      long theirs = 1 + random.nextInt(1 << 20);
      int parts = 1 + random.nextInt(8);
      List<SpanMatch> whole = List.of(span(1, theirs), span(10, mine));
      List<SpanMatch> split = new ArrayList<>(List.of(span(1, theirs)));
      long left = mine;
      for (int p = 0; p < parts; p++) {
        long part = p == parts - 1 ? left : left / 2;
        left -= part;
        split.add(span(10 + p, part));
      }
      BigInteger gain = earned(fee, split, parts).subtract(earned(fee, whole, 1));
      require(
          gain.compareTo(BigInteger.valueOf(parts)) < 0,
          "seed " + seed + ", case " + i + ": gains " + gain + " with " + parts + " parts");
    }
  }

  private static BigInteger earned(Wei fee, List<SpanMatch> spans, int accounts) {
    Map<ContributionId, Ownership> owners = new HashMap<>();
    owners.put(id(1), new Ownership(id(1), sole("other")));
    for (int p = 0; p < accounts; p++) {
      owners.put(id(10 + p), new Ownership(id(10 + p), sole("mine" + p)));
    }
    CreditRequest request =
        new CreditRequest(
            fee, FeeSplit.standard(), Map.of(FeeRole.TREASURY, TREASURY), spans, owners);
    return CreditRule.apply(request).stream()
        .filter(c -> c.account().name().startsWith("mine"))
        .map(c -> c.amount().value())
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static List<ContributorShare> sole(String name) {
    return List.of(ContributorShare.sole(new ContributorId(name), Optional.empty()));
  }

  @Test
  void copyingAnEarlierContributionGainsNothing() {
    Map<ContributionId, Ownership> owners = new HashMap<>();
    Ownership original = new Ownership(id(1), sole("author"));
    owners.put(id(1), original);
    owners.put(id(2), original);
    List<Credit> credits =
        CreditRule.apply(
            new CreditRequest(
                Wei.of(1000),
                FeeSplit.standard(),
                Map.of(FeeRole.TREASURY, TREASURY),
                List.of(span(1, 5), span(2, 95)),
                owners));
    assertThat(credits)
        .containsExactly(
            new Credit(
                FeeRole.CONTRIBUTORS,
                AccountId.contributor(new ContributorId("author")),
                Optional.of(id(1)),
                Wei.of(700)),
            new Credit(FeeRole.TREASURY, TREASURY, Optional.empty(), Wei.of(300)));
  }

  @Test
  void givesFloorsFirstThenOneWeiEachToTheLargestRemainders() {
    Map<ContributionId, Ownership> owners = new HashMap<>();
    for (int i = 1; i <= 3; i++) {
      owners.put(id(i), new Ownership(id(i), sole("c" + i)));
    }
    // 10 wei over 1 : 1 : 1 is 3 each, and the tied remainder goes to the smallest
    List<Credit> credits =
        CreditRule.apply(
            new CreditRequest(
                Wei.of(10),
                new FeeSplit(Map.of(FeeRole.CONTRIBUTORS, 10_000)),
                Map.of(FeeRole.TREASURY, TREASURY),
                List.of(span(3, 1), span(2, 1), span(1, 1)),
                owners));
    assertThat(credits.stream().map(c -> c.amount().value().intValue())).containsExactly(4, 3, 3);
  }

  @Test
  void withoutEvidenceTheTreasuryReceivesTheContributorsPart() {
    List<Credit> credits =
        CreditRule.apply(
            new CreditRequest(
                Wei.of(1000),
                FeeSplit.standard(),
                Map.of(
                    FeeRole.TREASURY,
                    TREASURY,
                    FeeRole.NODE_OPERATOR,
                    account(FeeRole.NODE_OPERATOR)),
                List.of(),
                Map.of()));
    assertThat(credits)
        .containsExactly(
            new Credit(
                FeeRole.NODE_OPERATOR,
                account(FeeRole.NODE_OPERATOR),
                Optional.empty(),
                Wei.of(100)),
            new Credit(FeeRole.TREASURY, TREASURY, Optional.empty(), Wei.of(900)));
  }

  @Test
  void refusesWhatIsMissingOrContradicts() {
    FeeSplit split = FeeSplit.standard();
    Map<FeeRole, AccountId> parties = Map.of(FeeRole.TREASURY, TREASURY);
    assertThatThrownBy(
            () ->
                CreditRule.apply(
                    new CreditRequest(Wei.of(1), split, Map.of(), List.of(), Map.of())))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("treasury");
    assertThatThrownBy(
            () ->
                CreditRule.apply(
                    new CreditRequest(Wei.of(1), split, parties, List.of(span(1, 1)), Map.of())))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("net:1");
    Map<ContributionId, Ownership> twice =
        Map.of(id(1), new Ownership(id(1), sole("a")), id(2), new Ownership(id(1), sole("b")));
    assertThatThrownBy(
            () ->
                CreditRule.apply(
                    new CreditRequest(
                        Wei.of(1), split, parties, List.of(span(1, 1), span(2, 1)), twice)))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("differently");
  }
}
