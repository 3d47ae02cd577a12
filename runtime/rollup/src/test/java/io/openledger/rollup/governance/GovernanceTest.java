package io.openledger.rollup.governance;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.GovernanceStatus;
import io.openledger.api.governance.PolicyChange;
import io.openledger.api.governance.PolicyDraft;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.governance.PolicyPreview;
import io.openledger.api.governance.Proposal;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.ProposalState;
import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.governance.ProposedCall.Difference;
import io.openledger.api.governance.Submission;
import io.openledger.api.governance.VoteChoice;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.runtime.Caller;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Governance on a real node: account 1 has the server's key, 2 votes otherwise, 3 has nothing. */
class GovernanceTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final ChainAddress STRANGER = States.STRANGER;

  private static GovernedChain chain;
  private static String snapshot = "";

  private Governance governance;

  @BeforeAll
  static void start() throws Exception {
    chain = new GovernedChain();
    chain.wrap(1, 1_500);
    chain.wrap(2, 800);
    // the first change waits for a cooldown too, from the deployment on
    chain.anvil.advance(Duration.ofDays(31));
    snapshot = chain.anvil.snapshot();
  }

  @AfterAll
  static void stop() {
    if (chain != null) {
      chain.close();
    }
  }

  @BeforeEach
  void fresh() {
    chain.anvil.revert(snapshot);
    snapshot = chain.anvil.snapshot(); // going back used it up
    governance = chain.governance(1);
  }

  @AfterEach
  void forget() {
    chain.forget();
  }

  private Submission done(Submission step) throws Exception {
    return GovernedChain.done(governance, step);
  }

  private static FeeSplit split(int contributors, int operator) {
    return new FeeSplit(
        Map.of(
            FeeRole.CONTRIBUTORS, contributors,
            FeeRole.ADAPTER_BUILDER, 1_000,
            FeeRole.BASE_MODEL_PUBLISHER, 500,
            FeeRole.NODE_OPERATOR, operator,
            FeeRole.TREASURY, 500));
  }

  private static PolicyDraft draft() {
    return new PolicyDraft(
        List.of(
            PolicyChange.feeSplit(split(7_500, 500)),
            PolicyChange.epochLength(Duration.ofHours(2))),
        "More for contributors.\nLonger epochs.");
  }

  private Proposal read(ProposalId id) {
    return governance.proposal(id).orElseThrow();
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  private static void beginVote() {
    chain.anvil.advance(HOUR.plusSeconds(5));
  }

  private static void endVote() {
    chain.anvil.advance(HOUR.plusSeconds(5));
  }

  @Test
  void changeGoesItsWholeWay() throws Exception {
    PolicyPreview preview = governance.preview(draft());
    assertThat(preview.refusals()).isEmpty();
    assertThat(preview.summary().get(0))
        .isEqualTo(
            "Raises the contributors' part from 70 % to 75 %; lowers the node operator's part from"
                + " 10 % to 5 %.");
    assertThat(preview.summary().get(1))
        .isEqualTo("Raises the length of an epoch from 1 hour to 2 hours.");
    assertThat(preview.summary().get(2)).isEqualTo(Words.EPOCHS);
    assertThat(String.join(" ", preview.summary()))
        .contains("epochs that begin then or later")
        .contains("needs 1000 votes")
        .contains("2300 votes in all")
        .contains("key has 1500 votes");
    assertThat(preview.description()).endsWith("\n#proposer=" + chain.account(1));
    assertThat(preview.schedule().effective())
        .isEqualTo(preview.schedule().executable().plusSeconds(60));

    Submission proposed = done(governance.propose(draft()));
    ProposalId id = proposed.proposal();
    assertThat(id).isEqualTo(preview.id());
    assertThat(proposed.key()).isEqualTo(chain.deployed.key("governance/propose/" + id.hex()));
    assertThat(governance.propose(draft()).transaction()).isEqualTo(proposed.transaction());
    Proposal pending = read(id);
    assertThat(pending.state()).isEqualTo(ProposalState.PENDING);
    assertThat(pending.danger()).isEqualTo(Danger.ROUTINE);
    assertThat(pending.warnings()).isEmpty();
    assertThat(pending.calls()).usingRecursiveComparison().isEqualTo(preview.calls());
    assertThat(pending.text().orElseThrow().shown()).isEqualTo(preview.description());
    assertThat(pending.text().orElseThrow().boundTo()).contains(chain.account(1));
    assertThat(pending.own().proposer()).isTrue();
    assertThat(pending.own().power()).isEqualTo(States.open(1_500));
    assertThat(pending.tally().quorumFixed()).isFalse();
    refused(ErrorCode.PROPOSAL_STATE, () -> governance.vote(id, VoteChoice.FOR, ""));

    beginVote();
    assertThat(read(id).state()).isEqualTo(ProposalState.ACTIVE);
    refused(ErrorCode.PROPOSAL_STATE, () -> governance.cancel(id));
    refused(ErrorCode.PROPOSAL_STATE, () -> governance.queue(id));
    Submission vote = done(governance.vote(id, VoteChoice.FOR, "fair"));
    assertThat(vote.key())
        .isEqualTo(chain.deployed.key("governance/vote/" + id.hex() + "/" + chain.account(1)));
    assertThat(governance.vote(id, VoteChoice.FOR, "fair").transaction())
        .isEqualTo(vote.transaction());
    refused(ErrorCode.PROPOSAL_STATE, () -> governance.vote(id, VoteChoice.AGAINST, "changed"));
    chain.vote(2, id, 0);
    Proposal active = read(id);
    assertThat(active.tally().votesFor()).isEqualTo(States.open(1_500));
    assertThat(active.tally().against()).isEqualTo(States.open(800));
    assertThat(active.tally().quorum()).isEqualTo(States.open(1_000));
    assertThat(active.tally().carried()).isTrue();
    assertThat(active.own().voted()).isTrue();

    endVote();
    assertThat(read(id).state()).isEqualTo(ProposalState.SUCCEEDED);
    refused(ErrorCode.PROPOSAL_STATE, () -> governance.execute(id));
    done(governance.queue(id));
    Proposal queued = read(id);
    assertThat(queued.state()).isEqualTo(ProposalState.QUEUED);
    assertThat(queued.schedule().executableFrom()).isPresent();
    refused(ErrorCode.PROPOSAL_STATE, () -> governance.execute(id));
    chain.anvil.advance(Duration.ofSeconds(61));
    done(governance.execute(id));

    GovernanceStatus decided = governance.status();
    assertThat(decided.feeSplit()).isEqualTo(FeeSplit.standard());
    assertThat(decided.pendingSplit()).contains(split(7_500, 500));
    assertThat(decided.parameters().get(0).pending().orElseThrow().value()).isEqualTo(7_200);
    chain.anvil.advance(Duration.ofSeconds(61));
    GovernanceStatus effective = governance.status();
    assertThat(effective.feeSplit()).isEqualTo(split(7_500, 500));
    assertThat(effective.pendingSplit()).isEmpty();
    assertThat(effective.parameters().get(0).value()).isEqualTo(7_200);
    Proposal executed = read(id);
    assertThat(executed.state()).isEqualTo(ProposalState.EXECUTED);
    // against what held then, though both have the same value by now
    assertThat(executed.calls()).usingRecursiveComparison().isEqualTo(preview.calls());
    assertThat(executed.warnings()).isEmpty();
    assertThat(governance.submissions(id))
        .extracting(s -> s.key().split("/")[2])
        .containsExactly("propose", "vote", "queue", "execute");
    assertThat(governance.proposals(0, 10).items()).containsExactly(executed);

    PolicyDraft again =
        new PolicyDraft(List.of(PolicyChange.feeSplit(split(7_000, 1_000))), "Back again");
    assertThat(governance.preview(again).refusals().get(0)).startsWith("OPENLEDGER-5034");
    refused(ErrorCode.CHANGE_TOO_SOON, () -> governance.propose(again));
  }

  @Test
  void votedActivationDelayIsTheDistributorsOwn() throws Exception {
    assertThat(chain.activationDelay()).isEqualTo(Duration.ofDays(1));
    PolicyDraft six =
        new PolicyDraft(List.of(PolicyChange.activationDelay(Duration.ofHours(6))), "Sooner.");
    PolicyPreview preview = governance.preview(six);
    assertThat(preview.refusals()).isEmpty();
    assertThat(preview.calls())
        .extracting(call -> call.contract().orElseThrow())
        .containsExactly("ParameterStore", "RewardDistributor");
    assertThat(preview.calls()).extracting(call -> call.danger()).containsOnly(Danger.ROUTINE);
    ProposalId id = done(governance.propose(six)).proposal();
    assertThat(id).isEqualTo(preview.id());
    assertThat(read(id).calls()).usingRecursiveComparison().isEqualTo(preview.calls());
    assertThat(read(id).warnings()).isEmpty();
    beginVote();
    done(governance.vote(id, VoteChoice.FOR, ""));
    endVote();
    done(governance.queue(id));
    chain.anvil.advance(Duration.ofSeconds(61));
    assertThat(chain.activationDelay()).isEqualTo(Duration.ofDays(1));
    done(governance.execute(id));
    assertThat(read(id).state()).isEqualTo(ProposalState.EXECUTED);
    assertThat(chain.activationDelay()).isEqualTo(Duration.ofHours(6));
    chain.anvil.advance(Duration.ofSeconds(61));
    assertThat(governance.status().parameters())
        .filteredOn(p -> p.key().equals(PolicyChange.ACTIVATION_DELAY))
        .singleElement()
        .satisfies(p -> assertThat(p.value()).isEqualTo(6 * 3_600));
    assertThat(read(id).calls().get(1).danger()).isEqualTo(Danger.ROUTINE);
  }

  @Test
  void activationDelayOfADistributorOfSomebodyElsesIsNotCalled() {
    chain.disown();
    PolicyPreview preview =
        governance.preview(
            new PolicyDraft(List.of(PolicyChange.activationDelay(Duration.ofHours(6))), "Sooner."));
    assertThat(preview.refusals()).isEmpty();
    assertThat(preview.calls()).hasSize(1);
    assertThat(preview.calls().get(0).sentences().get(1))
        .contains("no effect on claims", "owned by " + chain.account(3));
  }

  @Test
  void moreAgainstThanForIsDefeated() throws Exception {
    ProposalId id = done(governance.propose(draft())).proposal();
    beginVote();
    done(governance.vote(id, VoteChoice.AGAINST, "no"));
    chain.vote(2, id, 1);
    endVote();
    Proposal defeated = read(id);
    assertThat(defeated.state()).isEqualTo(ProposalState.DEFEATED);
    assertThat(defeated.tally().carried()).isFalse();
    refused(ErrorCode.PROPOSAL_STATE, () -> governance.queue(id));
    refused(ErrorCode.PROPOSAL_STATE, () -> governance.vote(id, VoteChoice.FOR, ""));
  }

  @Test
  void votesBelowTheAbsoluteFloorAreNoQuorumThoughThePercentageIsReached() throws Exception {
    ProposalId id = done(governance.propose(draft())).proposal();
    beginVote();
    chain.vote(2, id, 1); // 800 of 2300: far above 5 %
    Proposal active = read(id);
    assertThat(active.tally().missing()).isEqualTo(States.open(200));
    assertThat(String.join(" ", active.summary())).contains("200 votes are missing");
    endVote();
    assertThat(read(id).state()).isEqualTo(ProposalState.DEFEATED);
  }

  @Test
  void proposerCancelsBeforeTheVoteAndNobodyElseDoes() throws Exception {
    ProposalId id = done(governance.propose(draft())).proposal();
    Governance other = chain.governance(2);
    refused(ErrorCode.PROPOSAL_STATE, () -> other.cancel(id));
    done(governance.cancel(id));
    assertThat(read(id).state()).isEqualTo(ProposalState.CANCELED);
    // the same cannot be proposed again, and is not: its first submission is told
    assertThat(governance.propose(draft()).key())
        .isEqualTo(chain.deployed.key("governance/propose/" + id.hex()));
    assertThat(governance.proposals(0, 10).total()).isEqualTo(1);
    refused(ErrorCode.PROPOSAL_STATE, () -> chain.governance(1).propose(draft()));
  }

  @Test
  void quorumThatIsReachedLateExtendsTheVote() throws Exception {
    ProposalId id = done(governance.propose(draft())).proposal();
    beginVote();
    assertThat(read(id).schedule().extendedFrom()).isEmpty();
    chain.anvil.advance(Duration.ofMinutes(50));
    done(governance.vote(id, VoteChoice.FOR, "late"));
    Proposal late = read(id);
    assertThat(late.schedule().extendedFrom()).isPresent();
    assertThat(late.schedule().voteEnds()).isAfter(late.schedule().extendedFrom().get());
    assertThat(String.join(" ", late.summary())).contains("was extended");
  }

  @Test
  void whatWouldBeRefusedIsNotSent() throws Exception {
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () ->
            governance.propose(
                new PolicyDraft(List.of(PolicyChange.epochLength(Duration.ofSeconds(59))), "x")));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () ->
            governance.propose(
                new PolicyDraft(
                    List.of(new PolicyChange.Parameter("nothing", BigInteger.ONE)), "x")));
    refused(
        ErrorCode.INVALID_ARGUMENT,
        () ->
            governance.propose(
                new PolicyDraft(
                    List.of(new PolicyChange.AttributionPolicy(1, Hash256.sha256("x"))), "x")));
    PolicyDraft typo =
        new PolicyDraft(
            List.of(new PolicyChange.AttributionPolicy(2, Hash256.sha256("no such rules"))), "x");
    assertThat(governance.preview(typo).refusals())
        .singleElement(as(STRING))
        .contains("version 2 of the policy", "openledger.policies");
    refused(ErrorCode.INVALID_ARGUMENT, () -> governance.propose(typo));
    assertThat(
            governance
                .preview(
                    new PolicyDraft(
                        List.of(new PolicyChange.AttributionPolicy(2, GovernedChain.CONFIGURED)),
                        "x"))
                .refusals())
        .isEmpty();
    refused(ErrorCode.VOTES_MISSING, () -> chain.governance(3).propose(draft()));
    ProposalId none = new ProposalId(BigInteger.TEN);
    assertThat(governance.proposal(none)).isEmpty();
    refused(ErrorCode.PROPOSAL_UNKNOWN, () -> governance.vote(none, VoteChoice.FOR, ""));
    refused(
        ErrorCode.INVALID_ARGUMENT, () -> governance.vote(none, VoteChoice.FOR, "\u202Egnilievnu"));
    assertThat(governance.proposals(0, 25).total()).isZero();
    ProposalId id = done(governance.propose(draft())).proposal();
    beginVote();
    refused(ErrorCode.VOTES_MISSING, () -> chain.governance(3).vote(id, VoteChoice.FOR, "me too"));
  }

  @Test
  void whoSeesAProposalEarlyCannotMakeItTheirs() throws Exception {
    Drafts.Prepared seen =
        new Drafts(chain.contracts, chain.account(1)).prepare(draft(), chain.state().distributor());
    assertThatThrownBy(() -> chain.send(2, chain.contracts.governor(), Wei.ZERO, seen.calldata()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("reverted");
    done(governance.propose(draft()));
    assertThat(read(seen.id()).proposer()).isEqualTo(chain.account(1));
  }

  @Test
  void proposalThatHidesASecondActionDoesNotLookHarmless() throws Exception {
    RawCall harmless =
        new RawCall(
            chain.contracts.store(),
            Wei.ZERO,
            PolicyReadings.encode(PolicyChange.feeSplit(split(7_500, 500))));
    RawCall hidden = new RawCall(STRANGER, States.open(5), new byte[] {1, 2, 3, 4});
    chain.propose(
        2,
        List.of(harmless, hidden),
        ("Only raises the contributors' part.\u202E\u0000 The rest is " + "x".repeat(60_000))
            .getBytes(StandardCharsets.UTF_8));
    Proposal foreign = governance.proposals(0, 1).items().get(0);
    assertThat(foreign.danger()).isEqualTo(Danger.UNKNOWN);
    assertThat(foreign.calls()).hasSize(2);
    assertThat(foreign.warnings().get(0)).startsWith("CAUTION: 1 of 2 calls");
    assertThat(foreign.warnings().get(1))
        .contains("Call 2", "unknown contract", STRANGER.value(), "5 OPEN");
    assertThat(String.join(" ", foreign.warnings())).contains("cannot be seen or that reorder");
    assertThat(foreign.text().orElseThrow().shown())
        .startsWith("Only raises the contributors' part.��")
        .hasSize(20_000);
    assertThat(foreign.text().orElseThrow().cut()).isTrue();
    assertThat(foreign.text().orElseThrow().boundTo()).isEmpty();
    assertThat(foreign.proposer()).isEqualTo(chain.account(2));
  }

  @Test
  void parameterThatIsAddedLaterDoesNotChangeWhatAnOlderProposalIsComparedWith() throws Exception {
    ProposalId id = done(governance.propose(draft())).proposal();
    beginVote();
    done(governance.vote(id, VoteChoice.FOR, ""));
    endVote();
    done(governance.queue(id));
    chain.anvil.advance(Duration.ofSeconds(61));
    done(governance.execute(id));
    chain.anvil.advance(Duration.ofSeconds(61));
    Proposal before = read(id);
    assertThat(before.calls().get(0).sentences().get(0)).contains("from 70 % to 75 %");
    String timelock = chain.contracts.timelock().value();
    chain.anvil.setBalance(chain.contracts.timelock(), States.open(1));
    chain.anvil.rpc("anvil_impersonateAccount", timelock);
    byte[] add =
        AbiSignature.parse("addParameter(bytes32,(uint208,uint208,uint208))")
            .encodeCall(
                Words.keyBytes("minimumClaim"),
                List.of(BigInteger.ONE, BigInteger.TEN, BigInteger.TWO));
    chain.anvil.rpc(
        "eth_sendTransaction",
        Map.of(
            "from",
            timelock,
            "to",
            chain.contracts.store().value(),
            "data",
            "0x" + HexFormat.of().formatHex(add)));
    chain.anvil.mine(1);
    assertThat(governance.status().parameters()).hasSize(3);
    assertThat(read(id).calls()).usingRecursiveComparison().isEqualTo(before.calls());
  }

  @Test
  void textThatIsNoUtf8IsFoundAllTheSame() throws Exception {
    RawCall call = new RawCall(STRANGER, Wei.ZERO, new byte[0]);
    chain.propose(2, List.of(call), new byte[] {'a', (byte) 0xFF, (byte) 0xFE});
    Proposal foreign = governance.proposals(0, 1).items().get(0);
    assertThat(foreign.text().orElseThrow().shown()).isEqualTo("a��");
  }

  @Test
  void changesOfTheGovernorAndOfTheTimelocksRolesAreDangerous() throws Exception {
    chain.propose(
        2,
        List.of(
            new RawCall(
                chain.contracts.governor(),
                Wei.ZERO,
                AbiSignature.parse("setQuorumFloor(uint256)").encodeCall(BigInteger.ONE)),
            new RawCall(
                chain.contracts.timelock(),
                Wei.ZERO,
                AbiSignature.parse("grantRole(bytes32,address)")
                    .encodeCall(new byte[32], STRANGER))),
        "tidying".getBytes(StandardCharsets.UTF_8));
    Proposal foreign = governance.proposals(0, 1).items().get(0);
    assertThat(foreign.danger()).isEqualTo(Danger.DANGEROUS);
    assertThat(foreign.calls().get(0).differences())
        .containsExactly(
            new Difference(
                "what the quorum never falls below", "1000 votes", "0.000000000000000001 votes"));
    assertThat(foreign.warnings().get(0))
        .isEqualTo("CAUTION: 2 of 2 calls: changes who decides or moves coins, or could.");
    assertThat(foreign.warnings().get(2)).contains("DEFAULT_ADMIN_ROLE", "every right");
  }

  @Test
  void listIsNewestFirstAndPaged() throws Exception {
    for (int i = 0; i < 4; i++) {
      chain.propose(
          2,
          List.of(new RawCall(STRANGER, Wei.of(i), new byte[0])),
          ("number " + i).getBytes(StandardCharsets.UTF_8));
    }
    assertThat(governance.proposals(1, 2).items())
        .extracting(p -> p.text().orElseThrow().shown())
        .containsExactly("number 2", "number 1");
    assertThat(governance.proposals(1, 2).total()).isEqualTo(4);
    assertThat(governance.proposals(9, 2).items()).isEmpty();
    refused(ErrorCode.INVALID_ARGUMENT, () -> governance.proposals(0, 26));
  }

  @Test
  void textsOfFinalBlocksAreKeptAndFound() throws Exception {
    chain.propose(
        2,
        List.of(new RawCall(STRANGER, Wei.ZERO, new byte[0])),
        "kept".getBytes(StandardCharsets.UTF_8));
    chain.anvil.mine(20);
    for (int round = 0; round < 2; round++) {
      assertThat(governance.proposals(0, 1).items().get(0).text().orElseThrow().shown())
          .isEqualTo("kept");
    }
  }

  @Test
  void powerTellsWhoVotes() throws Exception {
    assertThat(governance.status().power().votes()).isEqualTo(States.open(1_500));
    assertThat(governance.status().power().sentence()).contains("votes with its own");
    assertThat(chain.governance(3).status().power().sentence()).contains("holds no GOPEN");
    chain.send(
        3, chain.contracts.votes(), States.open(3), AbiSignature.parse("deposit()").encodeCall());
    assertThat(chain.governance(3).status().power().sentence()).contains("nobody votes with");
    chain.send(
        3,
        chain.contracts.votes(),
        Wei.ZERO,
        AbiSignature.parse("delegate(address)").encodeCall(chain.account(2)));
    assertThat(chain.governance(3).status().power().sentence()).contains(chain.account(2).value());
    assertThat(chain.governance(3).status().power().votes()).isEqualTo(Wei.ZERO);
  }

  @Test
  void everybodyReadsAndWhoMayActIsSaid() throws Exception {
    PolicyGovernance user = governance.of(Caller.user("openledger", "u", Set.of(Caller.Role.USER)));
    assertThat(user.status().proposals()).isZero();
    assertThat(user.preview(draft()).refusals()).isEmpty();
    refused(ErrorCode.FORBIDDEN, () -> user.propose(draft()));
    ProposalId some = new ProposalId(BigInteger.ONE);
    refused(ErrorCode.FORBIDDEN, () -> user.vote(some, VoteChoice.FOR, ""));
    refused(ErrorCode.FORBIDDEN, () -> user.queue(some));
    refused(ErrorCode.FORBIDDEN, () -> user.execute(some));
    refused(ErrorCode.FORBIDDEN, () -> user.cancel(some));
    PolicyGovernance other = governance.of(Caller.application("other"));
    refused(ErrorCode.FORBIDDEN, () -> other.propose(draft()));
    // a user of an application that may is not that application
    refused(
        ErrorCode.FORBIDDEN,
        () -> governance.of(Caller.user("desk", "u", Set.of(Caller.Role.USER))).propose(draft()));
    ProposalId id = done(governance.of(Caller.application("desk")).propose(draft())).proposal();
    done(governance.of(Caller.user("openledger", "a", Set.of(Caller.Role.ADMIN))).cancel(id));
    assertThat(read(id).state()).isEqualTo(ProposalState.CANCELED);
  }
}
