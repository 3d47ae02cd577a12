package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.Datanet;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.Grant;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;

/** {@code /api/datanets}: datanets, their grants and snapshots. */
@Path("api/datanets")
@Produces(MediaType.APPLICATION_JSON)
public class DatanetsResource {

  @GET
  @Allowed
  public Response list(@Context SecurityContext user) {
    return Json.ok(Json.object().add("items", Json.array(datanets(user).list(), DatanetJson::of)));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.CURATOR)
  public Response create(@Context SecurityContext user, @Context UriInfo uri, InputStream body) {
    Datanet made = datanets(user).create(DatanetJson.draft(Bodies.json(body, Bodies.SMALL)));
    return Json.answer(
        Response.created(uri.getAbsolutePathBuilder().path(made.id().value()).build()),
        MediaType.APPLICATION_JSON,
        DatanetJson.of(made).build());
  }

  @GET
  @Path("{datanet}")
  @Allowed
  public Response get(@Context SecurityContext user, @PathParam("datanet") String name) {
    DatanetId id = new DatanetId(name);
    return Json.ok(DatanetJson.of(datanets(user).find(id).orElseThrow(() -> unknown(id))));
  }

  @GET
  @Path("{datanet}/snapshot")
  @Allowed
  public Response snapshot(@Context SecurityContext user, @PathParam("datanet") String name) {
    return Json.ok(DatanetJson.of(datanets(user).snapshot(new DatanetId(name))));
  }

  @GET
  @Path("{datanet}/grants")
  @Allowed(Role.CURATOR)
  public Response grants(@Context SecurityContext user, @PathParam("datanet") String name) {
    return Json.ok(
        Json.object()
            .add("items", Json.array(datanets(user).grants(new DatanetId(name)), GrantJson::of)));
  }

  @PUT
  @Path("{datanet}/grants")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.CURATOR)
  public Response grant(
      @Context SecurityContext user, @PathParam("datanet") String name, InputStream body) {
    Grant grant = GrantJson.read(new DatanetId(name), Bodies.json(body, Bodies.SMALL));
    datanets(user).grant(grant);
    return Json.ok(GrantJson.of(grant));
  }

  private static DatanetRepository datanets(SecurityContext user) {
    return OpenLedgerServers.require().datanets(Callers.of(user));
  }

  private static OpenLedgerException unknown(DatanetId id) {
    return new OpenLedgerException(
        ErrorCode.DATANET_UNKNOWN,
        "datanet " + id,
        "datanets that exist and that you may read",
        "list the datanets, or ask its owner for a grant");
  }
}
