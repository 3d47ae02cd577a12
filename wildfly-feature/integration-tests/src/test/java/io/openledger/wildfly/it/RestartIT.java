package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import org.junit.jupiter.api.Test;

/** A server that is stopped, or killed, comes back with everything that it acknowledged. */
class RestartIT {

  private static final int OFFSET = 1600;
  private static final String USER = "restart-desk";
  private static final String ROLES =
      "openledger-user,openledger-curator,openledger-contributor,openledger-admin";

  @Test
  void restartKeepsDatanetsReceiptsLedgerEpochsAndIndex() throws Exception {
    try (OwnServer server =
        OwnServer.prepare(
            "restart", OFFSET, OwnServer.defaultJavaHome(), OwnServer.sampleModel())) {
      server.addUser(USER, ROLES);
      server.start();
      Rest desk = server.as(USER);
      Ready.await(desk);
      Desk at = new Desk(desk);
      at.contribute("clauses", 40);
      JsonObject answer = at.ask();
      String root = at.closeEpoch().get("root").getAsString();
      Kept before = kept(desk, receipt(answer));

      server.stop();
      server.start();
      Ready.await(desk);
      assertThat(kept(desk, receipt(answer))).isEqualTo(before);
      assertThat(desk.get("/openledger/api/ledger/epochs").body()).contains(root);
      assertSameEvidence(at.ask(), answer);
      int answers = 2;

      // without warning: what was acknowledged a moment ago is there too
      JsonObject last = at.ask();
      answers++;
      server.kill();
      server.start();
      Ready.await(desk);
      Rest.Reply acknowledged = desk.get("/openledger/api/receipts/" + receipt(last));
      assertThat(acknowledged.status()).as(acknowledged.body()).isEqualTo(200);
      assertSameEvidence(at.ask(), answer);
      answers++;
      Rest.Reply payer = desk.get("/openledger/api/ledger/accounts/payer:user:" + USER);
      assertThat(payer.json().get("balance").getAsBigInteger())
          .isEqualTo(fee(answer).negate().multiply(java.math.BigInteger.valueOf(answers)));
    }
  }

  private static String receipt(JsonObject answer) {
    return answer.getAsJsonObject("attribution").get("receipt").getAsString();
  }

  private static java.math.BigInteger fee(JsonObject answer) {
    return answer.getAsJsonObject("attribution").get("fee").getAsBigInteger();
  }

  private static void assertSameEvidence(JsonObject answer, JsonObject expected) {
    assertThat(answer.getAsJsonObject("attribution").get("evidence"))
        .isEqualTo(expected.getAsJsonObject("attribution").get("evidence"));
  }

  /** What must read the same after the restart. */
  private record Kept(String receipt, String snapshot, String contributions, String accounts) {}

  private static Kept kept(Rest desk, String receipt) throws Exception {
    String path = "/openledger/api/receipts/" + receipt;
    // it is linked shortly after its commit
    for (int i = 0; i < 100 && !desk.get(path).json().has("link"); i++) {
      Thread.sleep(50);
    }
    return new Kept(
        desk.get(path).body(),
        desk.get("/openledger/api/datanets/clauses/snapshot").body(),
        desk.get("/openledger/api/datanets/clauses/contributions?limit=1000").body(),
        desk.get("/openledger/api/ledger/accounts?limit=1000").body());
  }
}
