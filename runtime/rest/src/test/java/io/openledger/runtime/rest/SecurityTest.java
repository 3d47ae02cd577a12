package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.reflect.Method;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityTest {

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
  void fresh() {
    rest.fresh();
  }

  @Test
  void withoutCredentialsOneIsAskedForThem() throws Exception {
    HttpResponse<String> response = rest.get("", "api/datanets");
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().firstValue("WWW-Authenticate").orElseThrow())
        .startsWith("Basic realm=\"openledger\"");
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    assertThat(response.body()).contains("OPENLEDGER-1003");
    HttpResponse<String> openAi = rest.get("", "v1/models");
    assertThat(openAi.statusCode()).isEqualTo(401);
    assertThat(openAi.body()).startsWith("{\"error\":{").contains("authentication_error");
  }

  @Test
  void wrongPasswordIsNoUser() throws Exception {
    HttpResponse<String> response =
        rest.send(
            rest.request("", "v1/models")
                .header("Authorization", RestServer.basic("admin", "wrong"))
                .GET());
    assertThat(response.statusCode()).isEqualTo(401);
  }

  @Test
  void userWithoutAnyRoleOfOursIsRefusedByTheContainer() throws Exception {
    HttpResponse<String> response = rest.get("stranger", "api/datanets");
    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(response.body()).contains("OPENLEDGER-1002").contains("without any role");
  }

  /** What browsers add to a request that a page sends; their credentials are added as well. */
  private static HttpResponse<String> fromABrowser(String path, String... fields) throws Exception {
    HttpRequest.Builder request = rest.request("admin", path);
    request.POST(HttpRequest.BodyPublishers.noBody());
    for (int i = 0; i < fields.length; i += 2) {
      request.setHeader(fields[i], fields[i + 1]);
    }
    return rest.send(request);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api/outbox/retry?key=a",
        "api/outbox/cancel?key=a",
        "api/outbox/paid?key=a",
        "api/chain/endpoints/accept-finality",
        "api/chain/endpoints/lift?name=a",
        "api/ledger/epochs",
        "api/ledger/epochs/postings",
        "api/adapters/desk/load",
        "api/adapters/desk/reload"
      })
  void aPageOfAnotherSiteActsForNobody(String path) throws Exception {
    String own = "http://127.0.0.1:" + rest.port();
    for (String[] fields :
        new String[][] {
          {"Sec-Fetch-Site", "cross-site"},
          {"Sec-Fetch-Site", "same-site"},
          {"Sec-Fetch-Site", "cross-site", "Origin", own},
          {"Origin", "http://other.example"},
          {"Origin", "http://127.0.0.1:1"},
          {"Origin", "null"},
          {"Origin", "http://other.example", "Content-Type", "application/x-www-form-urlencoded"},
          {"Origin", "http://other.example", "Content-Type", "text/plain; charset=utf-8"},
          {"Origin", "::"},
        }) {
      HttpResponse<String> response = fromABrowser(path, fields);
      assertThat(response.statusCode()).as("%s", List.of(fields)).isEqualTo(403);
      assertThat(response.body()).contains("OPENLEDGER-1002", "another site");
    }
    for (String[] fields :
        new String[][] {
          {}, {"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "none"}, {"Origin", own}
        }) {
      assertThat(fromABrowser(path, fields).body())
          .as("%s", List.of(fields))
          .doesNotContain("another site");
    }
  }

  private static final String ANY = "ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER";

  /** Who may call what, as the package says it: each method of each resource. */
  private static final Map<String, String> MAY =
      Map.ofEntries(
          Map.entry("GET /v1/models", "USER"),
          Map.entry("GET /v1/models/{model}", "USER"),
          Map.entry("POST /v1/completions", "USER"),
          Map.entry("POST /v1/chat/completions", "USER"),
          Map.entry("POST /pay/v1/completions", ANY),
          Map.entry("POST /pay/v1/chat/completions", ANY),
          Map.entry("GET /api/adapters", ANY),
          Map.entry("POST /api/adapters", "ADMIN"),
          Map.entry("GET /api/adapters/{adapter}", ANY),
          Map.entry("POST /api/adapters/{adapter}", "BUILDER"),
          Map.entry("PUT /api/adapters/{adapter}", "BUILDER"),
          Map.entry("DELETE /api/adapters/{adapter}", "BUILDER"),
          Map.entry("POST /api/adapters/{adapter}/reload", "ADMIN"),
          Map.entry("PUT /api/adapters/{adapter}/access", "BUILDER"),
          Map.entry("POST /api/adapters/{adapter}/load", "BUILDER"),
          Map.entry("POST /api/adapters/{adapter}/unload", "BUILDER"),
          Map.entry("PUT /api/adapters/{adapter}/pin", "ADMIN"),
          Map.entry("DELETE /api/adapters/{adapter}/pin", "ADMIN"),
          Map.entry("GET /api/residency", "BUILDER USER"),
          Map.entry("GET /api/stats", ANY),
          Map.entry("GET /api/metrics", ANY),
          Map.entry("GET /api/datanets", ANY),
          Map.entry("POST /api/datanets", "CURATOR"),
          Map.entry("GET /api/datanets/{datanet}", ANY),
          Map.entry("GET /api/datanets/{datanet}/snapshot", ANY),
          Map.entry("GET /api/datanets/{datanet}/grants", "CURATOR"),
          Map.entry("PUT /api/datanets/{datanet}/grants", "CURATOR"),
          Map.entry("GET /api/datanets/{datanet}/contributions", ANY),
          Map.entry("POST /api/datanets/{datanet}/contributions", "CONTRIBUTOR CURATOR"),
          Map.entry("GET /api/datanets/{datanet}/contributions/{sequence}", ANY),
          Map.entry("GET /api/datanets/{datanet}/contributions/{sequence}/text", ANY),
          Map.entry("POST /api/datanets/{datanet}/contributions/{sequence}/retract", "CURATOR"),
          Map.entry("POST /api/datanets/{datanet}/contributions/{sequence}/erase", "CURATOR"),
          Map.entry("GET /api/search", ANY),
          Map.entry("POST /api/search", ANY),
          Map.entry("POST /api/infini-gram/next", ANY),
          Map.entry("POST /api/infini-gram/likelihood", ANY),
          Map.entry("POST /api/attribute", "USER COMPLIANCE"),
          Map.entry("GET /api/receipts/{receipt}", "USER COMPLIANCE"),
          Map.entry("GET /api/reports/{receipt}", "USER COMPLIANCE"),
          Map.entry("GET /api/reports/{receipt}/proofs", "USER COMPLIANCE"),
          Map.entry("POST /api/reports/{receipt}/proofs", "USER COMPLIANCE"),
          Map.entry("GET /api/policies", ANY),
          Map.entry("GET /api/governance", ANY),
          Map.entry("POST /api/governance/preview", ANY),
          Map.entry("GET /api/governance/proposals", ANY),
          Map.entry("POST /api/governance/proposals", "ADMIN"),
          Map.entry("GET /api/governance/proposals/{proposal}", ANY),
          Map.entry("GET /api/governance/proposals/{proposal}/submissions", ANY),
          Map.entry("POST /api/governance/proposals/{proposal}/votes", "ADMIN"),
          Map.entry("POST /api/governance/proposals/{proposal}/queue", "ADMIN"),
          Map.entry("POST /api/governance/proposals/{proposal}/execute", "ADMIN"),
          Map.entry("POST /api/governance/proposals/{proposal}/cancel", "ADMIN"),
          Map.entry("GET /governance", ANY),
          Map.entry("GET /governance/page.js", ANY),
          Map.entry("GET /governance/page.css", ANY),
          Map.entry("GET /api/ledger/accounts", ANY),
          Map.entry("GET /api/ledger/accounts/{account}", ANY),
          Map.entry("GET /api/ledger/accounts/{account}/entries", ANY),
          Map.entry("GET /api/ledger/accounts/{account}/statement", ANY),
          Map.entry("GET /api/ledger/epochs", ANY),
          Map.entry("POST /api/ledger/epochs", "ADMIN"),
          Map.entry("GET /api/ledger/epochs/{epoch}/proofs/{account}", ANY),
          Map.entry("GET /api/ledger/epochs/{epoch}/leaves", ANY),
          Map.entry("GET /api/ledger/epochs/postings", ANY),
          Map.entry("POST /api/ledger/epochs/postings", "ADMIN"),
          Map.entry("GET /api/receipts/{receipt}/anchor", "USER COMPLIANCE"),
          Map.entry("GET /api/ledger/claims/{account}", ANY),
          Map.entry("POST /api/ledger/claims", ANY),
          Map.entry("GET /claim/{file}", ANY),
          Map.entry("GET /api/chain/events", "ADMIN"),
          Map.entry("GET /api/outbox", "ADMIN"),
          Map.entry("GET /api/outbox/status", "ADMIN"),
          Map.entry("GET /api/outbox/message", "ADMIN"),
          Map.entry("POST /api/outbox/retry", "ADMIN"),
          Map.entry("POST /api/outbox/cancel", "ADMIN"),
          Map.entry("POST /api/outbox/paid", "ADMIN"),
          Map.entry("GET /api/chain/endpoints", "ADMIN"),
          Map.entry("POST /api/chain/endpoints/lift", "ADMIN"),
          Map.entry("POST /api/chain/endpoints/accept-finality", "ADMIN"));

  private static Set<Role> roles(String names) {
    return Arrays.stream(names.split(" "))
        .map(Role::valueOf)
        .collect(Collectors.toCollection(() -> EnumSet.of(Role.ADMIN)));
  }

  /** The media types that a method takes; one that takes no body is sent one all the same. */
  private static List<String> bodies(Set<String> details) {
    List<String> types =
        details.stream().filter(d -> d.startsWith("body ")).map(d -> d.substring(5)).toList();
    return types.isEmpty() ? List.of("application/json") : types;
  }

  @Test
  void everyResourceMethodIsOpenToWhomItSaysAndToNobodyElse() throws Exception {
    Map<String, Set<String>> offered = OpenApiTest.offered();
    assertThat(MAY.keySet()).isEqualTo(offered.keySet());
    for (Map.Entry<String, Set<String>> each : offered.entrySet()) {
      String[] call = each.getKey().split(" ");
      String path =
          call[1]
              .substring(1)
              .replace("{receipt}", "00000000-0000-0000-0000-000000000000")
              .replace("{account}", "payer:x")
              .replaceAll("\\{(sequence|epoch)}", "1")
              .replaceAll("\\{[^}]+}", "desk");
      for (String type : bodies(each.getValue())) {
        Set<Role> passed = EnumSet.noneOf(Role.class);
        for (Role role : Role.values()) {
          HttpRequest.Builder request =
              rest.request(role.name().toLowerCase(Locale.ROOT), path)
                  .header("Content-Type", type)
                  .method(
                      call[0],
                      call[0].equals("GET")
                          ? HttpRequest.BodyPublishers.noBody()
                          : HttpRequest.BodyPublishers.ofString("{}"));
          if (rest.send(request).statusCode() != 403) {
            passed.add(role);
          }
        }
        assertThat(passed)
            .as("%s with %s", each.getKey(), type)
            .isEqualTo(roles(MAY.get(each.getKey())));
      }
    }
  }

  @Test
  void documentNamesTheRolesThatPass() {
    MAY.forEach(
        (call, names) -> {
          String[] parts = call.split(" ");
          String told =
              ApiContract.operation(parts[0], parts[1].replaceAll("[{}]", ""))
                  .orElseThrow()
                  .getString("description");
          String first = told.substring(0, told.indexOf('.'));
          Set<Role> documented = EnumSet.of(Role.ADMIN);
          for (Role role : Role.values()) {
            if (first.contains("any openledger role") || first.contains(role.label())) {
              documented.add(role);
            }
          }
          assertThat(documented).as(call).isEqualTo(roles(names));
        });
  }

  @Test
  void everyResourceMethodSaysWhoMayCallIt() {
    List<Method> silent = new ArrayList<>();
    for (Class<?> type : new RestApplication().getClasses()) {
      if (type.isAnnotationPresent(Path.class)) {
        Arrays.stream(type.getDeclaredMethods())
            .filter(
                m ->
                    Arrays.stream(m.getAnnotations())
                        .anyMatch(a -> a.annotationType().isAnnotationPresent(HttpMethod.class)))
            .filter(m -> !m.isAnnotationPresent(Allowed.class))
            .forEach(silent::add);
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void serverThatHasNotStartedIsUnavailable() throws Exception {
    OpenLedgerServers.publish(Optional.empty());
    HttpResponse<String> response = rest.get("user", "api/datanets");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("OPENLEDGER-6002");
  }

  @ParameterizedTest
  @EnumSource(ErrorCode.Category.class)
  void everyCategoryHasAnErrorStatus(ErrorCode.Category category) {
    assertThat(Problem.status(category)).isBetween(400, 599);
  }
}
