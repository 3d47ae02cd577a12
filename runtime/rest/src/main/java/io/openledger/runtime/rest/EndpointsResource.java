package io.openledger.runtime.rest;

import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.EndpointAdministration;
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

/** {@code /api/chain/endpoints}: through whom the server sees the chain, for administrators. */
@Path("api/chain/endpoints")
@Produces(MediaType.APPLICATION_JSON)
public class EndpointsResource {

  @GET
  @Allowed(Role.ADMIN)
  public Response standing(@Context SecurityContext user) {
    return Json.ok(EndpointsJson.of(endpoints(user).standing()));
  }

  @POST
  @Path("lift")
  @Allowed(Role.ADMIN)
  public Response lift(@Context SecurityContext user, @QueryParam("name") @Nullable String name) {
    String endpoint =
        Parameters.optional(name)
            .orElseThrow(
                () -> RequestException.parameter("name", "missing", "the name of an endpoint"));
    return Json.ok(EndpointsJson.of(endpoints(user).lift(endpoint)));
  }

  @POST
  @Path("accept-finality")
  @Allowed(Role.ADMIN)
  public Response acceptFinality(@Context SecurityContext user) {
    return Json.ok(EndpointsJson.of(endpoints(user).acceptFinality()));
  }

  private static EndpointAdministration endpoints(SecurityContext user) {
    return Rollups.require(OpenLedgerServers.require()).endpoints(Callers.of(user));
  }
}
