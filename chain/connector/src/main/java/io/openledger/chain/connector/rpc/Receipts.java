package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Receipts as several endpoints show or hide them. */
final class Receipts {

  private final Panel panel;
  private final Confirmed confirmed;
  private final Proofs proofs;

  Receipts(Panel panel, Confirmed confirmed, Proofs proofs) {
    this.panel = panel;
    this.confirmed = confirmed;
    this.proofs = proofs;
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
    return examine(what, shown, absent);
  }

  /** Those who show one contradict each other or those who show none. */
  private Optional<TransactionReceipt> examine(
      String what, Ballot<TransactionReceipt> shown, List<Member> absent) {
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
            confirmed.settled(receipt.block()));
      }
    }
    if (credible.answers().isEmpty()) {
      if (absent.size() + early >= panel.quorum()) {
        return Optional.empty();
      }
      throw disputed(what);
    }
    List<Member> party = credible.winners(panel.quorum()).orElseGet(() -> right(credible, what));
    TransactionReceipt receipt = credible.of(party).value().orElseThrow();
    OptionalLong settled = confirmed.settled(receipt.block());
    boolean one = credible.parties().size() == 1;
    if (!one || party.size() < panel.quorum() || party.size() <= absent.size()) {
      int place = place(receipt).orElseThrow(() -> disputed(what));
      if (place < 0 && absent.size() >= panel.quorum()) {
        party.forEach(m -> m.contradicted("invents " + what, settled));
        return Optional.empty();
      }
      // what too few show, others hiding it, may be changed as well
      if (place < 0 || (one && !isProven(receipt))) {
        throw disputed(what);
      }
    }
    panel.outvoted(credible, party, what, settled);
    absent.forEach(m -> m.contradicted("hides " + what, settled));
    return Optional.of(receipt);
  }

  private static OpenLedgerException disputed(String what) {
    return Refusals.disputed("endpoints contradict each other about " + what);
  }

  /** The only ones who show a receipt, or the only ones whose receipt is proven. */
  private List<Member> right(Ballot<TransactionReceipt> credible, String what) {
    if (credible.parties().size() == 1) {
      return credible.parties().get(0);
    }
    List<List<Member>> right =
        credible.parties().stream()
            .filter(party -> isProven(credible.of(party).value().orElseThrow()))
            .toList();
    if (right.size() != 1) {
      throw disputed(what);
    }
    return right.get(0);
  }

  private boolean isProven(TransactionReceipt receipt) {
    int place = place(receipt).orElse(-1);
    return place >= 0
        && proofs
            .of(receipt.block())
            .filter(all -> place < all.size())
            .map(all -> Proofs.proven(all.get(place)).equals(Proofs.proven(receipt)))
            .orElse(false);
  }

  /**
   * Where enough list the transaction in the block, -1 if enough list the block without it; those
   * who hide its receipt are asked, too.
   */
  private Optional<Integer> place(TransactionReceipt receipt) {
    Ballot<Integer> ballot = new Ballot<>(Function.identity());
    panel
        .poll(panel.up(), Question.transactions(receipt.blockHash()), Function.identity())
        .answers()
        .forEach(
            (member, answer) ->
                answer
                    .value()
                    .flatMap(block -> block)
                    .ifPresent(
                        block -> ballot.value(member, block.indexOf(receipt.transaction()))));
    return ballot.winners(panel.quorum()).flatMap(who -> ballot.of(who).value());
  }
}
