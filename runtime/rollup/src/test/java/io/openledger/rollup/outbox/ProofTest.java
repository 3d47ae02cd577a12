package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.runtime.rollup.OutboxAdministration;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * That no receipt is shown is no proof that nobody was paid: what is signed for another nonce, and
 * what stands until somebody shows more.
 */
class ProofTest extends OutboxFixture {

  /** As a server that was down while its nodes forgot receipts. */
  private Hash256 paidAndForgotten(String key) {
    outbox.submit(Nodes.intent(key));
    turn();
    Hash256 sent = chain.told.get(chain.told.size() - 1).hash();
    chain.mine(8);
    chain.hidden.add(sent);
    return sent;
  }

  private void turns(int count) {
    for (int i = 0; i < count; i++) {
      turn();
      chain.mine();
    }
  }

  @Test
  void forgottenReceiptIsFoundInItsBlockAndNothingIsPaidTwice() {
    Hash256 sent = paidAndForgotten("a");
    turns(10);
    assertThat(message("a").nonce()).isZero();
    assertThat(message("a").transaction()).isEqualTo(sent);
    assertThat(state("a")).isEqualTo(State.SAFE);
    assertThat(detail("a")).contains("no endpoint shows its receipt", "PAYS A SECOND TIME");
    assertThat(outbox.trouble().orElse("")).contains("may have been paid", ": 1;");
    assertThat(chain.told).hasSize(1);
    assertOnce("a");
    chain.hidden.clear(); // an endpoint that keeps more was added
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    settle("a");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    turn();
    assertThat(outbox.trouble()).isEmpty();
    assertOnce("a");
  }

  @Test
  void withoutAnyProofItStandsAndLaterMessagesGoOn() {
    paidAndForgotten("a");
    chain.statesFrom = Long.MAX_VALUE;
    chain.bodiesFrom = Long.MAX_VALUE;
    outbox = node(Nodes.eager());
    expireLease();
    outbox.submit(Nodes.intent("b"));
    settle("b");
    turns(5);
    assertThat(message("a").nonce()).isZero();
    assertThat(state("a")).isEqualTo(State.SENT);
    assertThat(outbox.trouble().orElse("")).contains("may have been paid");
    assertThat(detail("a")).contains("not known by what", "PAYS A SECOND TIME");
    assertOnce("a", "b");
  }

  @Test
  void whatStandsTakesNoRoomFromOthers() {
    outbox =
        node(Nodes.settings(2, Duration.ofMinutes(9), Duration.ZERO, Duration.ZERO, Duration.ZERO));
    chain.statesFrom = Long.MAX_VALUE;
    chain.bodiesFrom = Long.MAX_VALUE;
    paidAndForgotten("a");
    outbox.submit(Nodes.intent("b"));
    settle("b");
    turns(3);
    assertThat(detail("a")).contains("not known by what");
    for (String key : new String[] {"c", "d", "e"}) {
      outbox.submit(Nodes.intent(key));
      settle(key);
    }
    assertOnce("a", "b", "c", "d", "e");
  }

  @Test
  void administratorWhoWasToldTheRiskMaySignItAnew() {
    outbox.submit(Nodes.intent("a"));
    chain.foreign(1);
    chain.mine(8);
    chain.bodiesFrom = Long.MAX_VALUE;
    turns(4);
    assertThat(detail("a")).contains("not known by what");
    assertOnce();
    admin().retry("a");
    settle("a");
    assertThat(message("a").nonce()).isEqualTo(1);
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertOnce("a");
  }

  @Test
  void takingBackWhatStandsSettlesNothingUntilTheChainShowsWhatItWas() {
    paidAndForgotten("a");
    outbox.submit(Nodes.intent("lost"));
    chain.foreign(1);
    chain.mine(8);
    chain.bodiesFrom = Long.MAX_VALUE;
    turns(8);
    int told = chain.told.size();
    for (String key : new String[] {"a", "lost"}) {
      assertThat(outbox.trouble().orElse("")).contains("may have been paid", ": 2;");
      admin().cancel(key);
    }
    turns(8);
    for (String key : new String[] {"a", "lost"}) {
      assertThat(state(key).settled()).as(key).isFalse();
      assertThat(admin().get(key).message().wish()).contains("CANCEL");
    }
    assertThat(outbox.trouble().orElse("")).contains(": 2;");
    assertThat(chain.told).hasSize(told);
    chain.hidden.clear();
    chain.bodiesFrom = 0;
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    settle("a", "lost");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertThat(state("lost")).isEqualTo(State.CANCELLED);
    assertOnce("a");
  }

  /** The number of the block that a transaction is in. */
  private long blockOf(Hash256 transaction) {
    for (long number = 0; number <= chain.height(); number++) {
      Hash256 block = chain.block(number).orElseThrow().hash();
      if (chain.sent(chain.account, block).orElseThrow().stream()
          .anyMatch(sent -> sent.hash().equals(transaction))) {
        return number;
      }
    }
    throw new AssertionError("in no block");
  }

  private void refusesAsPaid(String key, Hash256 transaction, long block, String why) {
    State before = state(key);
    assertThatThrownBy(() -> admin().paid(key, transaction, block))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED))
        .hasMessageContaining(why);
    assertThat(state(key)).isEqualTo(before);
  }

  @Test
  void administratorWhoFoundThatItWasPaidSettlesIt() {
    Hash256 sent = paidAndForgotten("a");
    long block = blockOf(sent);
    refusesAsPaid("a", sent, block, "message a is");
    turns(10);
    assertThat(detail("a")).contains("no endpoint shows its receipt", "name its transaction");
    // what the chain does not show is not believed
    refusesAsPaid("a", sent, chain.height(), "the last final one is");
    refusesAsPaid("a", sent, block - 1, "no transaction 0x" + sent.hex());
    refusesAsPaid("a", Hash256.sha256("another"), block, "no transaction");
    chain.bodiesFrom = Long.MAX_VALUE;
    refusesAsPaid("a", sent, block, "too few endpoints");
    chain.bodiesFrom = 0;
    // a wish for another try that was not done yet goes with it
    admin().retry("a");
    OutboxAdministration.Detail paid = admin().paid("a", sent, block);
    assertThat(paid.message().state()).isEqualTo(OutboxAdministration.State.FINALIZED);
    assertThat(paid.message().transaction()).isEqualTo(sent);
    assertThat(paid.message().block()).hasValue(block);
    assertThat(paid.message().wish()).isEmpty();
    assertThat(detail("a")).contains("block " + block, "administrator's word");
    turns(10);
    assertThat(outbox.trouble()).isEmpty();
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    refusesAsPaid("a", sent, block, "message a is FINALIZED");
    assertThatThrownBy(() -> admin().retry("a")).hasMessageContaining("FINALIZED");
    assertOnce("a");
    // and others go on
    outbox.submit(Nodes.intent("b"));
    settle("b");
    assertOnce("a", "b");
  }

  @Test
  void whatDoesSomethingElseOrWasRevertedHasNotPaid() {
    chain.reverting.add(data("r"));
    outbox.submit(Nodes.intent("r"));
    settle("r");
    Hash256 reverted = message("r").transaction();
    outbox.submit(Nodes.intent("x"));
    settle("x");
    Hash256 other = message("x").transaction();
    Hash256 sent = paidAndForgotten("a");
    turns(10);
    refusesAsPaid("a", other, blockOf(other), "does something else");
    refusesAsPaid("a", reverted, blockOf(reverted), "does something else");
    // as if what reverted were the message's own
    sql(
        "UPDATE ol_outbox SET content = (SELECT content FROM ol_outbox WHERE business_key = 'r')"
            + " WHERE business_key = 'a'");
    refusesAsPaid("a", reverted, blockOf(reverted), "was reverted");
    assertThat(message("a").transaction()).isEqualTo(sent);
  }

  @Test
  void oneTransactionPaysOneMessageWhateverIsSaid() {
    Hash256 first = paidAndForgotten("a");
    Hash256 second = paidAndForgotten("b");
    turns(10);
    assertThat(detail("b")).contains("no endpoint shows its receipt");
    // both do the same
    sql(
        "UPDATE ol_outbox SET content = (SELECT content FROM ol_outbox WHERE business_key = 'a')"
            + " WHERE business_key = 'b'");
    refusesAsPaid("b", first, blockOf(first), "which is message a");
    admin().paid("a", first, blockOf(first));
    // also when what was signed is kept no longer
    sql("DELETE FROM ol_outbox_attempts");
    refusesAsPaid("b", first, blockOf(first), "which is message a");
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void whatWasPaidAtAnotherNonceIsSettledToo() {
    outbox.submit(Nodes.intent("a"));
    chain.foreign(1);
    SignedTransaction first = outboxBytes();
    settle("a"); // for nonce 1
    Hash256 paid = message("a").transaction();
    sql("DELETE FROM ol_outbox_attempts WHERE nonce = 1");
    sql(
        "UPDATE ol_outbox SET state = 'SENT', nonce = 0, open_nonce = 0, block_number = NULL,"
            + " block_hash = NULL, kept_since = NULL, transaction_hash = '"
            + first.hash().hex()
            + "'");
    outbox = node(Nodes.eager());
    expireLease();
    turns(6);
    assertThat(detail("a")).contains("another transaction does the same, 0x" + paid.hex());
    admin().paid("a", paid, blockOf(paid));
    assertThat(message("a").transaction()).isEqualTo(paid);
    assertThat(detail("a")).contains("at nonce 1").doesNotContain("word");
    outbox.submit(Nodes.intent("b"));
    settle("b");
    assertThat(outbox.trouble()).isEmpty();
    assertOnce("a", "b");
  }

  @Test
  void anotherTryThatWasWishedBeforeTheRiskWasKnownIsForgotten() {
    paidAndForgotten("a");
    chain.bodiesFrom = Long.MAX_VALUE;
    turn();
    admin().retry("a");
    // as if it stayed until the very turn that finds out
    for (int i = 0; i < 6; i++) {
      turn();
      sqlRetryUnlessUnproven();
    }
    turn();
    assertThat(detail("a")).contains("not known by what");
    assertThat(message("a").nonce()).isZero();
    assertThat(admin().get("a").message().wish()).isEmpty();
    assertOnce("a");
  }

  @Test
  void anotherTryOfWhatIsShownAgainPaysNothing() {
    paidAndForgotten("a");
    chain.bodiesFrom = Long.MAX_VALUE;
    turns(4);
    assertThat(detail("a")).contains("not known by what");
    chain.hidden.clear(); // the endpoint has its receipts again
    admin().retry("a");
    settle("a");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertThat(message("a").nonce()).isZero();
    assertOnce("a");
  }

  @Test
  void messagesThatARestoredBackupGaveEachOthersNoncesAreNotPaidTwice() {
    for (String key : new String[] {"a", "b", "c"}) {
      outbox.submit(Nodes.intent(key));
    }
    settle("a", "b", "c");
    // the backup is of before all of it, and the application does its work again in another order
    sql("DELETE FROM ol_outbox_attempts");
    sql("DELETE FROM ol_outbox");
    sql("UPDATE ol_outbox_signers SET next_nonce = 0");
    outbox = node(Nodes.eager());
    expireLease();
    for (String key : new String[] {"b", "c", "a"}) {
      outbox.submit(Nodes.intent(key));
    }
    turns(8);
    assertOnce("a", "b", "c");
    assertThat(detail("a")).contains("another transaction does the same");
    assertThat(outbox.trouble().orElse("")).contains("may have been paid", ": 3;");
  }

  @Test
  void messageThatWasNeverPaidIsSignedAnewAfterARestore() {
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    settle("a", "b"); // b with nonce 1
    sql("DELETE FROM ol_outbox_attempts");
    sql("DELETE FROM ol_outbox");
    sql("UPDATE ol_outbox_signers SET next_nonce = 1");
    outbox = node(Nodes.eager());
    expireLease();
    outbox.submit(Nodes.intent("d")); // with nonce 1, which b's payment has
    turns(2);
    assertThat(message("d").nonce()).as("d was never paid").isEqualTo(2);
    settle("d");
    assertOnce("a", "b", "d");
  }

  private void sqlRetryUnlessUnproven() {
    sql("UPDATE ol_outbox SET wish = 'RETRY' WHERE unproven_since IS NULL");
  }

  @Test
  void bytesThatARestoredBackupDoesNotKnowAreFoundOnTheChain() {
    outbox.submit(Nodes.intent("a"));
    turn();
    SignedTransaction first = chain.told.get(0);
    chain.baseFee = Wei.of(20_000_000_000L);
    chain.mine();
    turn(); // offers more, and is paid
    SignedTransaction second = chain.told.get(1);
    chain.mine(8);
    // and the backup is of before
    sql("DELETE FROM ol_outbox_attempts WHERE transaction_hash = '" + second.hash().hex() + "'");
    sql("UPDATE ol_outbox SET transaction_hash = '" + first.hash().hex() + "'");
    outbox = node(Nodes.eager());
    expireLease();
    settle("a");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertThat(message("a").transaction()).isEqualTo(second.hash());
    assertThat(message("a").nonce()).isZero();
    assertOnce("a");
  }

  @Test
  void nonceThatARestoredBackupDoesNotKnowIsLookedAtToo() {
    outbox.submit(Nodes.intent("a"));
    chain.foreign(1);
    SignedTransaction first = outboxBytes();
    settle("a"); // for nonce 1
    assertThat(message("a").nonce()).isEqualTo(1);
    sql("DELETE FROM ol_outbox_attempts WHERE nonce = 1");
    sql(
        "UPDATE ol_outbox SET state = 'SENT', nonce = 0, open_nonce = 0, block_number = NULL,"
            + " block_hash = NULL, kept_since = NULL, transaction_hash = '"
            + first.hash().hex()
            + "'");
    outbox = node(Nodes.eager());
    expireLease();
    turns(6);
    assertThat(message("a").nonce()).isZero();
    assertThat(detail("a")).contains("another transaction does the same");
    assertOnce("a");
  }

  private SignedTransaction outboxBytes() {
    return Nodes.store(database)
        .requiresNew(
            "reading",
            c ->
                io.openledger.runtime.store.Sql.first(
                        c,
                        "SELECT raw FROM ol_outbox_attempts",
                        row ->
                            new SignedTransaction(
                                java.util.HexFormat.of().parseHex(row.getString(1))))
                    .orElseThrow());
  }

  @Test
  void nodeWithoutOldStatesSendsAndFinishesAll() {
    chain.statesFrom = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      outbox.submit(Nodes.intent("k" + i));
    }
    settle("k0", "k1", "k2", "k3", "k4");
    assertThat(outbox.trouble()).isEmpty();
    assertOnce("k0", "k1", "k2", "k3", "k4");
  }

  @Test
  void nodeWithoutOldStatesProvesByItsBlocksThatANonceIsLost() {
    chain.statesFrom = Long.MAX_VALUE;
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    turn();
    chain.foreign(1);
    settle("a", "b");
    assertThat(message("a").nonce()).isEqualTo(2);
    assertOnce("a", "b");
  }

  @Test
  void nodeWithoutOldStatesPassesNoncesThatWereUsedFromOutside() {
    chain.statesFrom = Long.MAX_VALUE;
    outbox.submit(Nodes.intent("a"));
    settle("a");
    chain.foreign(3);
    for (int i = 0; i < 10; i++) {
      chain.mine();
      turn();
    }
    assertThat(outbox.submit(Nodes.intent("b")).nonce()).isEqualTo(4);
    settle("b");
    assertOnce("a", "b");
  }

  @Test
  void foreignNonceIsFoundAmongManyBlocks() {
    outbox.submit(Nodes.intent("a"));
    chain.mine(300);
    chain.foreign(1);
    chain.mine(500);
    chain.statesFrom = 700;
    turns(80);
    settle("a");
    assertThat(message("a").nonce()).isEqualTo(1);
    assertOnce("a");
  }

  @Test
  void disputedReceiptHoldsUpNoOtherMessage() {
    for (String key : new String[] {"a", "b", "c"}) {
      outbox.submit(Nodes.intent(key));
    }
    turn();
    chain.disputed.add(chain.told.get(0).hash());
    settle("b", "c");
    assertThat(state("a")).isEqualTo(State.SENT);
    assertThat(outbox.trouble().orElse("")).contains("message a");
    outbox.submit(Nodes.intent("d"));
    settle("d");
    chain.disputed.clear();
    settle("a");
    turn();
    assertThat(outbox.trouble()).isEmpty();
    assertOnce("a", "b", "c", "d");
  }

  @Test
  void receiptsThatNobodyAnswersAboutHoldUpNoOtherMessage() {
    for (String key : new String[] {"a", "b", "c", "d"}) {
      outbox.submit(Nodes.intent(key));
    }
    turn();
    chain.unanswered.add(chain.told.get(0).hash());
    chain.unanswered.add(chain.told.get(1).hash());
    chain.mine();
    org.assertj.core.api.Assertions.assertThatThrownBy(this::turn)
        .as("two in a row: the chain seems to be away")
        .hasMessageContaining("no two endpoints");
    settle("c", "d");
    chain.unanswered.clear();
    settle("a", "b");
    assertOnce("a", "b", "c", "d");
  }

  @Test
  void blocksThatNobodyAnswersAboutHoldUpNoOtherMessage() {
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    chain.foreign(2);
    chain.mine(8);
    chain.onCall =
        method -> {
          if (method.equals("sent")) {
            throw new OpenLedgerException(
                ErrorCode.CHAIN_UNAVAILABLE, "pruned history", "a block", "ask an archive");
          }
        };
    turn();
    org.assertj.core.api.Assertions.assertThatThrownBy(this::turn)
        .as("two in a row: the chain seems to be away")
        .hasMessageContaining("pruned history");
    outbox.submit(Nodes.intent("c"));
    settle("c");
    chain.onCall = method -> {};
    settle("a", "b");
    assertOnce("a", "b", "c");
  }

  @Test
  void reorganisedMessageInDisputeIsTakenBack() {
    outbox.submit(Nodes.intent("a"));
    turn();
    chain.mine();
    turn();
    assertThat(state("a")).isEqualTo(State.UNSAFE);
    chain.disputed.add(chain.told.get(0).hash());
    chain.reorg(1);
    turn();
    assertThat(state("a")).isEqualTo(State.SENT);
    chain.disputed.clear();
    settle("a");
    assertOnce("a");
  }
}
