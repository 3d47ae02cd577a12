package io.openledger.liberty;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.support.ServerChain;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is attached to a real node with a key of its own keystore. What stands in the way
 * is put right while it runs, one thing after the other: so one start shows all of them.
 */
class RollupIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PASSWORD = "of-the-keystore";
  private static final String ACCOUNT = "contributor:legal-ops";

  @TempDir Path folder;

  @Test
  void attachesOnlyToTheRightContractsWithItsOwnKeyAndPaysWhatAnswersEarned() throws Exception {
    Path keys = folder.resolve("signing.p12");
    try (ServerChain chain = ServerChain.start(folder)) {
      store(keys, "other", chain.key());
      ChainAddress distributor = chain.book().address(ContractName.REWARD_DISTRIBUTOR);
      byte[] code = chain.client().code(distributor);
      chain.anvil().setCode(distributor, HexFormat.of().parseHex("5f5ffd"));
      List<String> variables = new ArrayList<>(chain.settings());
      variables.add("signing.file=" + keys);
      variables.add("signing.password=" + PASSWORD);
      LibertyServer server = LibertyServer.prepare("rollup", "rollup.xml", variables);
      try (server) {
        server.start();
        HttpResponse<String> other = check(server, told -> told.contains("RewardDistributor"));
        assertThat(other.statusCode()).isEqualTo(503);
        assertThat(other.body())
            .contains("DOWN: not attached: OPENLEDGER-")
            .contains(distributor.value())
            .contains("has code of the hash");

        chain.anvil().setCode(distributor, code);
        HttpResponse<String> keyless = check(server, told -> told.contains("'poster'"));
        assertThat(keyless.statusCode()).isEqualTo(503);
        assertThat(keyless.body())
            .contains("DOWN: not attached: OPENLEDGER-5013")
            .contains("has no secret key under 'poster'");
        // what has to do with no chain goes on meanwhile
        server.await(
            () -> server.get("/clause-desk/api/status"),
            status -> status.body().contains("\"ready\":true"));
        draft(server);

        store(keys, "poster", chain.key());
        HttpResponse<String> attached =
            check(server, told -> told.contains("UP: read to block") && !told.contains("DOWN"));
        assertThat(attached.statusCode()).isEqualTo(200);
        assertThat(server.log()).doesNotContain(chain.key().substring(2));

        draft(server);
        Wei before = balance(chain, server);
        Wei earned = settle(chain, server);
        HttpResponse<String> paid =
            server.postAsAdmin(
                "/openledger/api/ledger/claims", "{\"accounts\":[\"" + ACCOUNT + "\"]}");
        assertThat(paid.statusCode()).as(paid.body()).isEqualTo(200);
        server.await(
            () -> server.getAsAdmin("/openledger/api/ledger/claims/" + ACCOUNT),
            claim -> text(claim, "claimed").equals(earned.toString()));
        assertThat(balance(chain, server)).isEqualTo(before.plus(earned));
      }
    }
  }

  /** As an administrator does, who is asked for the key as for a password. */
  private static void store(Path file, String alias, String key) throws Exception {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-importpass",
                "-alias",
                alias,
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String typed = key.substring(2) + "\n";
    keytool.getOutputStream().write((typed + typed).getBytes(StandardCharsets.US_ASCII));
    keytool.getOutputStream().close();
    String told = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(told).isZero();
  }

  /** The server's own account of how it is, as soon as it is what is waited for. */
  private static HttpResponse<String> check(LibertyServer server, Predicate<String> wanted)
      throws Exception {
    return server.await(() -> server.get("/health/ready"), reply -> wanted.test(reply.body()));
  }

  private static void draft(LibertyServer server) throws Exception {
    HttpResponse<String> drafted =
        server.post("/clause-desk/api/draft", "{\"beginning\":\"Duty of care:\",\"tokens\":60}");
    assertThat(drafted.statusCode()).isEqualTo(200);
    assertThat(drafted.body()).contains("\"status\":\"ATTRIBUTED\"");
  }

  /** Closes an epoch, and waits until its root is on the chain and active. */
  private static Wei settle(ServerChain chain, LibertyServer server) throws Exception {
    HttpResponse<String> closed = server.postAsAdmin("/openledger/api/ledger/epochs", "{}");
    assertThat(closed.statusCode()).as(closed.body()).isEqualTo(200);
    String epoch = text(closed, "number");
    String path = "/openledger/api/ledger/epochs/postings?from=" + epoch + "&to=" + epoch;
    server.await(() -> server.getAsAdmin(path), reply -> root(reply, "WAITING"));
    chain.activate();
    server.await(() -> server.getAsAdmin(path), reply -> root(reply, "ACTIVE"));
    HttpResponse<String> claim = server.getAsAdmin("/openledger/api/ledger/claims/" + ACCOUNT);
    assertThat(text(claim, "claimable")).isEqualTo(text(claim, "earned")).isNotEqualTo("0");
    return Wei.parse(text(claim, "earned"));
  }

  private static boolean root(HttpResponse<String> postings, String state) {
    for (JsonNode posting : json(postings).path("items")) {
      if (posting.path("kind").asText().equals("ROOT")
          && posting.path("state").asText().equals(state)) {
        return true;
      }
    }
    return false;
  }

  /** What the account's address owns, as the node itself says. */
  private static Wei balance(ServerChain chain, LibertyServer server) throws Exception {
    HttpResponse<String> account = server.getAsAdmin("/openledger/api/ledger/accounts/" + ACCOUNT);
    return chain.client().balance(new ChainAddress(text(account, "address")));
  }

  private static String text(HttpResponse<String> reply, String field) {
    JsonNode value = json(reply).get(field);
    assertThat(value).as("%s in %s", field, reply.body()).isNotNull();
    return value.asText();
  }

  private static JsonNode json(HttpResponse<String> reply) {
    try {
      return JSON.readTree(reply.body());
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new AssertionError(reply.statusCode() + ": " + reply.body(), e);
    }
  }
}
