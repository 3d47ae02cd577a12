package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.RewardLedger;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** {@code /api/ledger/accounts}: balances, entries and statements, as the user may see them. */
@Path("api/ledger/accounts")
@Produces(MediaType.APPLICATION_JSON)
public class LedgerResource {

  // the ends of a statement when they are not said: before the first entry, after the last
  private static final Instant BEGINNING = Instant.EPOCH;
  private static final Instant END = Instant.parse("9999-01-01T00:00:00Z");

  @GET
  @Allowed
  public Response accounts(
      @Context SecurityContext user,
      @QueryParam("offset") @Nullable String offset,
      @QueryParam("limit") @Nullable String limit) {
    return Json.ok(
        PageJson.of(
            ledger(user).accounts(Parameters.offset(offset), Parameters.limit(limit)),
            LedgerJson::of));
  }

  @GET
  @Path("{account}")
  @Allowed
  public Response account(@Context SecurityContext user, @PathParam("account") String account) {
    AccountId id = AccountId.parse(account);
    return Json.ok(
        LedgerJson.of(
            ledger(user)
                .account(id)
                .orElseThrow(
                    () ->
                        new OpenLedgerException(
                            ErrorCode.ACCOUNT_UNKNOWN,
                            "account " + id,
                            "accounts that have an entry and that you may see",
                            "list the accounts"))));
  }

  @GET
  @Path("{account}/entries")
  @Allowed
  public Response entries(
      @Context SecurityContext user,
      @PathParam("account") String account,
      @QueryParam("offset") @Nullable String offset,
      @QueryParam("limit") @Nullable String limit) {
    return Json.ok(
        PageJson.of(
            ledger(user)
                .entries(
                    AccountId.parse(account), Parameters.offset(offset), Parameters.limit(limit)),
            LedgerJson::of));
  }

  @GET
  @Path("{account}/statement")
  @Allowed
  public Response statement(
      @Context SecurityContext user,
      @PathParam("account") String account,
      @QueryParam("from") @Nullable String from,
      @QueryParam("to") @Nullable String to) {
    return Json.ok(
        LedgerJson.of(
            ledger(user)
                .statement(
                    AccountId.parse(account),
                    from == null ? BEGINNING : Parameters.instant("from", from),
                    to == null ? END : Parameters.instant("to", to))));
  }

  private static RewardLedger ledger(SecurityContext user) {
    return OpenLedgerServers.require().ledger(Callers.of(user));
  }
}
