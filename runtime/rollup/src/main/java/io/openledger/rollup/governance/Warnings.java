package io.openledger.rollup.governance;

import io.openledger.api.governance.GovernanceStatus.Rules;
import io.openledger.api.governance.ProposalText;
import io.openledger.api.governance.ProposedCall;
import io.openledger.api.governance.ProposedCall.Danger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What to look at before voting. */
final class Warnings {

  /** Calls that are named one by one; the count tells of the others. */
  private static final int NAMED = 20;

  private Warnings() {}

  /**
   * The warnings of a proposal, worst first; none if each call is a change of policy.
   *
   * @param whole whether the calls are those that the id commits to
   */
  static List<String> of(List<ProposedCall> calls, boolean whole, Optional<ProposalText> text) {
    List<String> told = new ArrayList<>();
    if (!whole) {
      told.add(
          "CAUTION: the calls of this proposal could not be read whole. It may do anything that the"
              + " timelock is allowed to.");
    }
    count(
            calls,
            Danger.UNKNOWN,
            "cannot be read and may do anything that the timelock is allowed to")
        .ifPresent(told::add);
    count(calls, Danger.DANGEROUS, "changes who decides or moves coins, or could")
        .ifPresent(told::add);
    count(calls, Danger.NOTABLE, "is no plain change of policy").ifPresent(told::add);
    int named = 0;
    for (Danger danger : List.of(Danger.UNKNOWN, Danger.DANGEROUS, Danger.NOTABLE)) {
      for (int i = 0; i < calls.size(); i++) {
        if (calls.get(i).danger() == danger && named++ < NAMED) {
          told.add(
              (calls.size() > 1 ? "Call " + (i + 1) + ": " : "")
                  + String.join(" ", calls.get(i).sentences()));
        }
      }
    }
    if (twice(calls)) {
      told.add(
          "It changes the same twice; the contract would refuse the second change, and the whole"
              + " proposal with it.");
    }
    if (text.isEmpty()) {
      told.add("What the proposer wrote could not be found; the calls are shown all the same.");
    }
    text.filter(ProposalText::altered)
        .ifPresent(
            t ->
                told.add(
                    "The proposer's text holds characters that cannot be seen or that reorder"
                        + " others; they are shown as �."));
    text.filter(t -> HostileText.mixesAlphabets(t.shown()))
        .ifPresent(
            t ->
                told.add(
                    "The proposer's text has words with letters of different alphabets that look"
                        + " alike: what it names may not be what it seems."));
    return told;
  }

  private static Optional<String> count(List<ProposedCall> calls, Danger danger, String what) {
    int count = (int) calls.stream().filter(c -> c.danger() == danger).count();
    return count == 0
        ? Optional.empty()
        : Optional.of(
            (danger == Danger.NOTABLE ? "" : "CAUTION: ")
                + count
                + " of "
                + Words.count(calls.size(), "call", "calls")
                + ": "
                + what
                + ".");
  }

  private static boolean twice(List<ProposedCall> calls) {
    Set<String> seen = new HashSet<>();
    for (ProposedCall call : calls) {
      boolean parameters = call.contract().filter("ParameterStore"::equals).isPresent();
      if (parameters && !call.differences().isEmpty()) {
        String subject =
            call.splitAfter().isPresent() ? "fee split" : call.differences().get(0).what();
        if (!seen.add(subject)) {
          return true;
        }
      }
    }
    return false;
  }

  /** From when on a change of policy holds that is executed at a time. */
  static String effect(Instant executed, Rules rules) {
    return "What it changes of the policies holds from "
        + Words.time(executed.plus(rules.changeDelay()))
        + " at the earliest: epochs that begin then or later are settled by it.";
  }
}
