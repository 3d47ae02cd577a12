package io.openledger.rollup.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.rollup.outbox.Outbox;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LogProposalsTest {

  private static final long HEAD = 200_000;
  private static final long FINAL = 199_000;

  private final Map<Long, EventLog> events = new TreeMap<>();
  private final List<Long> widths = new ArrayList<>();
  private long widest = 10_000;
  private long poisoned = -1;
  private boolean down;

  private final ChainClient chain =
      client(
          (method, arguments) -> {
            if (down) {
              throw unavailable();
            }
            if (method.equals("head")) {
              long number = arguments[0] == Finality.FINALIZED ? FINAL : HEAD;
              return new BlockHeader(number, Hash256.ZERO, Hash256.ZERO, Instant.EPOCH, Wei.ZERO);
            }
            long from = (Long) arguments[1];
            long to = (Long) arguments[2];
            widths.add(to - from + 1);
            if (to - from >= widest || (from <= poisoned && poisoned <= to)) {
              throw unavailable();
            }
            return events.values().stream()
                .filter(e -> e.block() >= from && e.block() <= to)
                .toList();
          });

  private final LogProposals source = new LogProposals(chain, States.GOVERNOR, 5);

  private interface Answers {
    Object to(String method, Object[] arguments);
  }

  private static ChainClient client(Answers answers) {
    return (ChainClient)
        Proxy.newProxyInstance(
            ChainClient.class.getClassLoader(),
            new Class<?>[] {ChainClient.class},
            (proxy, method, arguments) -> answers.to(method.getName(), arguments));
  }

  private static OpenLedgerException unavailable() {
    return new OpenLedgerException(ErrorCode.CHAIN_UNAVAILABLE, "nothing", "an answer", "wait");
  }

  private ProposalId event(long block, String text) {
    ProposalId id = new ProposalId(BigInteger.valueOf(block));
    byte[] data =
        AbiSignature.parse(
                "e(uint256,address,address[],uint256[],string[],bytes[],uint256,uint256,string)")
            .encodeArguments(
                id.value(),
                States.STRANGER,
                List.of(States.STORE),
                List.of(BigInteger.ZERO),
                List.of(""),
                List.of((Object) new byte[3]),
                BigInteger.ONE,
                BigInteger.valueOf(77),
                text);
    events.put(
        block,
        new EventLog(
            States.GOVERNOR, List.of(), data, block, Hash256.ZERO, Hash256.ZERO, (int) block));
    return id;
  }

  private Optional<String> text(ProposalId id) {
    return source.announcement(id, HEAD).map(a -> a.text().shown());
  }

  @Test
  void findsTextsOldAndNewAndReadsFinalBlocksOnce() {
    ProposalId old = event(5, "old");
    ProposalId fresh = event(199_500, "fresh");
    assertThat(text(old)).contains("old");
    int asked = widths.size();
    assertThat(asked).isEqualTo(20);
    assertThat(text(fresh)).contains("fresh");
    assertThat(widths.size()).isEqualTo(asked + 1);
    assertThat(text(old)).contains("old");
    assertThat(widths.size()).isEqualTo(asked + 1);
    assertThat(source.announcement(old, HEAD).orElseThrow().voteEnds())
        .isEqualTo(Instant.ofEpochSecond(77));
    assertThat(source.announcement(old, HEAD).orElseThrow().textHash())
        .isEqualTo(ProposalHash.of("old".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void callReadsNoMoreRangesThanAllowedAndTheNextGoesOn() {
    widest = 1_250;
    ProposalId late = event(FINAL, "late");
    int calls = 0;
    while (text(late).isEmpty()) {
      assertThat(widths.size()).isLessThanOrEqualTo(20);
      widths.clear();
      assertThat(++calls).isLessThan(40);
    }
    assertThat(calls).isGreaterThan(2);
  }

  @Test
  void blockThatCannotBeReadIsPassedOverAndTheOthersAreFound() {
    poisoned = 7;
    ProposalId there = event(9, "there");
    ProposalId lost = event(7, "lost");
    for (int i = 0; i < 5 && text(there).isEmpty(); i++) {
      widths.clear();
    }
    assertThat(text(there)).contains("there");
    assertThat(text(lost)).isEmpty();
  }

  @Test
  void chainThatIsDownIsNotTakenForABlockThatCannotBeRead() {
    ProposalId id = event(6, "text");
    down = true;
    assertThatThrownBy(() -> text(id)).hasMessageContaining("OPENLEDGER-5010");
    down = false;
    assertThat(text(id)).contains("text");
  }

  @Test
  void eventThatIsNoEncodingIsPassedOver() {
    ProposalId id = event(6, "text");
    EventLog e = events.get(6L);
    events.put(
        6L, new EventLog(e.address(), List.of(), new byte[40], 6, Hash256.ZERO, Hash256.ZERO, 0));
    assertThat(text(id)).isEmpty();
  }

  @Test
  void oneReadingTooManyIsRefusedAsBusy() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(8);
    AtomicInteger refused = new AtomicInteger();
    ChainClient slow =
        client(
            (method, arguments) -> {
              asked.countDown();
              try {
                answer.await(20, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              throw unavailable();
            });
    Outbox none =
        (Outbox)
            Proxy.newProxyInstance(
                Outbox.class.getClassLoader(),
                new Class<?>[] {Outbox.class},
                (proxy, method, arguments) -> Optional.empty());
    Governance governance =
        new Governance(
            slow,
            none,
            States.STRANGER,
            States.CONTRACTS,
            States.DEPLOYED,
            source,
            (named, split) -> false,
            GovernanceSettings.USUAL);
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread reader =
          new Thread(
              () -> {
                try {
                  governance.status();
                } catch (BusyException e) {
                  refused.incrementAndGet();
                } catch (OpenLedgerException e) {
                  // the chain does not answer
                }
              });
      reader.start();
      readers.add(reader);
    }
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(governance::status).isInstanceOf(BusyException.class);
    answer.countDown();
    for (Thread reader : readers) {
      reader.join(20_000);
    }
    assertThat(refused).hasValue(0);
    assertThatThrownBy(governance::status).hasMessageContaining("OPENLEDGER-5010");
  }
}
