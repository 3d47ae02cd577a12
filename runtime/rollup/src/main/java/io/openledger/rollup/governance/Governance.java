package io.openledger.rollup.governance;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.governance.GovernanceStatus;
import io.openledger.api.governance.GovernanceStatus.Rules;
import io.openledger.api.governance.PolicyDraft;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.governance.PolicyPreview;
import io.openledger.api.governance.Proposal;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.ProposalState;
import io.openledger.api.governance.Submission;
import io.openledger.api.governance.VoteChoice;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.rollup.epochs.Deployed;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.runtime.Caller;
import io.openledger.runtime.ledger.ConfiguredPolicies;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Governance with the server's key. It keeps nothing but what {@link ProposalSource} keeps; what it
 * sends goes through the outbox, under keys that name the proposal. Safe for any thread.
 *
 * <p>Whoever may use it is decided by {@link #of}; this class itself asks nobody. Long because each
 * step's refusals are told here in their own words.
 */
public final class Governance implements PolicyGovernance {

  private static final AbiSignature CAST_VOTE =
      AbiSignature.parse("castVoteWithReason(uint256,uint8,string)");
  private static final AbiSignature QUEUE = AbiSignature.parse("queue(uint256)");
  private static final AbiSignature EXECUTE = AbiSignature.parse("execute(uint256)");
  private static final AbiSignature CANCEL = AbiSignature.parse("cancel(uint256)");

  private static final int READERS = 8;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final Semaphore readers = new Semaphore(READERS);
  private final ChainClient chain;
  private final ChainAddress self;
  private final GovernanceContracts contracts;
  private final ConfiguredPolicies policies;
  private final GovernanceSettings settings;
  private final GovernorReader governor;
  private final StoreReader stores;
  private final ProposalReader proposals;
  private final Drafts drafts;
  private final Steps steps;

  /**
   * @param chain where it is read
   * @param outbox where steps are stored
   * @param self the address of the key that the outbox signs with
   * @param contracts where governance is
   * @param deployed their governor, as business keys name it
   * @param source of the proposers' texts
   * @param policies of this server
   * @param settings how it is read and who may act
   */
  public Governance(
      ChainClient chain,
      Outbox outbox,
      ChainAddress self,
      GovernanceContracts contracts,
      Deployed deployed,
      ProposalSource source,
      ConfiguredPolicies policies,
      GovernanceSettings settings) {
    this.chain = chain;
    this.self = self;
    this.contracts = contracts;
    this.policies = policies;
    this.settings = settings;
    this.governor = new GovernorReader(contracts, self);
    this.stores = new StoreReader(contracts);
    this.proposals = new ProposalReader(contracts, governor, stores, source);
    this.drafts = new Drafts(contracts, self);
    this.steps = new Steps(outbox, deployed, self);
  }

  /** Governance as a caller may use it. */
  public PolicyGovernance of(Caller caller) {
    return new CallerGovernance(this, caller, settings.applications());
  }

  /** Reading costs a node up to some hundred questions: no more of it at once than it stands. */
  private <T> T reading(Supplier<T> work) {
    if (!readers.tryAcquire()) {
      throw new BusyException(
          READERS + " readings of governance under way",
          "at most " + READERS + " at once",
          RETRY_AFTER);
    }
    try {
      return work.get();
    } finally {
      readers.release();
    }
  }

  /** What every reading begins with, all of one block. */
  private record Ground(ChainView view, StoreState store, Rules rules) {}

  private Ground ground(Finality finality) {
    ChainView view = ChainView.of(chain, finality);
    StoreState store = stores.now(view);
    return new Ground(view, store, governor.rules(view, store));
  }

  private Ground shown() {
    return ground(settings.finality());
  }

  /** Steps are decided on the newest block, however settled what is shown must be. */
  private Ground newest() {
    return ground(Finality.UNSAFE);
  }

  private Optional<Proposal> read(Ground on, ProposalId id) {
    return proposals.read(on.view(), on.store(), on.rules(), id);
  }

  @Override
  public GovernanceStatus status() {
    return reading(this::readStatus);
  }

  private GovernanceStatus readStatus() {
    Ground on = shown();
    ChainView view = on.view();
    StoreState store = on.store();
    return new GovernanceStatus(
        view.moment(),
        on.rules(),
        store.split(),
        store.splitFrom().isAfter(view.now()) ? Optional.of(store.lastSplit()) : Optional.empty(),
        store.splitFrom(),
        store.policy().version(),
        store.policy().hash(),
        store.parameters(),
        governor.power(view),
        governor.count(view));
  }

  @Override
  public PolicyPreview preview(PolicyDraft draft) {
    return reading(() -> check(draft).preview());
  }

  /** Asked for alone where the draft has something for it. */
  private Optional<DistributorState> distributor(PolicyDraft draft) {
    return Drafts.delays(draft)
        ? reading(() -> DistributorState.read(ChainView.of(chain, Finality.UNSAFE), contracts))
        : Optional.empty();
  }

  private Drafts.Checked check(PolicyDraft draft) {
    Ground on = newest();
    return drafts.check(
        draft,
        on.view().moment(),
        on.store(),
        on.rules(),
        governor.proposerVotes(on.view()),
        id -> governor.content(on.view(), id).isPresent(),
        policies);
  }

  @Override
  public Submission propose(PolicyDraft draft) {
    Drafts.Prepared prepared = drafts.prepare(draft, distributor(draft));
    return steps.take(
        Steps.Step.PROPOSE,
        prepared.id(),
        prepared.calldata(),
        () ->
            check(draft).refusals().stream()
                .findFirst()
                .ifPresent(
                    refusal -> {
                      throw refusal;
                    }));
  }

  @Override
  public Page<Proposal> proposals(long offset, int limit) {
    if (offset < 0 || limit < 1 || limit > MAX_PAGE) {
      throw OpenLedgerException.invalid(
          "page", offset + "/" + limit, "offset 0 or more, limit 1 to " + MAX_PAGE);
    }
    return reading(() -> readPage(offset, limit));
  }

  private Page<Proposal> readPage(long offset, int limit) {
    Ground on = shown();
    long count = governor.count(on.view());
    List<Proposal> items = new ArrayList<>();
    for (long i = offset; i < count && items.size() < limit; i++) {
      ProposalId id = governor.at(on.view(), count - 1 - i);
      items.add(read(on, id).orElseThrow(() -> unknown(id)));
    }
    return new Page<>(items, count, offset, limit);
  }

  @Override
  public Optional<Proposal> proposal(ProposalId id) {
    return reading(() -> read(shown(), id));
  }

  @Override
  public Submission vote(ProposalId id, VoteChoice choice, String reason) {
    Steps.requireReason(reason);
    byte[] data = CAST_VOTE.encodeCall(id.value(), BigInteger.valueOf(choice.ordinal()), reason);
    return steps.take(
        Steps.Step.VOTE,
        id,
        data,
        () -> {
          Proposal now = require(id, "voted on", Set.of(ProposalState.ACTIVE));
          if (now.own().voted()) {
            throw new OpenLedgerException(
                ErrorCode.PROPOSAL_STATE,
                "a second vote of " + self,
                "one vote of a key, which cannot be changed",
                "look at how the proposal stands");
          }
          if (now.own().power().isZero()) {
            throw new OpenLedgerException(
                ErrorCode.VOTES_MISSING,
                "a key without votes at " + Words.time(now.schedule().voteBegins()),
                "keys to which GOPEN were delegated before the vote began",
                "wrap and delegate GOPEN before the next proposal's vote begins");
          }
        });
  }

  @Override
  public Submission queue(ProposalId id) {
    return steps.take(
        Steps.Step.QUEUE,
        id,
        QUEUE.encodeCall(id.value()),
        () -> require(id, "queued", Set.of(ProposalState.SUCCEEDED)));
  }

  @Override
  public Submission execute(ProposalId id) {
    return steps.take(
        Steps.Step.EXECUTE,
        id,
        EXECUTE.encodeCall(id.value()),
        () -> {
          Proposal now = require(id, "executed", Set.of(ProposalState.QUEUED));
          now.schedule()
              .executableFrom()
              .filter(from -> from.isAfter(now.asOf().time()))
              .ifPresent(
                  from -> {
                    throw new OpenLedgerException(
                        ErrorCode.PROPOSAL_STATE,
                        "an execution at " + Words.time(now.asOf().time()),
                        "one from " + Words.time(from) + " on",
                        "wait until then");
                  });
        });
  }

  @Override
  public Submission cancel(ProposalId id) {
    return steps.take(
        Steps.Step.CANCEL,
        id,
        CANCEL.encodeCall(id.value()),
        () -> {
          Proposal now = require(id, "cancelled", Set.of(ProposalState.PENDING));
          if (!now.own().proposer()) {
            throw new OpenLedgerException(
                ErrorCode.PROPOSAL_STATE,
                "a proposal of " + now.proposer(),
                "proposals of " + self,
                "vote against it when the vote begins");
          }
        });
  }

  @Override
  public List<Submission> submissions(ProposalId id) {
    return steps.taken(id);
  }

  private Proposal require(ProposalId id, String done, Set<ProposalState> allowed) {
    Proposal now = read(newest(), id).orElseThrow(() -> unknown(id));
    if (!allowed.contains(now.state())) {
      throw new OpenLedgerException(
          ErrorCode.PROPOSAL_STATE,
          "a proposal that is " + now.state() + " in block " + now.asOf().block(),
          "one that is " + allowed + " to be " + done,
          now.state().isFinal() ? "nothing: its state is final" : "look at its times");
    }
    return now;
  }

  private static OpenLedgerException unknown(ProposalId id) {
    return new OpenLedgerException(
        ErrorCode.PROPOSAL_UNKNOWN,
        "proposal " + id,
        "proposals that the governor knows",
        "list the proposals");
  }
}
