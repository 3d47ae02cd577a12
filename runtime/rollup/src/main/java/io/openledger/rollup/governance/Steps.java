package io.openledger.rollup.governance;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.Submission;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.rollup.epochs.Deployed;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The steps of a proposal as messages of the outbox: {@code
 * <deployment>/governance/vote/<id>/<voter>} and so on, so that a step is taken once whoever asks
 * how often. A proposal's id says nothing of its chain, so the key does: the same calls and text
 * are another proposal at another governor, and on a chain that was begun anew.
 *
 * <p>A step that was finally reverted, or taken back by an administrator, may be tried again under
 * the same key with a number at its end; the governor sees to it that no second one has an effect.
 */
final class Steps {

  /** Tries of a step, each of which costs a transaction. */
  static final int TRIES = 20;

  /** In the order of a proposal's way. */
  enum Step {
    PROPOSE,
    VOTE,
    QUEUE,
    EXECUTE,
    CANCEL
  }

  private final Outbox outbox;
  private final Deployed governor;
  private final ChainAddress self;

  Steps(Outbox outbox, Deployed governor, ChainAddress self) {
    this.outbox = outbox;
    this.governor = governor;
    this.self = self;
  }

  /** A reason as the contract takes any, within our limit. */
  static void requireReason(String reason) {
    boolean plain =
        reason.codePoints().noneMatch(c -> c != '\n' && Character.isISOControl(c))
            && HostileText.line(reason.replace("\n", " "), reason.length())
                .equals(reason.replace("\n", " "));
    if (reason.length() > PolicyGovernance.MAX_REASON || !plain) {
      throw OpenLedgerException.invalid(
          "reason of a vote",
          reason.length() + " characters" + (plain ? "" : ", some of which cannot be seen"),
          "at most " + PolicyGovernance.MAX_REASON + " visible characters and line breaks");
    }
  }

  /**
   * Takes a step, or tells how far it is.
   *
   * @param check refuses what the contract would refuse; not asked if the step is under way
   */
  Submission take(Step step, ProposalId id, byte[] data, Runnable check) {
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      String key = key(step, id, attempt);
      Optional<OutboxMessage> found = outbox.find(key);
      if (found.filter(Steps::failed).isPresent()) {
        continue;
      }
      ChainIntent intent =
          new ChainIntent(key, governor.contract(), Wei.ZERO, data, OptionalLong.empty());
      if (found.isEmpty()) {
        check.run();
        return submission(id, outbox.submit(intent));
      }
      return submission(id, same(intent));
    }
    throw new OpenLedgerException(
        ErrorCode.PROPOSAL_STATE,
        "a step of proposal " + id + " that failed " + TRIES + " times",
        "at most " + TRIES + " tries",
        "look at why they failed before anything else");
  }

  /** The message that is there, unless its content is another one. */
  private OutboxMessage same(ChainIntent intent) {
    try {
      return outbox.submit(intent);
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.INVALID_ARGUMENT) {
        throw e;
      }
      throw new OpenLedgerException(
          ErrorCode.PROPOSAL_STATE,
          "a step that was taken before in another way, such as a vote that is changed",
          "each step once",
          "look at the steps that were taken for the proposal",
          e);
    }
  }

  /** What was done for a proposal, the last try of each step. */
  List<Submission> taken(ProposalId id) {
    List<Submission> all = new ArrayList<>();
    for (Step step : Step.values()) {
      Optional<OutboxMessage> last = Optional.empty();
      for (int attempt = 1; attempt <= TRIES; attempt++) {
        Optional<OutboxMessage> found = outbox.find(key(step, id, attempt));
        if (found.isEmpty()) {
          break;
        }
        last = found;
      }
      last.ifPresent(message -> all.add(submission(id, message)));
    }
    return all;
  }

  private static boolean failed(OutboxMessage message) {
    return message.state().failed();
  }

  private String key(Step step, ProposalId id, int attempt) {
    return governor.key(
        "governance/"
            + step.name().toLowerCase(Locale.ROOT)
            + "/"
            + id.hex()
            + (step == Step.VOTE ? "/" + self : "")
            + (attempt == 1 ? "" : "/" + attempt));
  }

  private static Submission submission(ProposalId id, OutboxMessage message) {
    return new Submission(
        message.businessKey(),
        id,
        Submission.Progress.valueOf(message.state().name()),
        message.transaction(),
        message.detail(),
        message.since());
  }
}
