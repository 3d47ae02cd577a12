package io.openledger.runtime.rest;

import io.openledger.api.Hash256;
import io.openledger.api.Page;
import io.openledger.api.governance.ChainMoment;
import io.openledger.api.governance.GovernanceStatus;
import io.openledger.api.governance.GovernedParameter;
import io.openledger.api.governance.PolicyDraft;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.governance.PolicyPreview;
import io.openledger.api.governance.Proposal;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.ProposalState;
import io.openledger.api.governance.ProposalText;
import io.openledger.api.governance.ProposedCall;
import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.governance.ProposedCall.Difference;
import io.openledger.api.governance.Submission;
import io.openledger.api.governance.VoteChoice;
import io.openledger.api.governance.VotingPower;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.rollup.Rollup;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A governance in memory with two proposals: a plain one, and one that hides something. */
final class FakeGovernance implements PolicyGovernance {

  static final ProposalId PLAIN = new ProposalId(BigInteger.ONE.shiftLeft(255));
  static final ProposalId HIDING = new ProposalId(BigInteger.TWO);

  static final FeeSplit AFTER =
      new FeeSplit(
          Map.of(
              FeeRole.CONTRIBUTORS, 7_500,
              FeeRole.ADAPTER_BUILDER, 1_000,
              FeeRole.BASE_MODEL_PUBLISHER, 500,
              FeeRole.NODE_OPERATOR, 500,
              FeeRole.TREASURY, 500));

  private static final ChainAddress STORE = new ChainAddress("0x" + "0a".repeat(20));
  private static final ChainAddress STRANGER = new ChainAddress("0x" + "66".repeat(20));
  private static final ChainAddress KEY = new ChainAddress("0x" + "ab".repeat(20));
  private static final Instant NOW = FakeServer.NOW;
  private static final ChainMoment MOMENT = new ChainMoment(4_711, NOW, "unsafe");

  final List<String> calls = new ArrayList<>();

  /** A rollup that has this and nothing else. */
  Rollup rollup() {
    return (Rollup)
        Proxy.newProxyInstance(
            Rollup.class.getClassLoader(),
            new Class<?>[] {Rollup.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("governance")) {
                return this;
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private static Wei open(long coins) {
    return new Wei(BigInteger.valueOf(coins).multiply(BigInteger.TEN.pow(18)));
  }

  private static ProposedCall split() {
    return new ProposedCall(
        STORE,
        Optional.of("ParameterStore"),
        Wei.ZERO,
        Optional.of("setFeeSplit(uint16[6])"),
        "0x1234",
        2,
        Danger.ROUTINE,
        List.of(
            "Raises the contributors' part from 70 % to 75 %; lowers the node operator's part from"
                + " 10 % to 5 %."),
        List.of(new Difference("contributors", "70 %", "75 %")),
        Optional.of(FeeSplit.standard()),
        Optional.of(AFTER),
        List.of());
  }

  private static ProposedCall hidden() {
    return new ProposedCall(
        STRANGER,
        Optional.empty(),
        open(5),
        Optional.empty(),
        "0x" + "ee".repeat(ProposedCall.SHOWN_BYTES),
        5_000,
        Danger.UNKNOWN,
        List.of(
            "Calls an unknown contract, "
                + STRANGER
                + ", with a value of 5 OPEN and 5000 bytes of data. What it does cannot be told."),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static Proposal made(ProposalId id) {
    boolean hiding = id.equals(HIDING);
    return new Proposal(
        id,
        hiding ? STRANGER : KEY,
        ProposalState.ACTIVE,
        Danger.ROUTINE,
        hiding
            ? List.of(
                "CAUTION: 1 of 2 calls: cannot be read and may do anything that the timelock is"
                    + " allowed to.",
                "Call 2: " + hidden().sentences().get(0))
            : List.of(),
        hiding ? List.of(split(), hidden()) : List.of(split()),
        Optional.of(
            new ProposalText(
                hiding
                    ? "Harmless!\n<img src=x onerror=alert(1)><script>alert(1)</script>"
                    : "More for contributors.",
                40,
                hiding,
                hiding,
                hiding ? Optional.empty() : Optional.of(KEY))),
        new Proposal.Tally(open(1_500), open(800), open(10), open(1_000), true),
        new Proposal.Schedule(
            NOW.minusSeconds(60),
            NOW.plusSeconds(3_600),
            hiding ? Optional.of(NOW.plusSeconds(60)) : Optional.empty(),
            Optional.empty()),
        new Proposal.Own(open(1_500), !hiding, !hiding),
        List.of("It is voted until 2026-11-21 08:00:00 UTC."),
        MOMENT);
  }

  @Override
  public GovernanceStatus status() {
    return new GovernanceStatus(
        MOMENT,
        new GovernanceStatus.Rules(
            Duration.ofDays(1),
            Duration.ofDays(7),
            Duration.ofDays(2),
            Duration.ofDays(1),
            Duration.ofDays(1),
            Duration.ofDays(30),
            open(100),
            open(1_000),
            open(1_000),
            open(2_310)),
        FeeSplit.standard(),
        Optional.of(AFTER),
        NOW.plusSeconds(86_400),
        1,
        Hash256.sha256("policy 1"),
        List.of(
            new GovernedParameter(
                "epochLength",
                BigInteger.valueOf(3_600),
                BigInteger.valueOf(60),
                BigInteger.valueOf(2_592_000),
                Optional.of(
                    new GovernedParameter.Pending(BigInteger.valueOf(7_200), NOW.plusSeconds(60))),
                NOW)),
        new VotingPower(KEY, open(1_500), open(1_500), Optional.of(KEY)),
        2);
  }

  @Override
  public PolicyPreview preview(PolicyDraft draft) {
    calls.add("preview " + draft);
    return new PolicyPreview(
        PLAIN,
        draft.description() + "\n#proposer=" + KEY,
        List.of(split()),
        List.of("What it does."),
        List.of("OPENLEDGER-5034: too soon; allowed: later; wait"),
        new PolicyPreview.Schedule(NOW, NOW, NOW, NOW),
        open(100),
        open(1_500),
        open(1_000),
        MOMENT);
  }

  @Override
  public Submission propose(PolicyDraft draft) {
    return submission("propose " + draft, PLAIN);
  }

  @Override
  public Page<Proposal> proposals(long offset, int limit) {
    calls.add("proposals " + offset + " " + limit);
    List<Proposal> all = List.of(made(HIDING), made(PLAIN));
    return new Page<>(all.stream().skip(offset).limit(limit).toList(), all.size(), offset, limit);
  }

  @Override
  public Optional<Proposal> proposal(ProposalId id) {
    return id.equals(PLAIN) || id.equals(HIDING) ? Optional.of(made(id)) : Optional.empty();
  }

  @Override
  public Submission vote(ProposalId id, VoteChoice choice, String reason) {
    return submission("vote " + choice + " " + reason, id);
  }

  @Override
  public Submission queue(ProposalId id) {
    return submission("queue", id);
  }

  @Override
  public Submission execute(ProposalId id) {
    return submission("execute", id);
  }

  @Override
  public Submission cancel(ProposalId id) {
    return submission("cancel", id);
  }

  @Override
  public List<Submission> submissions(ProposalId id) {
    return List.of(submission("submissions", id));
  }

  private Submission submission(String call, ProposalId id) {
    calls.add(call + (call.startsWith("propose") ? "" : " of " + id.hex().charAt(0)));
    return new Submission(
        "governance/" + call.split(" ")[0] + "/" + id.hex(),
        id,
        Submission.Progress.STORED,
        Hash256.sha256(call),
        Optional.of("waits"),
        NOW);
  }
}
