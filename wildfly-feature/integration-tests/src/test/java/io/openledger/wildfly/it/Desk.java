package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;

/**
 * What somebody at a desk does: gives clauses, has drafts made of them, and closes epochs. What is
 * refused fails the test.
 *
 * @param rest who does it
 */
record Desk(Rest rest) {

  /** Makes a public datanet of the sample's first clauses. */
  void contribute(String datanet, int clauses) throws Exception {
    JsonObject draft = new JsonObject();
    draft.addProperty("id", datanet);
    draft.addProperty("title", "Clauses");
    draft.addProperty("visibility", "PUBLIC");
    post("/openledger/api/datanets", draft, 201);
    for (JsonObject clause : Clauses.drafts(clauses)) {
      post("/openledger/api/datanets/" + datanet + "/contributions", clause, 201);
    }
  }

  /** Has a draft made, to which a clause has contributed. */
  JsonObject ask() throws Exception {
    JsonObject answer = post("/openledger/v1/completions", completion(48), 200);
    assertThat(answer.getAsJsonObject("attribution").getAsJsonArray("evidence")).isNotEmpty();
    return answer;
  }

  /** A request for the beginning of a clause, without chance. */
  static JsonObject completion(int tokens) {
    JsonObject request = new JsonObject();
    request.addProperty("model", "clause-desk");
    request.addProperty("prompt", "Duty of care:");
    request.addProperty("max_tokens", tokens);
    request.addProperty("temperature", 0);
    return request;
  }

  /** Closes an epoch; what it is made of. */
  JsonObject closeEpoch() throws Exception {
    return post("/openledger/api/ledger/epochs", new JsonObject(), 200);
  }

  private JsonObject post(String path, JsonObject body, int status) throws Exception {
    Rest.Reply reply = rest.post(path, body);
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    return reply.json();
  }
}
