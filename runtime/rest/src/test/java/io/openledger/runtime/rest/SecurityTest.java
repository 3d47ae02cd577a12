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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

  /** Who passes the role check, for each method and path: the matrix of the package. */
  @ParameterizedTest
  @CsvSource({
    "GET,v1/models,USER",
    "POST,v1/completions,USER",
    "POST,v1/chat/completions,USER",
    "GET,api/adapters,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "POST,api/adapters,ADMIN",
    "GET,api/adapters/desk,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "DELETE,api/adapters/desk,BUILDER",
    "POST,api/adapters/desk/reload,ADMIN",
    "PUT,api/adapters/desk/access,BUILDER",
    "POST,api/adapters/desk/load,BUILDER",
    "POST,api/adapters/desk/unload,BUILDER",
    "PUT,api/adapters/desk/pin,ADMIN",
    "DELETE,api/adapters/desk/pin,ADMIN",
    "GET,api/residency,BUILDER USER",
    "GET,api/stats,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "GET,api/metrics,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "GET,api/datanets,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "POST,api/datanets,CURATOR",
    "GET,api/datanets/x,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "GET,api/datanets/x/snapshot,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "GET,api/datanets/x/grants,CURATOR",
    "PUT,api/datanets/x/grants,CURATOR",
    "GET,api/datanets/x/contributions,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "POST,api/datanets/x/contributions,CONTRIBUTOR CURATOR",
    "GET,api/datanets/x/contributions/1,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "GET,api/datanets/x/contributions/1/text,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "POST,api/datanets/x/contributions/1/retract,CURATOR",
    "POST,api/datanets/x/contributions/1/erase,CURATOR",
    "GET,api/search?phrase=x,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "POST,api/search,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "POST,api/infini-gram/next,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "POST,api/infini-gram/likelihood,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "GET,api/receipts/00000000-0000-0000-0000-000000000000,USER COMPLIANCE",
    "GET,api/reports/00000000-0000-0000-0000-000000000000,USER COMPLIANCE",
    "GET,api/reports/00000000-0000-0000-0000-000000000000/proofs,USER COMPLIANCE",
    "POST,api/attribute,USER COMPLIANCE",
    "GET,api/ledger/accounts,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "GET,api/ledger/accounts/payer:x/entries,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "GET,api/ledger/epochs,ADMIN BUILDER CONTRIBUTOR CURATOR COMPLIANCE USER",
    "POST,api/ledger/epochs,ADMIN"
  })
  void roleMatrixHolds(String method, String path, String allowed) throws Exception {
    Set<Role> passed = EnumSet.noneOf(Role.class);
    for (Role role : Role.values()) {
      HttpRequest.Builder request =
          rest.request(role.name().toLowerCase(Locale.ROOT), path)
              .method(
                  method,
                  method.equals("GET")
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString("{}"))
              .header("Content-Type", "application/json");
      if (rest.send(request).statusCode() != 403) {
        passed.add(role);
      }
    }
    Set<Role> expected =
        Arrays.stream(allowed.split(" "))
            .map(Role::valueOf)
            .collect(Collectors.toCollection(() -> EnumSet.of(Role.ADMIN)));
    assertThat(passed).isEqualTo(expected);
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
