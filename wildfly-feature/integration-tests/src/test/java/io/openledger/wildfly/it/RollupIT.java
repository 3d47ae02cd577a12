package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.support.ServerChain;
import io.openledger.wildfly.it.app.Drafting;
import io.openledger.wildfly.it.app.Notes;
import io.openledger.wildfly.it.app.RestApplication;
import io.openledger.wildfly.it.app.RightsResource;
import io.openledger.wildfly.it.app.SampleClauses;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is attached to a real node with a key of its own credential store. What stands in
 * the way is put right while it runs, one thing after the other: so one start shows all of them.
 */
class RollupIT {

  private static final int OFFSET = 2100;
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final String ACCOUNT = "contributor:legal-ops";

  @TempDir Path folder;

  @Test
  void attachesOnlyToTheRightContractsWithItsOwnKeyAndPaysWhatAnswersEarned() throws Exception {
    try (ServerChain chain = ServerChain.start(folder);
        OwnServer server = prepare(chain)) {
      ChainAddress distributor = chain.book().address(ContractName.REWARD_DISTRIBUTOR);
      byte[] code = chain.client().code(distributor);
      chain.anvil().setCode(distributor, HexFormat.of().parseHex("5f5ffd"));
      server.start();
      Rest desk = server.as("rollup-desk");

      Rest.Reply other = check(desk, told -> told.contains("RewardDistributor"));
      assertThat(other.status()).isEqualTo(503);
      assertThat(other.body())
          .contains("\"rollup\":\"DOWN: not attached: OPENLEDGER-")
          .contains(distributor.value())
          .contains("has code of the hash");

      chain.anvil().setCode(distributor, code);
      Rest.Reply keyless = check(desk, told -> told.contains("'poster'"));
      assertThat(keyless.status()).isEqualTo(503);
      assertThat(keyless.body())
          .contains("DOWN: not attached: OPENLEDGER-5013")
          .contains("credential store signing has no secret value under 'poster'");
      // what has to do with no chain goes on meanwhile
      seed(desk);
      ask(desk);

      server.command(
          "/subsystem=elytron/credential-store=signing:add-alias(alias=poster,secret-value="
              + chain.key()
              + ")");
      assertThat(attached(desk).status()).isEqualTo(200);
      assertThat(server.console()).doesNotContain(chain.key().substring(2));

      Wei before = balance(chain, desk);
      ask(desk);
      Wei first = settle(chain, desk);
      pay(desk);
      await(() -> balance(chain, desk), paid -> paid.equals(before.plus(first)));

      figuresAreTheServersOwn(desk);

      // the same process, other services: nothing is sent twice, and it goes on
      server.command("reload");
      assertThat(attached(desk).status()).isEqualTo(200);
      ask(desk);
      Wei second = settle(chain, desk);
      assertThat(second.compareTo(first)).isPositive();
      pay(desk);
      await(() -> balance(chain, desk), paid -> paid.equals(before.plus(second)));
      assertThat(claimable(desk).get("claimable").getAsString()).isEqualTo("0");

      applicationsComeAndGo(server, desk);
      Wei third = settle(chain, desk);
      assertThat(third.compareTo(second)).as("what an application that is gone owed").isPositive();
      pay(desk);
      await(() -> balance(chain, desk), paid -> paid.equals(before.plus(third)));
    }
  }

  /** The chain is the server's, not an application's: it stays attached, with one of everything. */
  private void applicationsComeAndGo(OwnServer server, Rest desk) throws Exception {
    Path war = folder.resolve("redeployed.war");
    Wars.of(
            "redeployed.war",
            RightsResource.class,
            RestApplication.class,
            SampleClauses.class,
            Drafting.class,
            Drafting.DraftRejected.class,
            Notes.class)
        .as(ZipExporter.class)
        .exportTo(war.toFile(), true);
    long clients = server.jvm().httpClients();
    assertThat(clients).as("of the server's own").isPositive();
    for (int round = 0; round < 2; round++) {
      server.command("deploy " + war);
      assertThat(server.as("").get("/redeployed/ask?datanet=clauses").body())
          .isEqualTo("true application:redeployed");
      server.command("undeploy redeployed.war");
    }
    assertThat(server.jvm().httpClients()).isEqualTo(clients);
    assertThat(attached(desk).status()).isEqualTo(200);
    assertThat(desk.get("/openledger/api/outbox/status").body()).contains("\"leaseHeld\":true");
  }

  private static OwnServer prepare(ServerChain chain) throws Exception {
    List<String> settings = new ArrayList<>(OwnServer.sampleModel());
    settings.addAll(chain.settings());
    settings.add("openledger.chain.key=credential_store");
    settings.add("openledger.chain.key.store=signing");
    settings.add("openledger.chain.key.alias=poster");
    OwnServer server = OwnServer.prepare("rollup", OFFSET, OwnServer.defaultJavaHome(), settings);
    server.configure(
        "/subsystem=elytron/credential-store=signing:add(path=signing.cs,"
            + "relative-to=jboss.server.data.dir,create=true,"
            + "credential-reference={clear-text=only-for-this-test})",
        "/subsystem=openledger:write-attribute(name=credential-store,value=signing)",
        "/subsystem=micrometer/registry=prometheus:add(context=/prometheus,security-enabled=false)");
    server.addUser("rollup-desk", "openledger-admin");
    return server;
  }

  /** In both of the server's subsystems for metrics; those of a scrape are up to a second old. */
  private static void figuresAreTheServersOwn(Rest desk) throws Exception {
    String name = "openledger_outbox_broadcasts_total";
    double told = figure(desk.get("/openledger/api/metrics"), name);
    assertThat(told).isGreaterThanOrEqualTo(2);
    await(() -> figure(desk.management("/prometheus"), name), shown -> shown >= told);
    await(() -> figure(desk.management("/metrics"), "wildfly_" + name), shown -> shown >= told);
  }

  private static double figure(Rest.Reply metrics, String name) {
    return metrics
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " in " + metrics.body()));
  }

  /** The server's own account of how it is, as soon as it is what is waited for. */
  private static Rest.Reply check(Rest desk, Predicate<String> wanted) throws Exception {
    return await(() -> desk.management("/health/ready"), reply -> wanted.test(reply.body()));
  }

  private static Rest.Reply attached(Rest desk) throws Exception {
    return check(
        desk, told -> told.contains("\"rollup\":\"UP: read to block") && !told.contains("DOWN"));
  }

  private static void seed(Rest desk) throws Exception {
    check(desk, told -> told.contains("\"index\":\"UP"));
    JsonObject datanet = new JsonObject();
    datanet.addProperty("id", "clauses");
    datanet.addProperty("title", "Clauses");
    datanet.addProperty("visibility", "PUBLIC");
    assertThat(desk.post("/openledger/api/datanets", datanet).status()).isEqualTo(201);
    for (JsonObject draft : Clauses.drafts(40)) {
      Rest.Reply reply = desk.post("/openledger/api/datanets/clauses/contributions", draft);
      assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    }
  }

  private static void ask(Rest desk) throws Exception {
    JsonObject request = new JsonObject();
    request.addProperty("model", "clause-desk");
    request.addProperty("prompt", "Duty of care:");
    request.addProperty("max_tokens", 48);
    request.addProperty("temperature", 0);
    Rest.Reply reply = desk.post("/openledger/v1/completions", request);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.json().getAsJsonObject("attribution").getAsJsonArray("evidence")).isNotEmpty();
  }

  /** Closes an epoch and waits until its root is on the chain and active. */
  private static Wei settle(ServerChain chain, Rest desk) throws Exception {
    Rest.Reply closed = desk.post("/openledger/api/ledger/epochs", new JsonObject());
    assertThat(closed.status()).as(closed.body()).isEqualTo(200);
    long epoch = closed.json().get("number").getAsLong();
    String path = "/openledger/api/ledger/epochs/postings?from=" + epoch + "&to=" + epoch;
    await(() -> desk.get(path), reply -> root(reply, "WAITING"));
    chain.activate();
    await(() -> desk.get(path), reply -> root(reply, "ACTIVE"));
    JsonObject claimable = claimable(desk);
    assertThat(claimable.get("claimable").getAsBigInteger()).isPositive();
    return Wei.parse(claimable.get("earned").getAsString());
  }

  private static boolean root(Rest.Reply postings, String state) {
    for (JsonElement item : postings.json().getAsJsonArray("items")) {
      JsonObject posting = item.getAsJsonObject();
      if (posting.get("kind").getAsString().equals("ROOT")
          && posting.get("state").getAsString().equals(state)) {
        return true;
      }
    }
    return false;
  }

  private static JsonObject claimable(Rest desk) throws Exception {
    Rest.Reply reply = desk.get("/openledger/api/ledger/claims/" + ACCOUNT);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json();
  }

  private static void pay(Rest desk) throws Exception {
    JsonArray accounts = new JsonArray();
    accounts.add(ACCOUNT);
    JsonObject request = new JsonObject();
    request.add("accounts", accounts);
    Rest.Reply reply = desk.post("/openledger/api/ledger/claims", request);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.json().getAsJsonArray("items")).as(reply.body()).hasSize(1);
  }

  /** What the account's address owns, as the node itself says. */
  private static Wei balance(ServerChain chain, Rest desk) throws Exception {
    String address =
        desk.get("/openledger/api/ledger/accounts/" + ACCOUNT).json().get("address").getAsString();
    return chain.client().balance(new ChainAddress(address));
  }

  private static <T> T await(Callable<T> what, Predicate<T> wanted) throws Exception {
    Instant begin = Instant.now();
    while (true) {
      Object last;
      try {
        T now = what.call();
        if (wanted.test(now)) {
          return now;
        }
        last = now;
      } catch (java.io.IOException e) {
        last = e;
      }
      if (Duration.between(begin, Instant.now()).compareTo(LIMIT) > 0) {
        throw new AssertionError("in vain for " + LIMIT + ": " + last);
      }
      // the server logs each answer of a server that is not ready
      Thread.sleep(500);
    }
  }
}
