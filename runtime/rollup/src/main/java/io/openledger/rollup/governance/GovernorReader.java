package io.openledger.rollup.governance;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.GovernanceStatus.Rules;
import io.openledger.api.governance.Proposal;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.ProposalState;
import io.openledger.api.governance.VotingPower;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.rollup.governance.ChainView.Question;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads governor, timelock and GOPEN, see {@code ConfiguredGovernor.sol}. */
final class GovernorReader {

  private static final Question CLOCK_MODE = Question.of("CLOCK_MODE()", "(string)");
  private static final Question DELAY = Question.of("votingDelay()", "(uint256)");
  private static final Question PERIOD = Question.of("votingPeriod()", "(uint256)");
  private static final Question EXTENSION = Question.of("lateQuorumVoteExtension()", "(uint48)");
  private static final Question THRESHOLD = Question.of("proposalThreshold()", "(uint256)");
  private static final Question QUORUM = Question.of("quorum(uint256)", "(uint256)");
  private static final Question FLOOR = Question.of("quorumFloor()", "(uint256)");
  private static final Question COUNT = Question.of("proposalCount()", "(uint256)");
  private static final Question ID_AT = Question.of("proposalDetailsAt(uint256)", "(uint256)");
  private static final Question CONTENT =
      Question.of("proposalDetails(uint256)", "(address[],uint256[],bytes[],bytes32)");
  private static final Question STATE = Question.of("state(uint256)", "(uint8)");
  private static final Question PROPOSER = Question.of("proposalProposer(uint256)", "(address)");
  private static final Question SNAPSHOT = Question.of("proposalSnapshot(uint256)", "(uint256)");
  private static final Question DEADLINE = Question.of("proposalDeadline(uint256)", "(uint256)");
  private static final Question ETA = Question.of("proposalEta(uint256)", "(uint256)");
  private static final Question VOTES =
      Question.of("proposalVotes(uint256)", "(uint256,uint256,uint256)");
  private static final Question VOTED = Question.of("hasVoted(uint256,address)", "(bool)");
  private static final Question VOTES_AT = Question.of("getVotes(address,uint256)", "(uint256)");
  private static final Question VOTES_NOW = Question.of("getVotes(address)", "(uint256)");
  private static final Question BALANCE = Question.of("balanceOf(address)", "(uint256)");
  private static final Question DELEGATE = Question.of("delegates(address)", "(address)");
  private static final Question SUPPLY = Question.of("totalSupply()", "(uint256)");
  private static final Question MIN_DELAY = Question.of("getMinDelay()", "(uint256)");

  private final GovernanceContracts contracts;
  private final ChainAddress self;
  private volatile boolean clockChecked;

  GovernorReader(GovernanceContracts contracts, ChainAddress self) {
    this.contracts = contracts;
    this.self = self;
  }

  Rules rules(ChainView view, StoreState store) {
    requireSeconds(view);
    ChainAddress governor = contracts.governor();
    return new Rules(
        duration(view, governor, DELAY),
        duration(view, governor, PERIOD),
        duration(view, governor, EXTENSION),
        duration(view, contracts.timelock(), MIN_DELAY),
        store.changeDelay(),
        store.cooldown(),
        view.amount(governor, THRESHOLD),
        view.amount(governor, QUORUM, second(view.now().minusSeconds(1))),
        view.amount(governor, FLOOR),
        view.amount(contracts.votes(), SUPPLY));
  }

  /** Deadlines are told as times, so the governor must count in seconds. */
  private void requireSeconds(ChainView view) {
    if (!clockChecked) {
      Object mode = view.ask(contracts.governor(), CLOCK_MODE).get(0);
      if (!mode.equals("mode=timestamp")) {
        throw new OpenLedgerException(
            ErrorCode.CONFIGURATION_INVALID,
            "a governor whose clock is " + HostileText.line(mode.toString(), 80),
            "mode=timestamp: times in seconds",
            "attach a governor whose votes count in seconds, such as GOPEN's");
      }
      clockChecked = true;
    }
  }

  private static Duration duration(ChainView view, ChainAddress contract, Question question) {
    BigInteger seconds = view.number(contract, question);
    return Duration.ofSeconds(seconds.bitLength() > 36 ? 1L << 36 : seconds.longValueExact());
  }

  private static BigInteger second(Instant time) {
    return BigInteger.valueOf(time.getEpochSecond());
  }

  VotingPower power(ChainView view) {
    ChainAddress delegate = (ChainAddress) view.ask(contracts.votes(), DELEGATE, self).get(0);
    return new VotingPower(
        self,
        view.amount(contracts.votes(), VOTES_NOW, self),
        view.amount(contracts.votes(), BALANCE, self),
        delegate.equals(ChainAddress.ZERO) ? Optional.empty() : Optional.of(delegate));
  }

  /** Votes that the key has had a second ago: what the threshold of a proposal is held against. */
  Wei proposerVotes(ChainView view) {
    return view.amount(contracts.governor(), VOTES_AT, self, second(view.now().minusSeconds(1)));
  }

  long count(ChainView view) {
    return view.number(contracts.governor(), COUNT)
        .min(BigInteger.valueOf(Long.MAX_VALUE))
        .longValueExact();
  }

  /** The proposal at a place, from 0, in the order in which they were made. */
  ProposalId at(ChainView view, long place) {
    return new ProposalId(view.number(contracts.governor(), ID_AT, BigInteger.valueOf(place)));
  }

  /**
   * What a proposal consists of, if the governor knows it. One that cannot be read, for it has more
   * calls than are read here, has no calls: the governor takes none without.
   */
  Optional<Content> content(ChainView view, ProposalId id) {
    try {
      return Optional.of(content(id, view.ask(contracts.governor(), CONTENT, id.value())));
    } catch (OpenLedgerException e) {
      if (e.code() == ErrorCode.CHAIN_REFUSED) {
        return Optional.empty();
      }
      if (e.getCause() instanceof OpenLedgerException unreadable
          && unreadable.code() == ErrorCode.INVALID_ARGUMENT) {
        return Optional.of(new Content(id, List.of(), Hash256.ZERO));
      }
      throw e;
    }
  }

  private static Content content(ProposalId id, List<Object> values) {
    List<?> targets = (List<?>) values.get(0);
    List<?> amounts = (List<?>) values.get(1);
    List<?> datas = (List<?>) values.get(2);
    List<RawCall> calls = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      calls.add(
          new RawCall(
              (ChainAddress) targets.get(i), Words.wei(amounts.get(i)), (byte[]) datas.get(i)));
    }
    return new Content(id, calls, ChainView.hash(values.get(3)));
  }

  ProposalState state(ChainView view, ProposalId id) {
    int number = view.number(contracts.governor(), STATE, id.value()).intValueExact();
    if (number >= ProposalState.values().length) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "a proposal in state " + number,
          "the states of IGovernor, 0 to " + (ProposalState.values().length - 1),
          "check that the address book names the governor of this chain");
    }
    return ProposalState.values()[number];
  }

  ChainAddress proposer(ChainView view, ProposalId id) {
    return (ChainAddress) view.ask(contracts.governor(), PROPOSER, id.value()).get(0);
  }

  Proposal.Tally tally(ChainView view, ProposalId id, Instant begins) {
    List<Object> votes = view.ask(contracts.governor(), VOTES, id.value());
    boolean fixed = begins.isBefore(view.now());
    Instant counted = fixed ? begins : view.now().minusSeconds(1);
    return new Proposal.Tally(
        Words.wei(votes.get(1)),
        Words.wei(votes.get(0)),
        Words.wei(votes.get(2)),
        view.amount(contracts.governor(), QUORUM, second(counted)),
        fixed);
  }

  /**
   * The times of a proposal.
   *
   * @param announced when the vote was to end, if that is known
   */
  Proposal.Schedule schedule(ChainView view, ProposalId id, Optional<Instant> announced) {
    Instant ends = view.time(contracts.governor(), DEADLINE, id.value());
    Instant eta = view.time(contracts.governor(), ETA, id.value());
    return new Proposal.Schedule(
        view.time(contracts.governor(), SNAPSHOT, id.value()),
        ends,
        announced.filter(ends::isAfter),
        eta.equals(Instant.EPOCH) ? Optional.empty() : Optional.of(eta));
  }

  Proposal.Own own(ChainView view, ProposalId id, Instant begins, ChainAddress proposer) {
    Instant counted = begins.isBefore(view.now()) ? begins : view.now().minusSeconds(1);
    return new Proposal.Own(
        view.amount(contracts.governor(), VOTES_AT, self, second(counted)),
        (Boolean) view.ask(contracts.governor(), VOTED, id.value(), self).get(0),
        proposer.equals(self));
  }

  /**
   * What a proposal's id commits to.
   *
   * @param id names it
   * @param calls in their order
   * @param text Keccak-256 of the proposer's text
   */
  record Content(ProposalId id, List<RawCall> calls, Hash256 text) {

    Content {
      calls = List.copyOf(calls);
    }
  }
}
