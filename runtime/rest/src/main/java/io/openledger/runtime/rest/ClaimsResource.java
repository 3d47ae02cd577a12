package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.Claims;
import io.openledger.runtime.rollup.Rollups;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** {@code /api/ledger/claims}: what accounts can take out of the contract, and taking it out. */
@Path("api/ledger/claims")
@Produces(MediaType.APPLICATION_JSON)
public class ClaimsResource {

  @GET
  @Path("{account}")
  @Allowed
  public Response claimable(
      @Context SecurityContext user,
      @PathParam("account") String account,
      @QueryParam("stake") @Nullable String stake) {
    return Json.ok(
        PostingJson.of(
            claims()
                .of(
                    AccountId.parse(account),
                    stake == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(
                            Parameters.whole("stake", stake, 0, Integer.MAX_VALUE)))));
  }

  /** Has the server claim, to the accounts' own addresses. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed
  public Response pay(@Context SecurityContext user, InputStream body) {
    JsonFields json = Bodies.json(body, Bodies.LARGE);
    List<String> accounts = json.texts("accounts");
    json.requireAllRead();
    return Json.ok(
        Json.object()
            .add(
                "items",
                Json.array(
                    claims()
                        .pay(Callers.of(user), accounts.stream().map(AccountId::parse).toList()),
                    PostingJson::of)));
  }

  private static Claims claims() {
    return Rollups.require(OpenLedgerServers.require())
        .claims()
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.CHAIN_UNAVAILABLE,
                    "a server that posts no roots",
                    "servers with the contract RewardDistributor",
                    "have an administrator attach it"));
  }
}
