package io.openledger.wildfly.it.app;

import io.openledger.api.Attributed;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.Grantee;
import io.openledger.api.datanet.Visibility;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelName;
import io.openledger.api.model.Prompt;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What an application can do with one permissioned datanet, over HTTP. Answers are plain text. */
@Path("/")
@RequestScoped
public class RightsResource {

  @Inject DatanetRepository datanets;

  @QueryParam("datanet")
  String datanet;

  @Inject
  @ModelName("clause-desk")
  AttributedModel model;

  /** Creates the datanet, with every clause of the sample. */
  @POST
  @Path("create")
  public String create() {
    if (datanets.find(id()).isEmpty()) {
      datanets.create(new DatanetDraft(id(), "Private", "for tests", Visibility.PERMISSIONED));
    }
    SampleClauses.drafts().forEach(draft -> datanets.contribute(id(), draft));
    return "created";
  }

  /** Grants another application rights, or takes all of them. */
  @POST
  @Path("grant")
  public String grant(@QueryParam("to") String to, @QueryParam("rights") String rights) {
    Set<DatanetRight> all =
        rights.isEmpty()
            ? Set.of()
            : Set.of(rights.split(",", -1)).stream()
                .map(DatanetRight::valueOf)
                .collect(Collectors.toSet());
    try {
      datanets.grant(new Grant(id(), Grantee.application(to), all, Optional.empty()));
      return "granted";
    } catch (OpenLedgerException e) {
      return e.code().name();
    }
  }

  /** Whether the application sees the datanet. */
  @GET
  @Path("sees")
  public String sees() {
    return Boolean.toString(datanets.find(id()).isPresent());
  }

  /** Contributes a text, or says why not. */
  @POST
  @Path("contribute")
  public String contribute() {
    try {
      return datanets.contribute(id(), SampleClauses.drafts().get(0)).id().toString();
    } catch (OpenLedgerException e) {
      return e.code().name();
    }
  }

  /** Asks, and says how many spans were found and who pays. */
  @GET
  @Path("ask")
  @Attributed
  public String ask() {
    Answer answer =
        model.complete(Prompt.text(Drafting.OPENING).with(GenerationOptions.greedy(48)));
    boolean ofDatanet =
        answer.spans().stream()
            .flatMap(s -> s.contributions().stream())
            .anyMatch(c -> c.datanet().equals(id()));
    return ofDatanet + " " + answer.receipt().body().payer();
  }

  private DatanetId id() {
    return new DatanetId(datanet);
  }
}
