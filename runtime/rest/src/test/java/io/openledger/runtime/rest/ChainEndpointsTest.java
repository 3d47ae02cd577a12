package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.rollup.EndpointAdministration;
import io.openledger.runtime.rollup.Rollup;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The chain's endpoints over HTTP. */
class ChainEndpointsTest {

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
    Rollup rollup =
        (Rollup)
            Proxy.newProxyInstance(
                Rollup.class.getClassLoader(),
                new Class<?>[] {Rollup.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("endpoints")) {
                    callers.add((Caller) arguments[0]);
                    return new Fake();
                  }
                  throw new UnsupportedOperationException(method.getName());
                });
    rest.serve(
        (OpenLedgerServer)
            Proxy.newProxyInstance(
                OpenLedgerServer.class.getClassLoader(),
                new Class<?>[] {OpenLedgerServer.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("rollup")) {
                    return Optional.of(rollup);
                  }
                  try {
                    return method.invoke(rest.fake, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }));
  }

  private final class Fake implements EndpointAdministration {

    @Override
    public Standing standing() {
      return new Standing(
          1612,
          2,
          Optional.of(new Block(77, Hash256.sha256("77"))),
          Optional.of("finality went back"),
          List.of(
              new Endpoint(
                  "here",
                  "https://rpc.example.org",
                  Status.ASIDE,
                  Optional.of("contradicts the others about block 70"),
                  OptionalLong.of(90),
                  3,
                  Optional.of("endpoint here: contradicts the others"),
                  4,
                  5,
                  Instant.parse("2026-11-26T09:00:00Z"),
                  Optional.of(Duration.ofSeconds(9))),
              new Endpoint(
                  "there",
                  "http://127.0.0.1:8545",
                  Status.UNKNOWN,
                  Optional.empty(),
                  OptionalLong.empty(),
                  0,
                  Optional.empty(),
                  0,
                  0,
                  Instant.parse("2026-11-26T09:00:00Z"),
                  Optional.empty())),
          List.of(new Decision("LIFT", "here", "rest/ann", Instant.parse("2026-11-26T08:00:00Z"))));
    }

    @Override
    public Standing lift(String endpoint) {
      asked.add("lift " + endpoint);
      return standing();
    }

    @Override
    public Standing acceptFinality() {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED, "nothing is disputed", "a dispute", "look again");
    }
  }

  @Test
  void tellsHowEachIsAndWhatWasDecided() throws Exception {
    HttpResponse<String> response = rest.get("admin", "api/chain/endpoints");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .contains("\"quorum\":2")
        .contains("\"settled\":{\"number\":77,\"hash\":\"0x" + Hash256.sha256("77").hex() + "\"}")
        .contains("\"dispute\":\"finality went back\"")
        .contains("\"status\":\"ASIDE\"")
        .contains("\"address\":\"https://rpc.example.org\"")
        .contains("\"retryInSeconds\":9")
        .contains("\"by\":\"rest/ann\"");
    assertThat(callers.get(0).is(Caller.Role.ADMIN)).isTrue();
  }

  @Test
  void liftsTheNamedOne() throws Exception {
    assertThat(rest.post("admin", "api/chain/endpoints/lift?name=here", "").statusCode())
        .isEqualTo(200);
    assertThat(asked).containsExactly("lift here");
    HttpResponse<String> nameless = rest.post("admin", "api/chain/endpoints/lift", "");
    assertThat(nameless.statusCode()).isEqualTo(400);
    assertThat(nameless.body()).contains("the name of an endpoint");
  }

  @Test
  void refusalIsTold() throws Exception {
    HttpResponse<String> response = rest.post("admin", "api/chain/endpoints/accept-finality", "");
    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.body()).contains("nothing is disputed");
  }

  @Test
  void nobodyButAnAdministratorIsAnswered() throws Exception {
    assertThat(rest.get("user", "api/chain/endpoints").statusCode()).isEqualTo(403);
    assertThat(rest.post("user", "api/chain/endpoints/lift?name=here", "").statusCode())
        .isEqualTo(403);
    assertThat(asked).isEmpty();
  }
}
