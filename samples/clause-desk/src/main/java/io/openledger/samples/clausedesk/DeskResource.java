package io.openledger.samples.clausedesk;

import static io.openledger.samples.clausedesk.ClauseDesk.CLAUSES;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.reward.Account;
import io.openledger.api.reward.RewardLedger;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Optional;

/** What the page shows beside a draft: readiness, clauses, balances; and where it contributes. */
@Path("")
@ApplicationScoped
@Produces({MediaType.APPLICATION_JSON, Problems.MEDIA_TYPE})
public class DeskResource {

  @Inject DeskModel desk;
  @Inject ClauseLibrary library;
  @Inject Intake intake;
  @Inject DatanetRepository datanets;
  @Inject RewardLedger ledger;

  // the only use of time by the application: the day that a contributed clause bears
  private final Clock clock = Clock.systemUTC();

  /** Whether one can draft, with which model, and if not, why not. */
  @GET
  @Path("status")
  public JsonObject status() {
    ClauseLibrary.Progress progress = library.progress();
    JsonObjectBuilder status =
        Json.createObjectBuilder()
            .add("done", progress.done())
            .add("total", progress.total())
            .add("maxTokens", DraftRequest.MAX_TOKENS)
            .add("maxBeginning", DraftRequest.MAX_BEGINNING);
    Optional<OpenLedgerException> problem = progress.problem();
    boolean ready = progress.complete();
    try {
      status.add("model", Views.model(desk.choose()));
    } catch (OpenLedgerException e) {
      problem = Optional.of(e);
      ready = false;
    }
    problem.ifPresent(e -> status.add("problem", Problems.body(e)));
    return status.add("ready", ready).build();
  }

  /** The clauses, in order of acceptance, with their texts. */
  @GET
  @Path("clauses")
  public JsonObject clauses() {
    Page<Contribution> page =
        datanets.find(
            CLAUSES,
            new ContributionQuery(
                Optional.empty(),
                Optional.empty(),
                Optional.of(Contribution.Status.ACTIVE),
                0,
                Page.MAX_LIMIT));
    JsonArrayBuilder clauses = Json.createArrayBuilder();
    for (Contribution one : page.items()) {
      JsonObjectBuilder clause = Views.contribution(one);
      datanets.text(one.id()).ifPresent(text -> clause.add("text", text));
      clauses.add(clause);
    }
    return Json.createObjectBuilder().add("clauses", clauses).add("total", page.total()).build();
  }

  /** Contributes a clause. It counts from the answer on: the next draft is attributed to it. */
  @POST
  @Path("clauses")
  @Consumes(MediaType.APPLICATION_JSON)
  public Response contribute(String body) {
    Contribution accepted = intake.contribute(ContributeRequest.parse(body, LocalDate.now(clock)));
    return Response.status(Response.Status.CREATED)
        .entity(Views.contribution(accepted).build())
        .build();
  }

  /** The balances of everyone who earned or owes. */
  @GET
  @Path("balances")
  public JsonObject balances() {
    Page<Account> page = ledger.accounts(0, Page.MAX_LIMIT);
    JsonArrayBuilder accounts = Json.createArrayBuilder();
    page.items().forEach(account -> accounts.add(Views.account(account)));
    return Json.createObjectBuilder().add("accounts", accounts).add("total", page.total()).build();
  }
}
