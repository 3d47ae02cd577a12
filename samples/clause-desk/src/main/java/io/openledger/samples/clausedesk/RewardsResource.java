package io.openledger.samples.clausedesk;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ClaimPayment;
import io.openledger.api.reward.RewardClaims;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;

/** Where rewards are on their way to those who earned them, and taking them there. */
@Path("rewards")
@ApplicationScoped
@Produces({MediaType.APPLICATION_JSON, Problems.MEDIA_TYPE})
public class RewardsResource {

  /** Most accounts of a request: each asks the chain some times. */
  static final int MOST = 16;

  @Inject RewardProgress progress;
  @Inject RewardClaims claims;

  /** The newest epoch, the roots on chain, and how far the accounts' rewards are. */
  @GET
  public JsonObject rewards(@QueryParam("account") List<String> accounts) {
    return progress.of(parsed(accounts, 0));
  }

  /**
   * Has the server claim for accounts, to their own addresses. Whoever may see the page may do
   * that: nobody can be paid less by it, or elsewhere.
   */
  @POST
  @Path("claims")
  @Consumes(MediaType.APPLICATION_JSON)
  public JsonObject claim(String body) {
    List<String> accounts = Fields.parse(body, Set.of("accounts")).texts("accounts");
    JsonArrayBuilder payments = Json.createArrayBuilder();
    for (ClaimPayment one : claims.pay(parsed(accounts, 1))) {
      payments.add(
          Json.createObjectBuilder()
              .add("account", one.account().toString())
              .add("address", one.address().value())
              .add("amount", one.amount().toString())
              .add("transaction", "0x" + one.transaction().hex()));
    }
    return Json.createObjectBuilder().add("payments", payments).build();
  }

  private static List<AccountId> parsed(List<String> accounts, int least) {
    if (accounts.size() < least || accounts.size() > MOST) {
      throw OpenLedgerException.invalid(
          "number of accounts", accounts.size(), least + " to " + MOST);
    }
    return accounts.stream().map(AccountId::parse).toList();
  }
}
