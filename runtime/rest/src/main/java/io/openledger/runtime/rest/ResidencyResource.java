package io.openledger.runtime.rest;

import io.openledger.api.Hash256;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/residency}: where adapters are, for a router that sends each request to a server that
 * has its adapter in a slot. A router that asks again with the tag that it was given gets an answer
 * without a body while nothing changed.
 */
@Path("api/residency")
@Produces(MediaType.APPLICATION_JSON)
public class ResidencyResource {

  @GET
  @Allowed({Role.BUILDER, Role.USER})
  public Response residency(
      @Context SecurityContext user,
      @Context Request request,
      @QueryParam("limit") @Nullable String limit,
      @QueryParam("after") @Nullable String after,
      @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String known) {
    String json =
        AdapterPage.of(
                OpenLedgerServers.require().adapters(Callers.of(user)),
                limit,
                after,
                AdapterJson::residency)
            .build()
            .toString();
    EntityTag tag = new EntityTag(Hash256.sha256(json).hex().substring(0, 32));
    Response.ResponseBuilder unchanged = known == null ? null : request.evaluatePreconditions(tag);
    if (unchanged != null) {
      return unchanged.tag(tag).build();
    }
    return Response.ok(json.getBytes(StandardCharsets.UTF_8)).tag(tag).build();
  }
}
