package io.openledger.runtime.rest;

import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;

/** {@code /api/infini-gram}: what contributions say next, and how likely a text is to them. */
@Path("api/infini-gram")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public class InfiniGramResource {

  private static final int LISTED = 20;

  @POST
  @Path("next")
  @Allowed
  public Response next(@Context SecurityContext user, InputStream body) {
    JsonFields json = Bodies.json(body, Bodies.LARGE);
    String text = json.requiredText("text");
    DatanetScope scope = SearchJson.scope(json);
    int listed = json.integer("limit").orElse(LISTED);
    json.requireAllRead();
    return Json.ok(SearchJson.of(datanets(user).next(text, scope, listed)));
  }

  @POST
  @Path("likelihood")
  @Allowed
  public Response likelihood(@Context SecurityContext user, InputStream body) {
    JsonFields json = Bodies.json(body, Bodies.LARGE);
    String text = json.requiredText("text");
    DatanetScope scope = SearchJson.scope(json);
    json.requireAllRead();
    return Json.ok(SearchJson.of(datanets(user).likelihood(text, scope)));
  }

  private static DatanetRepository datanets(SecurityContext user) {
    return OpenLedgerServers.require().datanets(Callers.of(user));
  }
}
