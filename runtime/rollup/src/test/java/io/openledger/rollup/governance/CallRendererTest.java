package io.openledger.rollup.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.governance.PolicyChange;
import io.openledger.api.governance.PolicyDraft;
import io.openledger.api.governance.ProposedCall;
import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.governance.ProposedCall.Difference;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.merkle.Keccak256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallRendererTest {

  private static final BigInteger ZERO = BigInteger.ZERO;

  private static ProposedCall only(ChainAddress target, Wei value, byte[] data) {
    List<ProposedCall> shown = States.renderer().render(List.of(new RawCall(target, value, data)));
    assertThat(shown).hasSize(1);
    return shown.get(0);
  }

  private static byte[] call(String signature, Object... arguments) {
    return AbiSignature.parse(signature).encodeCall(arguments);
  }

  private static byte[] role(String name) {
    return Keccak256.hash(name.getBytes(StandardCharsets.US_ASCII));
  }

  private static PolicyChange more() {
    return PolicyChange.feeSplit(
        new FeeSplit(
            Map.of(
                FeeRole.CONTRIBUTORS, 7_550,
                FeeRole.ADAPTER_BUILDER, 1_000,
                FeeRole.BASE_MODEL_PUBLISHER, 450,
                FeeRole.NODE_OPERATOR, 500,
                FeeRole.TREASURY, 500)));
  }

  @Test
  void tellsAFeeSplitByWhoGainsAndWhoLoses() {
    ProposedCall shown = only(States.STORE, Wei.ZERO, PolicyReadings.encode(more()));
    assertThat(shown.danger()).isEqualTo(Danger.ROUTINE);
    assertThat(shown.sentences())
        .containsExactly(
            "Raises the contributors' part from 70 % to 75.5 %; lowers the base model publisher's"
                + " part from 5 % to 4.5 % and the node operator's part from 10 % to 5 %.");
    assertThat(shown.differences())
        .contains(new Difference("contributors", "70 %", "75.5 %"))
        .contains(new Difference("stakers", "0 %", "0 %"))
        .hasSize(6);
    assertThat(shown.splitBefore()).contains(FeeSplit.standard());
    assertThat(shown.splitAfter().orElseThrow().of(FeeRole.CONTRIBUTORS)).isEqualTo(7_550);
    assertThat(shown.function()).contains("setFeeSplit(uint16[6])");
  }

  @Test
  void tellsTimesAndNumbers() {
    assertThat(
            only(
                    States.STORE,
                    Wei.ZERO,
                    PolicyReadings.encode(PolicyChange.epochLength(Duration.ofMinutes(90))))
                .sentences())
        .containsExactly(
            "Raises the length of an epoch from 1 hour to 1 hour 30 minutes.",
            "Servers that follow this contract close an epoch when what was earned in it has waited"
                + " that long, for epochs that begin when it holds or later; sooner where their"
                + " configuration says a shorter openledger.epoch.interval, and only on request"
                + " where it says PT0S.");
    assertThat(
            only(
                    States.STORE,
                    Wei.ZERO,
                    PolicyReadings.encode(PolicyChange.activationDelay(Duration.ofHours(6))))
                .sentences())
        .containsExactly(
            "Lowers the time from the posting of a root to when claims can be made against it from"
                + " 1 day to 6 hours.",
            "This has no effect on claims: the distributor has a delay of its own, and that takes a"
                + " call of RewardDistributor.setActivationDelay with the same time, which this"
                + " proposal has not.");
    assertThat(
            only(
                    States.STORE,
                    Wei.ZERO,
                    PolicyReadings.encode(
                        new PolicyChange.Parameter("minimumClaim", BigInteger.valueOf(8))))
                .sentences())
        .containsExactly("Raises the parameter 'minimumClaim' from 7 to 8.");
  }

  private static RawCall kept(Duration delay) {
    return new RawCall(
        States.STORE, Wei.ZERO, PolicyReadings.encode(PolicyChange.activationDelay(delay)));
  }

  private static RawCall called(Duration delay) {
    return new RawCall(
        States.DISTRIBUTOR,
        Wei.ZERO,
        call("setActivationDelay(uint48)", BigInteger.valueOf(delay.toSeconds())));
  }

  private static DistributorState distributor(ChainAddress owner) {
    return new DistributorState(
        States.DISTRIBUTOR, owner, owner.equals(States.TIMELOCK), Optional.of(Duration.ofDays(1)));
  }

  @Test
  void bothCallsOfAnActivationDelayAreToldTogether() {
    Duration six = Duration.ofHours(6);
    List<ProposedCall> shown = States.renderer().render(List.of(kept(six), called(six)));
    assertThat(shown).extracting(ProposedCall::danger).containsOnly(Danger.ROUTINE);
    assertThat(shown.get(0).sentences())
        .endsWith(
            "The distributor takes it by the call of its setActivationDelay in this proposal.");
    assertThat(shown.get(1).sentences())
        .containsExactly(
            "Has the distributor wait for 6 hours from the posting of a root to claims against it,"
                + " for roots that are posted after this is executed; now it waits for 1 day.");
    assertThat(shown.get(1).differences())
        .containsExactly(new Difference("the distributor's delay", "1 day", "6 hours"));
  }

  @Test
  void activationDelaysThatDoNotFitTogetherAreNoPlainChange() {
    RawCall six = called(Duration.ofHours(6));
    for (List<RawCall> calls :
        List.of(
            List.of(six),
            List.of(kept(Duration.ofHours(5)), six),
            List.of(kept(Duration.ofHours(6)), six, called(Duration.ofHours(1))),
            List.of(kept(Duration.ofMinutes(30)), called(Duration.ofMinutes(30))))) {
      List<ProposedCall> shown = States.renderer().render(calls);
      assertThat(shown.get(calls.indexOf(six) < 0 ? 1 : calls.indexOf(six)).danger())
          .isEqualTo(Danger.NOTABLE);
    }
    assertThat(States.renderer().render(List.of(called(Duration.ofMinutes(30)))).get(0).sentences())
        .endsWith(
            "The contract would refuse it, and the whole proposal with it: allowed is 1 hour to 30"
                + " days.");
  }

  @Test
  void parameterThatCannotReachTheDistributorSaysWhy() {
    Duration six = Duration.ofHours(6);
    StoreState others = States.with(Optional.of(distributor(States.STRANGER)));
    List<ProposedCall> shown = States.renderer(others).render(List.of(kept(six), called(six)));
    assertThat(shown.get(0).sentences().get(1))
        .startsWith("This has no effect on claims")
        .contains("owned by " + States.STRANGER + " and not by the timelock");
    assertThat(shown.get(1).danger()).isEqualTo(Danger.NOTABLE);
    assertThat(shown.get(1).sentences().get(1)).contains("would refuse it", "not by the timelock");
    assertThat(
            States.renderer(States.with(Optional.empty()))
                .render(List.of(kept(six)))
                .get(0)
                .sentences())
        .endsWith(
            "This has no effect on claims: the distributor has a delay of its own, and no"
                + " distributor is known here.");
  }

  @Test
  void draftCallsTheDistributorOnlyWhereVotesReachIt() {
    Drafts drafts = new Drafts(States.CONTRACTS, States.STRANGER);
    PolicyDraft six =
        new PolicyDraft(List.of(PolicyChange.activationDelay(Duration.ofHours(6))), "x");
    assertThat(drafts.prepare(six, Optional.of(distributor(States.TIMELOCK))).calls())
        .extracting(RawCall::target)
        .containsExactly(States.STORE, States.DISTRIBUTOR);
    assertThat(drafts.prepare(six, Optional.of(distributor(States.STRANGER))).calls()).hasSize(1);
    assertThat(drafts.prepare(six, Optional.empty()).calls()).hasSize(1);
    PolicyDraft epochs =
        new PolicyDraft(List.of(PolicyChange.epochLength(Duration.ofHours(6))), "x");
    assertThat(drafts.prepare(epochs, Optional.of(distributor(States.TIMELOCK))).calls())
        .hasSize(1);
  }

  @Test
  void tellsAPolicyByVersionAndHashAndThatItsRulesAreElsewhere() {
    ProposedCall shown =
        only(
            States.STORE,
            Wei.ZERO,
            PolicyReadings.encode(
                new PolicyChange.AttributionPolicy(2, Hash256.sha256("policy 2"))));
    assertThat(shown.sentences().get(0))
        .isEqualTo("Replaces version 1 of the attribution policy by version 2.");
    assertThat(shown.sentences().get(1))
        .contains("not on the chain", Hash256.sha256("policy 2").hex());
  }

  @Test
  void sumThatIsNotWholeIsNoPlainChange() {
    List<BigInteger> parts = Collections.nCopies(6, BigInteger.valueOf(1_000));
    ProposedCall shown = only(States.STORE, Wei.ZERO, PolicyReadings.SET_SPLIT.encodeCall(parts));
    assertThat(shown.danger()).isEqualTo(Danger.NOTABLE);
    assertThat(shown.sentences().get(0)).contains("do not add up to 100 %", "refuse");
    assertThat(shown.splitAfter()).isEmpty();
  }

  @Test
  void whatTheContractWouldRefuseIsSaid() {
    ProposedCall shown =
        only(
            States.STORE,
            Wei.ZERO,
            PolicyReadings.encode(PolicyChange.epochLength(Duration.ofSeconds(59))));
    assertThat(shown.danger()).isEqualTo(Danger.NOTABLE);
    assertThat(String.join(" ", shown.sentences())).contains("refuse", "60 to 2592000");
  }

  @Test
  void valueAlongWithAPolicyChangeIsDangerous() {
    ProposedCall shown = only(States.STORE, States.open(3), PolicyReadings.encode(more()));
    assertThat(shown.danger()).isEqualTo(Danger.DANGEROUS);
    assertThat(String.join(" ", shown.sentences())).contains("sends 3 OPEN");
  }

  @Test
  void unknownContractIsNeverGivenANameByItsSelector() {
    ProposedCall shown = only(States.STRANGER, States.open(5), PolicyReadings.encode(more()));
    assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
    assertThat(shown.function()).isEmpty();
    assertThat(shown.contract()).isEmpty();
    assertThat(shown.sentences().get(0))
        .contains("unknown contract", States.STRANGER.value(), "5 OPEN", "196 bytes");
    assertThat(shown.data()).startsWith("0x");
  }

  @Test
  void coinsToAStrangerAreShownAsSuch() {
    ProposedCall shown = only(States.STRANGER, States.open(5), new byte[0]);
    assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
    assertThat(shown.sentences().get(0)).startsWith("Sends 5 OPEN to " + States.STRANGER);
  }

  @Test
  void functionThatAKnownContractDoesNotHaveCannotBeTold() {
    for (ChainAddress target :
        List.of(States.GOVERNOR, States.TIMELOCK, States.VOTES, States.STORE, States.ANCHOR)) {
      ProposedCall shown = only(target, Wei.ZERO, new byte[] {1, 2, 3, 4, 5});
      assertThat(shown.danger()).as(target.value()).isEqualTo(Danger.UNKNOWN);
      assertThat(shown.sentences().get(0)).contains("0x01020304", "cannot be told");
    }
  }

  @Test
  void bytesBehindTheArgumentsAreNotPassedOver() {
    byte[] data = PolicyReadings.encode(more());
    ProposedCall shown = only(States.STORE, Wei.ZERO, Arrays.copyOf(data, data.length + 32));
    assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
    assertThat(shown.sentences().get(0)).contains("may hold something else");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 35, 67, 195})
  void truncatedArgumentsCannotBeTold(int length) {
    byte[] data = Arrays.copyOf(PolicyReadings.encode(more()), length);
    ProposedCall shown = only(States.STORE, Wei.ZERO, data);
    assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
    assertThat(shown.dataBytes()).isEqualTo(length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "setVotingPeriod(uint32)|3600|Lowers how long is voted from 7 days to 1 hour.",
        "setVotingDelay(uint48)|0|Lowers the time from a proposal to its vote from 1 day to 0"
            + " seconds.",
        "updateQuorumNumerator(uint256)|1|Sets the quorum to 1 % of all GOPEN, for votes that begin"
            + " later.",
        "setQuorumFloor(uint256)|1|Lowers what the quorum never falls below from 1000 votes to"
            + " 0.000000000000000001 votes.",
        "setProposalThreshold(uint256)|0|Lowers the votes that a proposer needs from 10000 votes to"
            + " 0 votes."
      })
  void changeOfTheRulesOfVotingIsDangerous(String function, String value, String sentence) {
    ProposedCall shown = only(States.GOVERNOR, Wei.ZERO, call(function, new BigInteger(value)));
    assertThat(shown.danger()).isEqualTo(Danger.DANGEROUS);
    assertThat(shown.sentences()).containsExactly(sentence);
  }

  @Test
  void rolesOfTheTimelockAreNamedWithWhatTheyGive() {
    ProposedCall admin =
        only(
            States.TIMELOCK,
            Wei.ZERO,
            call("grantRole(bytes32,address)", new byte[32], States.STRANGER));
    assertThat(admin.danger()).isEqualTo(Danger.DANGEROUS);
    assertThat(admin.sentences().get(0))
        .contains("DEFAULT_ADMIN_ROLE", States.STRANGER.value(), "every right");
    ProposedCall proposer =
        only(
            States.TIMELOCK,
            Wei.ZERO,
            call("grantRole(bytes32,address)", role("PROPOSER_ROLE"), States.STRANGER));
    assertThat(proposer.sentences().get(0)).contains("PROPOSER_ROLE", "without a vote");
    ProposedCall revoked =
        only(
            States.TIMELOCK,
            Wei.ZERO,
            call("revokeRole(bytes32,address)", role("PROPOSER_ROLE"), States.GOVERNOR));
    assertThat(revoked.sentences().get(0)).contains("votes could decide nothing more");
  }

  @Test
  void ownershipIsDangerousWhereverItGoes() {
    for (ChainAddress target : List.of(States.STORE, States.ANCHOR)) {
      ProposedCall shown =
          only(target, Wei.ZERO, call("transferOwnership(address)", States.STRANGER));
      assertThat(shown.danger()).isEqualTo(Danger.DANGEROUS);
      assertThat(shown.sentences().get(0)).contains("ownership", States.STRANGER.value());
    }
  }

  @Test
  void gopenThatLeavesTheTimelockIsDangerous() {
    ProposedCall shown =
        only(
            States.VOTES,
            Wei.ZERO,
            call("transfer(address,uint256)", States.STRANGER, States.open(2).value()));
    assertThat(shown.danger()).isEqualTo(Danger.DANGEROUS);
    assertThat(shown.sentences())
        .containsExactly("Sends 2 GOPEN of the timelock's to " + States.STRANGER + ".");
  }

  @Test
  void otherFunctionOfAKnownContractIsToldWithItsArgumentsAsQuotations() {
    ProposedCall shown =
        only(
            States.ANCHOR,
            Wei.ZERO,
            call("setUpdater(address,string)", States.STRANGER, "harmless\u202E\n\u0007"));
    assertThat(shown.danger()).isEqualTo(Danger.DANGEROUS);
    assertThat(shown.sentences())
        .containsExactly(
            "Calls setUpdater of AttributionAnchor with [" + States.STRANGER + ", “harmless���”].");
  }

  private static byte[] schedule(RawCall... calls) {
    List<RawCall> all = List.of(calls);
    return call(
        "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
        ProposalHash.targets(all),
        ProposalHash.values(all),
        ProposalHash.datas(all),
        new byte[32],
        new byte[32],
        BigInteger.valueOf(86_400));
  }

  @Test
  void callsWithinCallsAreShown() {
    RawCall hidden = new RawCall(States.STRANGER, States.open(9), new byte[] {9});
    byte[] inner =
        schedule(new RawCall(States.STORE, Wei.ZERO, PolicyReadings.encode(more())), hidden);
    byte[] outer = call("relay(address,uint256,bytes)", States.TIMELOCK, ZERO, inner);
    ProposedCall shown = only(States.GOVERNOR, Wei.ZERO, outer);
    assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
    ProposedCall batch = shown.calls().get(0);
    assertThat(batch.sentences().get(0)).contains("without a vote of their own", "1 day");
    assertThat(batch.calls()).hasSize(2);
    assertThat(batch.calls().get(0).danger()).isEqualTo(Danger.ROUTINE);
    assertThat(batch.calls().get(1).sentences().get(0)).contains("9 OPEN");
  }

  @Test
  void nestingThatIsTooDeepIsSaidAndNotFollowed() {
    byte[] data = PolicyReadings.encode(more());
    ChainAddress target = States.STORE;
    for (int i = 0; i < 20; i++) {
      data = call("relay(address,uint256,bytes)", target, ZERO, data);
      target = States.GOVERNOR;
    }
    ProposedCall shown = only(States.GOVERNOR, Wei.ZERO, data);
    assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
    int depth = 0;
    ProposedCall at = shown;
    while (!at.calls().isEmpty()) {
      at = at.calls().get(0);
      depth++;
    }
    assertThat(depth).isEqualTo(CallRenderer.DEEPEST);
    assertThat(String.join(" ", at.sentences())).contains("1 further call", "too deep");
  }

  @Test
  void batchOfTooManyIsSaidAndNotFollowed() {
    RawCall[] many = new RawCall[CallRenderer.MOST + 1];
    Arrays.fill(many, new RawCall(States.STRANGER, Wei.ZERO, new byte[0]));
    ProposedCall shown = only(States.TIMELOCK, Wei.ZERO, schedule(many));
    assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
    assertThat(String.join(" ", shown.sentences())).contains("257 further calls");
  }

  @Test
  void listsOfDifferentLengthsDoNotVanish() {
    byte[] data =
        call(
            "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
            List.of(States.STRANGER, States.STRANGER),
            List.of(ZERO),
            List.of((Object) new byte[0]),
            new byte[32],
            new byte[32],
            ZERO);
    ProposedCall shown = only(States.TIMELOCK, Wei.ZERO, data);
    assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
    assertThat(shown.sentences().get(0)).contains("different lengths");
  }

  @Test
  void encodingThatOverlapsItselfIsNotFollowed() {
    // one payload of a thousand bytes, which every one of the offsets points to
    byte[] data =
        schedule(
            new RawCall(States.STRANGER, Wei.ZERO, new byte[992]),
            new RawCall(States.STRANGER, Wei.ZERO, new byte[992]));
    byte[] overlapping = data.clone();
    int payloads = 4 + new BigInteger(1, Arrays.copyOfRange(data, 4 + 64, 4 + 96)).intValueExact();
    System.arraycopy(data, payloads + 32, overlapping, payloads + 64, 32);
    assertThat(overlapping).isNotEqualTo(data);
    assertThat(only(States.TIMELOCK, Wei.ZERO, data).calls()).hasSize(2);
    ProposedCall shown = only(States.TIMELOCK, Wei.ZERO, overlapping);
    assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
    assertThat(shown.calls()).isEmpty();
  }

  @Test
  void hugeDataIsShownByItsBeginning() {
    byte[] huge = Arrays.copyOf(PolicyReadings.encode(more()), 1 << 20);
    for (ChainAddress target : List.of(States.STORE, States.STRANGER)) {
      ProposedCall shown = only(target, Wei.ZERO, huge);
      assertThat(shown.danger()).isEqualTo(Danger.UNKNOWN);
      assertThat(shown.dataBytes()).isEqualTo(1 << 20);
      assertThat(shown.data()).hasSize(2 + 2 * ProposedCall.SHOWN_BYTES);
    }
  }

  @Test
  void hiddenSecondActionMakesTheWholeProposalAWarning() {
    List<ProposedCall> calls =
        States.renderer()
            .render(
                List.of(
                    new RawCall(States.STORE, Wei.ZERO, PolicyReadings.encode(more())),
                    new RawCall(States.STRANGER, States.open(5), new byte[] {1, 2, 3, 4})));
    List<String> warnings =
        Warnings.of(
            calls,
            true,
            Optional.of(HostileText.of("Only the split!".getBytes(StandardCharsets.UTF_8))));
    assertThat(warnings.get(0))
        .isEqualTo(
            "CAUTION: 1 of 2 calls: cannot be read and may do anything that the timelock is allowed"
                + " to.");
    assertThat(warnings.get(1)).startsWith("Call 2: Calls an unknown contract");
    assertThat(
            Warnings.of(calls.subList(0, 1), true, Optional.of(HostileText.of(new byte[] {'x'}))))
        .isEmpty();
  }

  @Test
  void sameChangedTwiceIsSaid() {
    RawCall split = new RawCall(States.STORE, Wei.ZERO, PolicyReadings.encode(more()));
    List<ProposedCall> calls = States.renderer().render(List.of(split, split));
    assertThat(String.join(" ", Warnings.of(calls, true, Optional.empty())))
        .contains("the same twice");
  }

  /** Whatever the bytes are, nothing is thrown and no call is left out. */
  @Test
  void randomBytesAlwaysRenderAndEveryCallIsThere() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<ChainAddress> targets =
        List.of(
            States.GOVERNOR,
            States.TIMELOCK,
            States.VOTES,
            States.STORE,
            States.ANCHOR,
            States.STRANGER);
    List<AbiSignature> known = new ArrayList<>(PolicyReadings.FUNCTIONS);
    PowerReadings power = new PowerReadings(States.CONTRACTS, States.RULES);
    targets.forEach(t -> known.addAll(power.functions(t)));
    byte[] valid =
        schedule(
            new RawCall(States.STORE, Wei.ZERO, PolicyReadings.encode(more())),
            new RawCall(States.VOTES, States.open(1), new byte[40]));
    for (int round = 0; round < 4_000; round++) {
      List<RawCall> calls = new ArrayList<>();
      int count = 1 + random.nextInt(5);
      for (int i = 0; i < count; i++) {
        byte[] data = new byte[random.nextInt(400)];
        random.nextBytes(data);
        switch (random.nextInt(4)) {
          case 0 -> {}
          case 1 -> {
            data = valid.clone();
            for (int flips = random.nextInt(6); flips > 0; flips--) {
              data[random.nextInt(data.length)] = (byte) random.nextInt(256);
            }
          }
          default -> {
            // a function that is known, and words that are mostly small: offsets that hit
            for (int at = 0; at < data.length; at++) {
              data[at] = at % 32 < 3 || random.nextBoolean() ? data[at] : 0;
            }
            byte[] selector = known.get(random.nextInt(known.size())).selector();
            System.arraycopy(selector, 0, data, 0, Math.min(4, data.length));
          }
        }
        Wei value = random.nextBoolean() ? Wei.ZERO : new Wei(new BigInteger(256, random));
        calls.add(new RawCall(targets.get(random.nextInt(targets.size())), value, data));
      }
      List<ProposedCall> shown = States.renderer().render(calls);
      assertThat(shown).as("seed %d, round %d", seed, round).hasSize(count);
      for (int i = 0; i < count; i++) {
        ProposedCall each = shown.get(i);
        RawCall raw = calls.get(i);
        assertThat(each.target()).isEqualTo(raw.target());
        assertThat(each.value()).isEqualTo(raw.value());
        assertThat(each.dataBytes()).isEqualTo(raw.data().length);
        assertThat(each.sentences()).isNotEmpty();
        assertThat(each.danger() == Danger.ROUTINE)
            .as("seed %d, round %d: %s", seed, round, each)
            .isEqualTo(routine(raw));
      }
      assertThat(Warnings.of(shown, true, Optional.empty())).isNotEmpty();
    }
  }

  /** The plain twin of "routine": nothing but what a draft would have encoded. */
  private static boolean routine(RawCall call) {
    return call.target().equals(States.STORE)
        && call.value().isZero()
        && Stream.of(
                PolicyReadings.SET_SPLIT, PolicyReadings.SET_POLICY, PolicyReadings.SET_PARAMETER)
            .filter(f -> KnownContract.begins(f, call.data()))
            .anyMatch(
                f -> {
                  try {
                    return PolicyReadings.change(
                            f,
                            f.decodeArguments(
                                Arrays.copyOfRange(call.data(), 4, call.data().length)))
                        .filter(c -> Arrays.equals(PolicyReadings.encode(c), call.data()))
                        .filter(
                            c ->
                                StoreRules.refusal(
                                        States.STORE_STATE, c, States.NOW.plus(Duration.ofDays(9)))
                                    .isEmpty())
                        .isPresent();
                  } catch (io.openledger.api.OpenLedgerException e) {
                    return false;
                  }
                });
  }
}
