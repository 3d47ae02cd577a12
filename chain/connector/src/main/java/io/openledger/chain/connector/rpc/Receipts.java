package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Receipts as several endpoints show or hide them. */
final class Receipts {

  private final Panel panel;
  private final Confirmed confirmed;

  Receipts(Panel panel, Confirmed confirmed) {
    this.panel = panel;
    this.confirmed = confirmed;
  }

  /** Receipts are the same if they say the same of the block, the outcome and each log. */
  private static Object whole(TransactionReceipt receipt) {
    return List.of(receipt, receipt.logs().stream().map(Logs::whole).toList());
  }

  Optional<TransactionReceipt> of(Hash256 transaction) {
    String what = "the receipt of 0x" + transaction.hex();
    List<Member> up = panel.up();
    // two at least where there are two, so that hiding is noticed with a quorum of one, too
    int least = Math.max(panel.quorum(), Math.min(2, up.size()));
    Ballot<Optional<TransactionReceipt>> all =
        panel.ask(up, least, Question.receipt(transaction), r -> r.map(Receipts::whole));
    Ballot<TransactionReceipt> shown = new Ballot<>(Receipts::whole);
    List<Member> absent = new ArrayList<>();
    all.answers()
        .forEach(
            (member, answer) -> {
              Optional<TransactionReceipt> receipt = answer.value().flatMap(r -> r);
              if (receipt.isPresent()) {
                shown.value(member, receipt.get());
              } else if (answer.value().isPresent() && member.fresh()) {
                absent.add(member);
              }
            });
    if (shown.answers().isEmpty()) {
      if (absent.size() < panel.quorum()) {
        throw panel.tooFew(all, what);
      }
      return Optional.empty();
    }
    Optional<List<Member>> winners = shown.winners(least);
    if (winners.isPresent() && absent.isEmpty() && shown.parties().size() == 1) {
      return shown.of(winners.get()).value();
    }
    return examine(transaction, what, shown, absent);
  }

  /** Those who show one contradict each other or those who show none. */
  private Optional<TransactionReceipt> examine(
      Hash256 transaction, String what, Ballot<TransactionReceipt> shown, List<Member> absent) {
    Ballot<TransactionReceipt> credible = new Ballot<>(Receipts::whole);
    int early = 0;
    for (Map.Entry<Member, Ballot.Answer<TransactionReceipt>> each : shown.answers().entrySet()) {
      Member member = each.getKey();
      TransactionReceipt receipt = each.getValue().value().orElseThrow();
      Optional<Hash256> block = confirmed.block(receipt.block()).map(BlockHeader::hash);
      if (block.isEmpty() && absent.stream().noneMatch(m -> m.reached(receipt.block()))) {
        early++; // in a block that not enough have yet: as good as none
      } else if (block.equals(Optional.of(receipt.blockHash()))) {
        credible.value(member, receipt);
      } else if (block.isPresent()) {
        member.contradicted(
            "shows a receipt in block "
                + receipt.block()
                + " that is not the others' block of that number",
            confirmed.isSettled(receipt.block()));
      }
    }
    if (credible.answers().isEmpty()) {
      if (absent.size() + early >= panel.quorum()) {
        return Optional.empty();
      }
      throw Refusals.disputed("endpoints contradict each other about " + what);
    }
    List<Member> party = credible.parties().get(0);
    TransactionReceipt receipt = credible.of(party).value().orElseThrow();
    boolean settled = confirmed.isSettled(receipt.block());
    Optional<Boolean> believed =
        credible.winners(panel.quorum()).isPresent()
            ? Optional.of(true)
            : credible.parties().size() == 1 ? listed(transaction, receipt) : Optional.empty();
    if (believed.equals(Optional.of(true))) {
      panel.outvoted(credible, party, what, settled);
      absent.forEach(m -> m.contradicted("hides " + what, settled));
      return Optional.of(receipt);
    }
    if (believed.equals(Optional.of(false)) && absent.size() >= panel.quorum()) {
      party.forEach(m -> m.contradicted("invents " + what, settled));
      return Optional.empty();
    }
    throw Refusals.disputed("endpoints contradict each other about " + what);
  }

  /**
   * Whether enough list the transaction in the block, or enough list the block without it; those
   * who hide its receipt are asked, too.
   */
  private Optional<Boolean> listed(Hash256 transaction, TransactionReceipt receipt) {
    Ballot<Boolean> ballot = new Ballot<>(Function.identity());
    panel
        .poll(panel.up(), Question.transactions(receipt.blockHash()), Function.identity())
        .answers()
        .forEach(
            (member, answer) ->
                answer
                    .value()
                    .flatMap(block -> block)
                    .ifPresent(block -> ballot.value(member, block.contains(transaction))));
    return ballot.winners(panel.quorum()).flatMap(who -> ballot.of(who).value());
  }
}
