package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.Page;
import io.openledger.api.reward.ChainAddress;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.rollup.ChainEvents;
import io.openledger.runtime.rollup.Rollup;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events of the chain over HTTP. */
class ChainEventsTest {

  private static final String ADDRESS = "0x" + "ab".repeat(20);

  private static RestServer rest;

  private final List<String> asked = new ArrayList<>();
  private Optional<ChainEvents> events = Optional.of(this::list);

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
    rest.serve(
        answering(
            OpenLedgerServer.class,
            (method, arguments) ->
                method.equals("rollup")
                    ? Optional.of(
                        answering(
                            Rollup.class,
                            (called, none) -> called.equals("chainEvents") ? events : null,
                            Optional.empty()))
                    : null,
            Optional.of(rest.fake)));
  }

  private interface Answers {
    Object of(String method, Object[] arguments);
  }

  /** An object that gives what is answered, and else what another one does. */
  private static <T> T answering(Class<T> type, Answers answers, Optional<T> otherwise) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, called, arguments) -> {
              Object answer = answers.of(called.getName(), arguments);
              if (answer != null) {
                return answer;
              }
              try {
                return called.invoke(otherwise.orElseThrow(), arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private Page<ChainEvents.Event> list(
      Optional<ChainEvents.Kind> kind, Optional<ChainAddress> account, long offset, int limit) {
    asked.add(kind + " " + account.map(ChainAddress::value) + " " + offset + " " + limit);
    return new Page<>(
        List.of(
            new ChainEvents.Event(
                "RewardDistributor",
                "Claimed",
                Optional.empty(),
                Optional.of(new ChainAddress(ADDRESS)),
                Optional.of(BigInteger.TWO.pow(100)),
                Instant.parse("2026-11-26T09:00:00Z"),
                17,
                Hash256.sha256("transaction"),
                true)),
        3,
        offset,
        limit);
  }

  @Test
  void listsByKindAndAccount() throws Exception {
    HttpResponse<String> response =
        rest.get("admin", "api/chain/events?kind=claim&account=" + ADDRESS + "&offset=2&limit=1");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .contains("\"total\":3")
        .contains("\"amount\":\"1267650600228229401496703205376\"")
        .contains("\"account\":\"" + ADDRESS + "\"")
        .contains("\"block\":17")
        .contains("\"final\":true")
        .doesNotContain("subject");
    rest.get("admin", "api/chain/events");
    assertThat(asked)
        .containsExactly(
            "Optional[CLAIM] Optional[" + ADDRESS + "] 2 1", "Optional.empty Optional.empty 0 50");
  }

  @Test
  void refusesWhatIsNoKindAndNoAddress() throws Exception {
    assertThat(rest.get("admin", "api/chain/events?kind=gift").statusCode()).isEqualTo(400);
    assertThat(rest.get("admin", "api/chain/events?account=ann").statusCode()).isEqualTo(400);
    assertThat(asked).isEmpty();
  }

  @Test
  void isForAdministratorsAndSaysWhereNothingIsRead() throws Exception {
    assertThat(rest.get("user", "api/chain/events").statusCode()).isEqualTo(403);
    events = Optional.empty();
    assertThat(rest.get("admin", "api/chain/events").statusCode()).isEqualTo(503);
    rest.serve(rest.fake);
    assertThat(rest.get("admin", "api/chain/events").body()).contains("no chain is attached");
  }
}
