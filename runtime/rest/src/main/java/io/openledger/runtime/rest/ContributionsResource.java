package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** {@code /api/datanets/{datanet}/contributions}. */
@Path("api/datanets/{datanet}/contributions")
@Produces(MediaType.APPLICATION_JSON)
public class ContributionsResource {

  @GET
  @Allowed
  public Response find(
      @Context SecurityContext user,
      @PathParam("datanet") String datanet,
      @QueryParam("contributor") @Nullable String contributor,
      @QueryParam("title") @Nullable String title,
      @QueryParam("status") @Nullable String status,
      @QueryParam("offset") @Nullable String offset,
      @QueryParam("limit") @Nullable String limit) {
    ContributionQuery query =
        new ContributionQuery(
            Parameters.optional(contributor).map(ContributorId::new),
            Parameters.optional(title),
            Parameters.optional(status)
                .map(s -> Parameters.constant("status", s, Contribution.Status.class)),
            Parameters.offset(offset),
            Parameters.limit(limit));
    return Json.ok(
        PageJson.of(datanets(user).find(new DatanetId(datanet), query), ContributionJson::of));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed({Role.CONTRIBUTOR, Role.CURATOR})
  public Response contribute(
      @Context SecurityContext user,
      @Context UriInfo uri,
      @PathParam("datanet") String datanet,
      InputStream body) {
    return accept(user, uri, datanet, ContributionJson.draft(Bodies.json(body, Bodies.LARGE)));
  }

  @POST
  @Consumes({MediaType.TEXT_PLAIN, "text/markdown"})
  @Allowed({Role.CONTRIBUTOR, Role.CURATOR})
  public Response contributeText(
      @Context SecurityContext user,
      @Context UriInfo uri,
      @PathParam("datanet") String datanet,
      @HeaderParam(HttpHeaders.CONTENT_TYPE) MediaType type,
      InputStream body) {
    return accept(
        user,
        uri,
        datanet,
        PlainContribution.draft(Bodies.bytes(body, Bodies.LARGE), type, uri.getQueryParameters()));
  }

  private static Response accept(
      SecurityContext user, UriInfo uri, String datanet, ContributionDraft draft) {
    Contribution accepted = datanets(user).contribute(new DatanetId(datanet), draft);
    return Json.answer(
        Response.created(
            uri.getAbsolutePathBuilder().path(Long.toString(accepted.id().sequence())).build()),
        MediaType.APPLICATION_JSON,
        ContributionJson.of(accepted).build());
  }

  @GET
  @Path("{sequence}")
  @Allowed
  public Response get(
      @Context SecurityContext user,
      @PathParam("datanet") String datanet,
      @PathParam("sequence") String sequence) {
    ContributionId id = id(datanet, sequence);
    return Json.ok(
        ContributionJson.of(datanets(user).contribution(id).orElseThrow(() -> unknown(id))));
  }

  @GET
  @Path("{sequence}/text")
  @Produces(MediaType.TEXT_PLAIN)
  @Allowed
  public Response text(
      @Context SecurityContext user,
      @PathParam("datanet") String datanet,
      @PathParam("sequence") String sequence) {
    ContributionId id = id(datanet, sequence);
    String text = datanets(user).text(id).orElseThrow(() -> unknown(id));
    return Response.ok(text.getBytes(StandardCharsets.UTF_8), "text/plain;charset=UTF-8").build();
  }

  @POST
  @Path("{sequence}/retract")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.CURATOR)
  public Response retract(
      @Context SecurityContext user,
      @PathParam("datanet") String datanet,
      @PathParam("sequence") String sequence,
      InputStream body) {
    String reason = reason(body);
    return Json.ok(ContributionJson.of(datanets(user).retract(id(datanet, sequence), reason)));
  }

  @POST
  @Path("{sequence}/erase")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.CURATOR)
  public Response erase(
      @Context SecurityContext user,
      @PathParam("datanet") String datanet,
      @PathParam("sequence") String sequence,
      InputStream body) {
    String reason = reason(body);
    return Json.ok(ContributionJson.of(datanets(user).erase(id(datanet, sequence), reason)));
  }

  private static String reason(InputStream body) {
    JsonFields json = Bodies.json(body, Bodies.SMALL);
    String reason = json.requiredText("reason");
    json.requireAllRead();
    return reason;
  }

  private static ContributionId id(String datanet, String sequence) {
    return new ContributionId(
        new DatanetId(datanet), Parameters.whole("sequence", sequence, 1, Long.MAX_VALUE));
  }

  private static DatanetRepository datanets(SecurityContext user) {
    return OpenLedgerServers.require().datanets(Callers.of(user));
  }

  private static OpenLedgerException unknown(ContributionId id) {
    return new OpenLedgerException(
        ErrorCode.CONTRIBUTION_UNKNOWN,
        "contribution " + id,
        "contributions that exist, are not retracted where their text is asked for, and whose"
            + " datanet you may read",
        "find contributions of the datanet first");
  }
}
