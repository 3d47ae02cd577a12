package io.openledger.runtime.rest;

import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.model.ModelId;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServer;
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
import java.util.Optional;

/** {@code /api/attribute}: what shaped any text, also one that no model of ours made. */
@Path("api/attribute")
@Produces(MediaType.APPLICATION_JSON)
public class AttributeResource {

  @POST
  @Consumes(MediaType.TEXT_PLAIN)
  @Allowed({Role.USER, Role.COMPLIANCE})
  public Response plain(@Context SecurityContext user, InputStream body) {
    return attribute(user, Optional.empty(), BoundaryRequest.NONE, Bodies.text(body, Bodies.LARGE));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed({Role.USER, Role.COMPLIANCE})
  public Response json(@Context SecurityContext user, InputStream body) {
    JsonFields json = Bodies.json(body, Bodies.LARGE);
    String text = json.requiredText("text");
    Optional<ModelId> model = GenerationRequest.model(json);
    BoundaryRequest boundary = BoundaryRequest.read(json.object("attribution"));
    json.requireAllRead();
    return attribute(user, model, boundary, text);
  }

  private static Response attribute(
      SecurityContext user, Optional<ModelId> model, BoundaryRequest within, String text) {
    Caller caller = Callers.of(user);
    OpenLedgerServer server = OpenLedgerServers.require();
    try (Boundary boundary = within.enter()) {
      TextAttribution attribution = server.model(caller, model).attribute(text);
      return Json.ok(
          AttributionJson.of(attribution)
              .add("contributions", Sources.of(attribution, server.datanets(caller))));
    }
  }
}
