package io.openledger.runtime.rest;

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

  private static String required(@Nullable String key) {
    return Parameters.optional(key)
        .orElseThrow(
            () -> RequestException.parameter("key", "missing", "the business key of a message"));
  }

  private static OutboxAdministration outbox(SecurityContext user) {
    return Rollups.require(OpenLedgerServers.require()).outbox(Callers.of(user));
  }
}
