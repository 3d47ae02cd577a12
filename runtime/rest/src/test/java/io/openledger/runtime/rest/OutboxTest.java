package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.rollup.OutboxAdministration;
import io.openledger.runtime.rollup.OutboxFigure;
import io.openledger.runtime.rollup.OutboxFigures;
import io.openledger.runtime.rollup.OutboxSnapshot;
import io.openledger.runtime.rollup.Rollup;
import io.smallrye.metrics.SharedMetricRegistries;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The outbox over HTTP, and its figures. */
class OutboxTest {

  private static final OutboxFigures FIGURES =
      new OutboxFigures(7, 3, 61, 20, 4, 5, 6, 1, 12, 2, 8, true);

  private static RestServer rest;

  private final List<String> asked = new ArrayList<>();
  private final List<Caller> callers = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    rest = new RestServer();
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  @BeforeEach
  void attachChain() {
    rest.fresh();
    rest.serve(with(OpenLedgerServer.class, rest.fake, "rollup", Optional.of(rollup())));
  }

  /** An object that answers one method otherwise. */
  private static <T> T with(Class<T> type, T rest, String method, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, called, arguments) -> {
              if (called.getName().equals(method)) {
                return answer;
              }
              try {
                return called.invoke(rest, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private Rollup rollup() {
    return (Rollup)
        Proxy.newProxyInstance(
            Rollup.class.getClassLoader(),
            new Class<?>[] {Rollup.class},
            (self, method, arguments) -> {
              if (method.getName().equals("outbox")) {
                callers.add((Caller) arguments[0]);
                return new Fake();
              }
              if (method.getName().equals("outboxFigures")) {
                return FIGURES;
              }
              throw new UnsupportedOperationException(method.getName());
            });
  }

  private final class Fake implements OutboxAdministration {

    private Message message(String key) {
      if (key.equals("none")) {
        throw new OpenLedgerException(
            ErrorCode.CHAIN_MESSAGE_UNKNOWN, "no message", "one that is there", "list them");
      }
      return new Message(
          key,
          new ChainAddress("0x" + "ab".repeat(20)),
          5,
          State.SENT,
          Hash256.sha256(key),
          OptionalLong.empty(),
          Optional.of("waits for funds"),
          Optional.empty(),
          Instant.parse("2026-11-26T09:00:00Z"),
          Instant.parse("2026-11-26T09:00:01Z"));
    }

    private Detail detail(String key) {
      return new Detail(
          message(key),
          List.of(
              new Attempt(
                  Hash256.sha256(key),
                  5,
                  false,
                  Wei.of(1),
                  Wei.of(2_000_000_000),
                  Instant.parse("2026-11-26T09:00:00Z"))));
    }

    @Override
    public Status status() {
      return new Status(
          FIGURES, Optional.of(Duration.ofSeconds(61)), Optional.of("no node answers"));
    }

    @Override
    public Page<Message> list(Optional<State> state, long offset, int limit) {
      asked.add(state + " " + offset + " " + limit);
      return new Page<>(List.of(message("epoch/17/root")), 3, offset, limit);
    }

    @Override
    public Detail get(String key) {
      return detail(key);
    }

    @Override
    public Detail retry(String key) {
      asked.add("retry " + key);
      return detail(key);
    }

    @Override
    public Detail paid(String key, Hash256 transaction, long block) {
      asked.add("paid " + key + " " + transaction.hex() + " " + block);
      return detail(key);
    }

    @Override
    public Detail cancel(String key) {
      asked.add("cancel " + key);
      return detail(key);
    }
  }

  @Test
  void listsWithStateAndPage() throws Exception {
    HttpResponse<String> response = rest.get("admin", "api/outbox?state=sent&offset=2&limit=1");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"key\":\"epoch/17/root\"").contains("\"total\":3");
    assertThat(asked).containsExactly("Optional[SENT] 2 1");
    assertThat(callers.get(0).is(Caller.Role.ADMIN)).isTrue();
    rest.get("admin", "api/outbox");
    assertThat(asked.get(1)).isEqualTo("Optional.empty 0 50");
  }

  @Test
  void refusesAStateThatThereIsNot() throws Exception {
    HttpResponse<String> response = rest.get("admin", "api/outbox?state=lost");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("finalized");
  }

  @Test
  void keyWithSlashesIsFound() throws Exception {
    HttpResponse<String> response = rest.get("admin", "api/outbox/message?key=epoch%2F17%2Froot");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"cap\":\"2000000000\"").contains("waits for funds");
  }

  @Test
  void retriesAndCancels() throws Exception {
    assertThat(rest.post("admin", "api/outbox/retry?key=a/b", "").statusCode()).isEqualTo(200);
    assertThat(rest.post("admin", "api/outbox/cancel?key=a/b", "").statusCode()).isEqualTo(200);
    assertThat(asked).containsExactly("retry a/b", "cancel a/b");
  }

  @Test
  void whatPaidAMessageIsNamedWithItsBlock() throws Exception {
    String hash = "ab".repeat(32);
    String path = "api/outbox/paid?key=a/b&block=7&transaction=";
    assertThat(rest.post("admin", path + "0x" + hash, "").statusCode()).isEqualTo(200);
    assertThat(rest.post("admin", path + hash, "").statusCode()).isEqualTo(200);
    String told = "paid a/b " + hash + " 7";
    assertThat(asked).containsExactly(told, told);
    for (String wrong :
        List.of(
            path,
            path + "0x12",
            "api/outbox/paid?key=a&transaction=" + hash,
            "api/outbox/paid?key=a&block=-1&transaction=" + hash,
            "api/outbox/paid?block=7&transaction=" + hash)) {
      assertThat(rest.post("admin", wrong, "").statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(asked).hasSize(2);
  }

  @Test
  void missingKeyAndUnknownKeyAreTold() throws Exception {
    assertThat(rest.get("admin", "api/outbox/message").statusCode()).isEqualTo(400);
    HttpResponse<String> unknown = rest.get("admin", "api/outbox/message?key=none");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("OPENLEDGER-5014");
  }

  @Test
  void statusTellsWhatStandsInTheWay() throws Exception {
    String body = rest.get("admin", "api/outbox/status").body();
    assertThat(body).contains("\"waiting\":7").contains("\"trouble\":\"no node answers\"");
  }

  @Test
  void withoutAChainItIsUnavailable() throws Exception {
    rest.serve(rest.fake);
    HttpResponse<String> response = rest.get("admin", "api/outbox");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("no chain is attached");
  }

  @Test
  void figuresAreAmongTheServersMetrics() throws Exception {
    String text = rest.get("user", "api/metrics").body();
    assertThat(text)
        .contains("# TYPE openledger_outbox_waiting gauge\nopenledger_outbox_waiting 7\n")
        .contains("\nopenledger_outbox_bumps_total 5\n")
        .contains("openledger_serving_running");
    OutboxFigure.ALL.forEach(f -> assertThat(text).contains("\n" + f.textName() + " "));
    rest.serve(rest.fake);
    assertThat(rest.get("user", "api/metrics").body()).doesNotContain("openledger_outbox");
  }

  @Test
  void figuresAreGaugesOfMicroProfileMetrics() {
    MetricRegistry registry = SharedMetricRegistries.getOrCreate("outbox-test");
    AtomicLong nanos = new AtomicLong();
    AtomicInteger questions = new AtomicInteger();
    try (OutboxGauges gauges =
        OutboxGauges.register(
            registry,
            new OutboxSnapshot(
                () -> {
                  if (questions.incrementAndGet() == 3) {
                    throw new OpenLedgerException(
                        ErrorCode.LEDGER_UNAVAILABLE, "down", "up", "start it");
                  }
                  return questions.get() == 1 ? Optional.empty() : Optional.of(FIGURES);
                },
                nanos::get))) {
      assertThat(registry.getMetrics()).hasSize(OutboxFigure.ALL.size());
      MetricID waiting = new MetricID("openledger_outbox_waiting");
      assertThat(registry.getGauge(waiting).getValue().longValue()).isZero();
      for (int second = 1; second <= 2; second++) {
        nanos.addAndGet(1_000_000_000L);
        for (OutboxFigure figure : OutboxFigure.ALL) {
          assertThat(registry.getGauge(new MetricID(figure.textName())).getValue().longValue())
              .isEqualTo(figure.value().applyAsLong(FIGURES));
        }
        assertThat(questions.get()).as("one question a scrape").isEqualTo(second + 1);
      }
    }
    assertThat(registry.getMetrics()).isEmpty();
  }
}
