package io.openledger.chain.connector.rpc;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds an endpoint that proves a block's receipts, where endpoints contradict each other. */
final class Proofs {

  private final Panel panel;
  private final Confirmed confirmed;

  Proofs(Panel panel, Confirmed confirmed) {
    this.panel = panel;
    this.confirmed = confirmed;
  }

  /** The receipts of the block of a number that enough have, if one endpoint can prove them. */
  Optional<List<TransactionReceipt>> of(long number) {
    Optional<BlockHeader> block = confirmed.block(number);
    if (block.isEmpty()) {
      return Optional.empty();
    }
    for (Member member : panel.up()) {
      Optional<List<TransactionReceipt>> proven =
          ask(member, ProvenReceipts.root(block.get().hash()))
              .flatMap(root -> ask(member, ProvenReceipts.receipts(block.get(), root)));
      if (proven.isPresent()) {
        return proven;
      }
    }
    return Optional.empty();
  }

  private <T> Optional<T> ask(Member member, Question<Optional<T>> question) {
    return panel.poll(List.of(member), question, Function.identity()).answers().values().stream()
        .flatMap(answer -> answer.value().flatMap(value -> value).stream())
        .findFirst();
  }

  /** What is proven of a log: all but the hash of its transaction. */
  static Object proven(EventLog log) {
    return List.of(
        log.address(),
        log.topics(),
        java.nio.ByteBuffer.wrap(log.data()),
        log.block(),
        log.blockHash(),
        log.index());
  }

  /** What is proven of a receipt. */
  static Object proven(TransactionReceipt receipt) {
    return List.of(
        receipt.succeeded(),
        receipt.gasUsed(),
        receipt.logs().stream().map(Proofs::proven).toList());
  }
}
