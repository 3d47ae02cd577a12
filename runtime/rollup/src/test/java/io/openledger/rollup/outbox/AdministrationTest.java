package io.openledger.rollup.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.runtime.Caller;
import io.openledger.runtime.rollup.OutboxAdministration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What an administrator sees and may do. */
class AdministrationTest extends OutboxFixture {

  @Test
  void nobodyButAnAdministratorSeesAnything() {
    outbox.submit(Nodes.intent("a"));
    for (Caller caller :
        List.of(
            Caller.application("shop"),
            Caller.user("rest", "bob", Set.of(Caller.Role.CURATOR, Caller.Role.COMPLIANCE)))) {
      OutboxAdministration view = outbox.administration(caller);
      List<Consumer<OutboxAdministration>> all =
          List.of(
              OutboxAdministration::status,
              v -> v.list(Optional.empty(), 0, 10),
              v -> v.get("a"),
              v -> v.retry("a"),
              v -> v.cancel("a"),
              v -> v.paid("a", Hash256.ZERO, 1));
      for (Consumer<OutboxAdministration> each : all) {
        assertThatThrownBy(() -> each.accept(view))
            .isInstanceOfSatisfying(
                OpenLedgerException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
      }
    }
  }

  @Test
  void listsByStateWithPages() {
    for (int i = 0; i < 5; i++) {
      outbox.submit(Nodes.intent("k" + i));
    }
    turn();
    outbox.submit(Nodes.intent("late"));
    assertThat(admin().list(Optional.empty(), 0, 10).total()).isEqualTo(6);
    assertThat(admin().list(Optional.of(OutboxAdministration.State.SENT), 2, 2).items())
        .extracting(OutboxAdministration.Message::key)
        .containsExactly("k2", "k3");
    assertThat(admin().list(Optional.of(OutboxAdministration.State.REVERTED), 0, 2).items())
        .isEmpty();
    assertThatThrownBy(() -> admin().list(Optional.empty(), 0, 1001))
        .isInstanceOf(OpenLedgerException.class);
    assertThat(admin().status().figures().waiting()).isEqualTo(6);
    assertThat(admin().status().oldest()).isPresent();
  }

  @Test
  void statesAreTheSameInBothViews() {
    assertThat(OutboxAdministration.State.values())
        .extracting(Enum::name)
        .containsExactly(
            java.util.Arrays.stream(State.values()).map(Enum::name).toArray(String[]::new));
  }

  @Test
  void unknownKeyIsTold() {
    assertThatThrownBy(() -> admin().get("nothing\n"))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_MESSAGE_UNKNOWN))
        .hasMessageContaining("nothing?");
  }

  @Test
  void whatNobodyShowsIsSettledByWhoeverFoundThatItWasPaid() {
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    turn();
    long block = chain.height() + 1;
    chain.mine(8);
    for (SignedTransaction told : chain.told) {
      chain.hidden.add(told.hash());
    }
    for (int i = 0; i < 10; i++) {
      turn();
      chain.mine();
    }
    // the other one as a backup may have it, of a nonce that it had before
    sql("UPDATE ol_outbox SET nonce = 50, open_nonce = 50 WHERE business_key = 'b'");
    OutboxAdministration.Message own = admin().paid("a", chain.told.get(0).hash(), block).message();
    OutboxAdministration.Message other =
        admin().paid("b", chain.told.get(1).hash(), block).message();
    assertThat(own.state()).isEqualTo(OutboxAdministration.State.FINALIZED);
    assertThat(own.block()).hasValue(block);
    assertThat(other.state()).isEqualTo(OutboxAdministration.State.FINALIZED);
    assertThat(other.transaction()).isEqualTo(chain.told.get(1).hash());
    assertThat(other.block()).isEmpty();
    assertThat(other.detail().orElse("")).contains("in block " + block, "at nonce 1");
    assertThatThrownBy(() -> admin().paid("a", chain.told.get(0).hash(), block))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED));
    assertThatThrownBy(() -> admin().paid("nothing", Hash256.ZERO, block))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_MESSAGE_UNKNOWN));
    assertOnce("a", "b");
  }

  @Test
  void cancelledMessageHasNoEffectAndItsSuccessorsGoOn() {
    outbox.submit(Nodes.intent("a"));
    outbox.submit(Nodes.intent("b"));
    turn();
    assertThat(admin().cancel("a").message().wish()).contains("CANCEL");
    turn();
    assertThat(admin().get("a").attempts()).hasSize(2);
    settle("a", "b");
    assertThat(state("a")).isEqualTo(State.CANCELLED);
    assertOnce("b");
    assertThatThrownBy(() -> admin().cancel("a"))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED));
  }

  @Test
  void messageThatWasFasterThanItsCancellationIsFinal() {
    outbox.submit(Nodes.intent("a"));
    turn();
    SignedTransaction original = chain.told.get(0);
    admin().cancel("a");
    turn();
    chain.pool.put(0L, original);
    settle("a");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertThat(detail("a")).contains("before it could be taken back");
    assertOnce("a");
  }

  @Test
  void reorgMayStillLetEitherWin() {
    outbox.submit(Nodes.intent("a"));
    turn();
    SignedTransaction original = chain.told.get(0);
    admin().cancel("a");
    turn();
    chain.mine();
    turn();
    assertThat(state("a")).as("not final").isEqualTo(State.UNSAFE);
    chain.reorg(1);
    chain.pool.put(0L, original);
    settle("a");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertOnce("a");
  }

  @Test
  void cancelledMessageWhoseNonceIsLostIsNotSignedAgain() {
    outbox.submit(Nodes.intent("a"));
    admin().cancel("a");
    chain.foreign(1);
    settle("a");
    assertThat(state("a")).isEqualTo(State.CANCELLED);
    assertOnce();
  }

  @Test
  void beingTakenBackCannotBeWishedAway() {
    outbox.submit(Nodes.intent("a"));
    admin().cancel("a");
    assertThatThrownBy(() -> admin().retry("a"))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED));
  }

  @Test
  void revertedMessageIsTriedAgainWithAnotherNonce() {
    chain.reverting.add(data("a"));
    outbox.submit(Nodes.intent("a"));
    settle("a");
    assertThat(state("a")).isEqualTo(State.REVERTED);
    admin().retry("a");
    turn();
    assertThat(state("a")).as("it would be reverted again").isEqualTo(State.REVERTED);
    assertThat(detail("a")).contains("again");
    chain.reverting.clear();
    admin().retry("a");
    turn();
    assertThat(message("a").nonce()).isEqualTo(1);
    settle("a");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertOnce("a");
    assertThatThrownBy(() -> admin().retry("a"))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED));
  }

  @Test
  void cancelledMessageIsTriedAgain() {
    outbox.submit(Nodes.intent("a"));
    admin().cancel("a");
    settle("a");
    admin().retry("a");
    turn();
    settle("a");
    assertThat(state("a")).isEqualTo(State.FINALIZED);
    assertOnce("a");
  }

  @Test
  void waitingMessageIsToldAtOnce() {
    outbox =
        node(
            Nodes.settings(
                9,
                java.time.Duration.ofMinutes(9),
                java.time.Duration.ofHours(1),
                java.time.Duration.ofHours(1),
                java.time.Duration.ZERO));
    outbox.submit(Nodes.intent("a"));
    turn();
    chain.pool.clear();
    turn();
    assertThat(chain.told).hasSize(1);
    admin().retry("a");
    turn();
    assertThat(chain.told).hasSize(2);
    assertThat(admin().get("a").message().wish()).isEmpty();
  }

  @Test
  void messagesOfAKeyThatWasReplacedAreToldAndLeftAlone() {
    outbox.submit(Nodes.intent("a"));
    turn();
    ScriptedChain former = chain;
    chain = new ScriptedChain(Nodes.signer(2).address());
    JdbcOutbox replaced = outbox;
    outbox = Nodes.node(database, chain, Nodes.signer(2), Nodes.eager(), nanos::get);
    turn();
    assertThat(outbox.trouble()).as("another node still has that key").isEmpty();
    expireLease();
    nanos.addAndGet(java.time.Duration.ofMinutes(1).toNanos());
    turn();
    assertThat(outbox.trouble().orElse(""))
        .contains("1 of " + Nodes.signer(1).address(), "configure that key again");
    assertThat(admin().status().trouble()).isEqualTo(outbox.trouble());
    for (Consumer<OutboxAdministration> wish :
        List.<Consumer<OutboxAdministration>>of(v -> v.retry("a"), v -> v.cancel("a"))) {
      assertThatThrownBy(() -> wish.accept(admin()))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_REFUSED))
          .hasMessageContaining(Nodes.signer(1).address().toString());
    }
    assertThat(admin().get("a").message().wish()).isEmpty();
    chain = former;
    outbox = replaced;
    expireLease();
    settle("a");
    assertOnce("a");
  }

  @Test
  void wishEndsWithTheMessage() {
    outbox.submit(Nodes.intent("a"));
    turn();
    admin().cancel("a");
    turn();
    settle("a");
    assertThat(state("a")).isEqualTo(State.CANCELLED);
    assertThat(admin().get("a").message().wish()).isEmpty();
  }
}
