package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.rollup.Rollup;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Answers of a server that takes payments call by call, of the administrator and of whoever has no
 * credentials, and has not attached to its chain yet.
 */
class PaymentsAwayTest {

  private static final String TEXT = "{\"prompt\":\"one two\",\"max_tokens\":20}";
  private static final String CHAT =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"one two\"}],\"max_tokens\":20}";

  /** Both forms, as a whole and streamed, by path and body. */
  private static final Map<String, String> REQUESTS =
      Map.of(
          "v1/completions",
          TEXT,
          "v1/completions?streamed",
          streamed(TEXT),
          "v1/chat/completions",
          CHAT,
          "v1/chat/completions?streamed",
          streamed(CHAT));

  private static RestServer rest;

  @BeforeAll
  static void start() throws Exception {
    rest = new RestServer();
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  @BeforeEach
  void detach() {
    rest.fresh();
    rest.serve(
        (OpenLedgerServer)
            Proxy.newProxyInstance(
                OpenLedgerServer.class.getClassLoader(),
                new Class<?>[] {OpenLedgerServer.class},
                (self, method, arguments) -> {
                  if (method.getName().equals("rollup")) {
                    return Optional.of(rollup());
                  }
                  try {
                    return method.invoke(rest.fake, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                }));
  }

  private static Rollup rollup() {
    return (Rollup)
        Proxy.newProxyInstance(
            Rollup.class.getClassLoader(),
            new Class<?>[] {Rollup.class},
            (self, method, arguments) -> {
              switch (method.getName()) {
                case "payments" ->
                    throw new OpenLedgerException(
                        ErrorCode.SIGNING_KEY, "a key that is missing", "a key", "bring the key");
                case "paysByCall" -> {
                  return ((Caller) arguments[0]).is(Caller.Role.ADMIN);
                }
                default -> throw new UnsupportedOperationException(method.getName());
              }
            });
  }

  private static String streamed(String body) {
    return body.replace("\"max_tokens\"", "\"stream\":true,\"max_tokens\"");
  }

  private static HttpResponse<String> paying(String user, String path, String body)
      throws IOException, InterruptedException {
    return rest.send(
        rest.request(user, path)
            .header("Content-Type", "application/json")
            .header("PAYMENT-SIGNATURE", "e30=")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static String path(String name) {
    return name.replace("?streamed", "");
  }

  private static void isToldWhy(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
    assertThat(response.body())
        .contains(ErrorCode.SIGNING_KEY.id(), "a key that is missing", "bring the key");
    assertThat(rest.fake.prompts).isEmpty();
  }

  @Test
  void answersWhoeverIsChargedByAccount() throws Exception {
    for (Map.Entry<String, String> each : REQUESTS.entrySet()) {
      HttpResponse<String> response = rest.post("user", path(each.getKey()), each.getValue());
      assertThat(response.statusCode()).as(each.getKey() + response.body()).isEqualTo(200);
      assertThat(response.body()).contains("complete.");
    }
    assertThat(rest.fake.prompts).hasSameSizeAs(REQUESTS.keySet());
  }

  @Test
  void tellsWhoeverWouldPayByVoucherWhatIsMissing() throws Exception {
    for (Map.Entry<String, String> each : REQUESTS.entrySet()) {
      isToldWhy(rest.post("admin", path(each.getKey()), each.getValue()));
      isToldWhy(paying("user", path(each.getKey()), each.getValue()));
    }
  }

  @Test
  void tellsStrangersNothingOfTheServersKeyAndChain() throws Exception {
    for (Map.Entry<String, String> each : REQUESTS.entrySet()) {
      HttpResponse<String> response = rest.post("", "pay/" + path(each.getKey()), each.getValue());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
      assertThat(response.body())
          .contains(ErrorCode.CHAIN_UNAVAILABLE.id(), "nothing was charged")
          .doesNotContain("a key");
    }
    assertThat(rest.fake.prompts).isEmpty();
  }
}
