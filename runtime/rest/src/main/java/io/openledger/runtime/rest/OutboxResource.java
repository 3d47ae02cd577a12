package io.openledger.runtime.rest;

import io.openledger.api.Hash256;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.OutboxAdministration;
import io.openledger.runtime.rollup.OutboxAdministration.State;
import io.openledger.runtime.rollup.Rollups;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/outbox}: what is on its way to the chain, for administrators. A business key is a
 * parameter of the query, because it may have slashes in it.
 */
@Path("api/outbox")
@Produces(MediaType.APPLICATION_JSON)
public class OutboxResource {

  @GET
  @Allowed(Role.ADMIN)
  public Response list(
      @Context SecurityContext user,
      @QueryParam("state") @Nullable String state,
      @QueryParam("offset") @Nullable String offset,
      @QueryParam("limit") @Nullable String limit) {
    return Json.ok(
        PageJson.of(
            outbox(user)
                .list(
                    Parameters.optional(state)
                        .map(s -> Parameters.constant("state", s, State.class)),
                    Parameters.offset(offset),
                    Parameters.limit(limit)),
            OutboxJson::of));
  }

  @GET
  @Path("status")
  @Allowed(Role.ADMIN)
  public Response status(@Context SecurityContext user) {
    return Json.ok(OutboxJson.of(outbox(user).status()));
  }

  @GET
  @Path("message")
  @Allowed(Role.ADMIN)
  public Response get(@Context SecurityContext user, @QueryParam("key") @Nullable String key) {
    return Json.ok(OutboxJson.of(outbox(user).get(required(key))));
  }

  @POST
  @Path("retry")
  @Allowed(Role.ADMIN)
  public Response retry(@Context SecurityContext user, @QueryParam("key") @Nullable String key) {
    return Json.ok(OutboxJson.of(outbox(user).retry(required(key))));
  }

  @POST
  @Path("cancel")
  @Allowed(Role.ADMIN)
  public Response cancel(@Context SecurityContext user, @QueryParam("key") @Nullable String key) {
    return Json.ok(OutboxJson.of(outbox(user).cancel(required(key))));
  }

  @POST
  @Path("paid")
  @Allowed(Role.ADMIN)
  public Response paid(
      @Context SecurityContext user,
      @QueryParam("key") @Nullable String key,
      @QueryParam("transaction") @Nullable String transaction,
      @QueryParam("block") @Nullable String block) {
    Hash256 hash =
        Hash256.parse(
            required("transaction", transaction, "the hash of the transaction that paid it"));
    long number =
        Parameters.whole(
            "block", required("block", block, "the number of its block"), 0, Long.MAX_VALUE);
    return Json.ok(OutboxJson.of(outbox(user).paid(required(key), hash, number)));
  }

  private static String required(@Nullable String key) {
    return required("key", key, "the business key of a message");
  }

  private static String required(String name, @Nullable String text, String allowed) {
    return Parameters.optional(text)
        .orElseThrow(() -> RequestException.parameter(name, "missing", allowed));
  }

  private static OutboxAdministration outbox(SecurityContext user) {
    return Rollups.require(OpenLedgerServers.require()).outbox(Callers.of(user));
  }
}
