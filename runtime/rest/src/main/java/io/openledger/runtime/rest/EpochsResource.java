package io.openledger.runtime.rest;

import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.RewardLedger;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
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
import org.jspecify.annotations.Nullable;

/** {@code /api/ledger/epochs}: closed epochs and the proofs against them. */
@Path("api/ledger/epochs")
@Produces(MediaType.APPLICATION_JSON)
public class EpochsResource {

  @GET
  @Allowed
  public Response epochs(
      @Context SecurityContext user, @QueryParam("limit") @Nullable String limit) {
    return Json.ok(
        Json.object()
            .add(
                "items", Json.array(ledger(user).epochs(Parameters.limit(limit)), LedgerJson::of)));
  }

  /** Closes the epoch now. */
  @POST
  @Allowed(Role.ADMIN)
  public Response close(@Context SecurityContext user) {
    return Json.ok(LedgerJson.of(ledger(user).closeEpoch()));
  }

  @GET
  @Path("{epoch}/proofs/{account}")
  @Allowed
  public Response proof(
      @Context SecurityContext user,
      @PathParam("epoch") String epoch,
      @PathParam("account") String account) {
    return Json.ok(
        LedgerJson.of(
            ledger(user)
                .proof(
                    Parameters.whole("epoch", epoch, 1, Long.MAX_VALUE),
                    AccountId.parse(account))));
  }

  private static RewardLedger ledger(SecurityContext user) {
    return OpenLedgerServers.require().ledger(Callers.of(user));
  }
}
