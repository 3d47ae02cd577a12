package io.openledger.runtime.rest;

import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;

/** How the serving engine is: for people as JSON, for Prometheus as text. Names no adapter. */
@Path("api")
public class ServingResource {

  @GET
  @Path("stats")
  @Produces(MediaType.APPLICATION_JSON)
  @Allowed
  public Response stats() {
    return Json.ok(StatusJson.of(OpenLedgerServers.require().serving()));
  }

  @GET
  @Path("metrics")
  @Produces(MediaType.TEXT_PLAIN)
  @Allowed
  public Response metrics() {
    OpenLedgerServer server = OpenLedgerServers.require();
    String text = MetricsText.of(server.serving()) + outbox(server);
    return Response.ok(text.getBytes(StandardCharsets.UTF_8), MetricsText.TYPE).build();
  }

  private static String outbox(OpenLedgerServer server) {
    try {
      return server.rollup().map(r -> MetricsText.of(r.outboxFigures())).orElse("");
    } catch (OpenLedgerException e) {
      return ""; // the engine's figures are worth telling without; readiness says what is down
    }
  }
}
