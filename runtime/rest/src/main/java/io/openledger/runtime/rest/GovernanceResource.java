package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.governance.Submission;
import io.openledger.api.governance.VoteChoice;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.Rollups;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/governance}: what governs, proposals in plain words, and the steps of the server's
 * key. A step is stored and answered with 202; how far it is, {@code submissions} tells.
 */
@Path("api/governance")
@Produces(MediaType.APPLICATION_JSON)
public class GovernanceResource {

  /** Proposals of a page when nothing is said: each costs some ten questions to a node. */
  private static final int LIMIT = 10;

  @GET
  @Allowed
  public Response status(@Context SecurityContext user) {
    return Json.ok(GovernanceJson.of(governance(user).status()));
  }

  /** What a draft would do. Sends nothing. */
  @POST
  @Path("preview")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed
  public Response preview(@Context SecurityContext user, InputStream body) {
    return Json.ok(
        GovernanceJson.of(
            governance(user).preview(GovernanceJson.draft(Bodies.json(body, Bodies.SMALL)))));
  }

  @GET
  @Path("proposals")
  @Allowed
  public Response proposals(
      @Context SecurityContext user,
      @QueryParam("offset") @Nullable String offset,
      @QueryParam("limit") @Nullable String limit) {
    int most =
        limit == null
            ? LIMIT
            : (int) Parameters.whole("limit", limit, 1, PolicyGovernance.MAX_PAGE);
    return Json.ok(
        PageJson.of(
            governance(user).proposals(Parameters.offset(offset), most), GovernanceJson::of));
  }

  @POST
  @Path("proposals")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.ADMIN)
  public Response propose(@Context SecurityContext user, InputStream body) {
    return accepted(
        governance(user).propose(GovernanceJson.draft(Bodies.json(body, Bodies.SMALL))));
  }

  @GET
  @Path("proposals/{proposal}")
  @Allowed
  public Response proposal(@Context SecurityContext user, @PathParam("proposal") String proposal) {
    ProposalId id = ProposalId.parse(proposal);
    return Json.ok(
        GovernanceJson.of(
            governance(user)
                .proposal(id)
                .orElseThrow(
                    () ->
                        new OpenLedgerException(
                            ErrorCode.PROPOSAL_UNKNOWN,
                            "proposal " + id,
                            "proposals that the governor knows",
                            "list the proposals"))));
  }

  @GET
  @Path("proposals/{proposal}/submissions")
  @Allowed
  public Response submissions(
      @Context SecurityContext user, @PathParam("proposal") String proposal) {
    return Json.ok(
        Json.object()
            .add(
                "items",
                Json.array(
                    governance(user).submissions(ProposalId.parse(proposal)), GovernanceJson::of)));
  }

  @POST
  @Path("proposals/{proposal}/votes")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.ADMIN)
  public Response vote(
      @Context SecurityContext user, @PathParam("proposal") String proposal, InputStream body) {
    ProposalId id = ProposalId.parse(proposal);
    JsonFields json = Bodies.json(body, Bodies.SMALL);
    VoteChoice choice =
        Parameters.constant("choice", json.requiredText("choice"), VoteChoice.class);
    String reason = json.text("reason").orElse("");
    json.requireAllRead();
    return accepted(governance(user).vote(id, choice, reason));
  }

  // a body is asked for, though it has nothing in it: a form of another site cannot send one

  @POST
  @Path("proposals/{proposal}/queue")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.ADMIN)
  public Response queue(
      @Context SecurityContext user, @PathParam("proposal") String proposal, InputStream body) {
    ProposalId id = empty(proposal, body);
    return accepted(governance(user).queue(id));
  }

  @POST
  @Path("proposals/{proposal}/execute")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.ADMIN)
  public Response execute(
      @Context SecurityContext user, @PathParam("proposal") String proposal, InputStream body) {
    ProposalId id = empty(proposal, body);
    return accepted(governance(user).execute(id));
  }

  @POST
  @Path("proposals/{proposal}/cancel")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.ADMIN)
  public Response cancel(
      @Context SecurityContext user, @PathParam("proposal") String proposal, InputStream body) {
    ProposalId id = empty(proposal, body);
    return accepted(governance(user).cancel(id));
  }

  private static ProposalId empty(String proposal, InputStream body) {
    ProposalId id = ProposalId.parse(proposal);
    Bodies.json(body, Bodies.SMALL).requireAllRead();
    return id;
  }

  private static Response accepted(Submission submission) {
    return Json.answer(
        Response.accepted(), MediaType.APPLICATION_JSON, GovernanceJson.of(submission).build());
  }

  private static PolicyGovernance governance(SecurityContext user) {
    return Rollups.require(OpenLedgerServers.require()).governance(Callers.of(user));
  }
}
