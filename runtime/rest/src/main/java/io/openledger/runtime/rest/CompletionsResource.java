package io.openledger.runtime.rest;

import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.Payments;
import io.openledger.runtime.rollup.Rollup;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code /v1/completions} and {@code /v1/chat/completions}, as clients of OpenAI send them. */
@Path("v1")
@Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
@Consumes(MediaType.APPLICATION_JSON)
public class CompletionsResource {

  @POST
  @Path("completions")
  @Allowed(Role.USER)
  public Response complete(
      @Context SecurityContext user,
      @HeaderParam(PaymentHeader.NAME) @Nullable String payment,
      @HeaderParam(PaymentHeader.OLDER) @Nullable String older,
      InputStream body) {
    return answer(user, AnswerForm.TEXT, "/v1/completions", payment, older, body);
  }

  @POST
  @Path("chat/completions")
  @Allowed(Role.USER)
  public Response chat(
      @Context SecurityContext user,
      @HeaderParam(PaymentHeader.NAME) @Nullable String payment,
      @HeaderParam(PaymentHeader.OLDER) @Nullable String older,
      InputStream body) {
    return answer(user, AnswerForm.CHAT, "/v1/chat/completions", payment, older, body);
  }

  private static Response answer(
      SecurityContext user,
      AnswerForm form,
      String path,
      @Nullable String newer,
      @Nullable String older,
      InputStream body) {
    Caller caller = Callers.of(user);
    OpenLedgerServer server = OpenLedgerServers.require();
    byte[] bytes = Bodies.bytes(body, Bodies.LARGE);
    GenerationRequest request = form.read(Bodies.json(bytes));
    Optional<String> payment =
        PaymentHeader.of(Optional.ofNullable(newer), Optional.ofNullable(older));
    Optional<Rollup> rollup = server.rollup();
    if (payment.isEmpty() && rollup.filter(r -> r.paysByCall(caller)).isEmpty()) {
      return owed(server, caller, form, request); // whatever payments on the chain can do
    }
    Payments payments =
        rollup
            .flatMap(Rollup::payments)
            .orElseThrow(
                () ->
                    RequestException.parameter(
                        PaymentHeader.NAME,
                        "there",
                        "absent: this server charges its users' accounts"));
    PaidAnswers answers = new PaidAnswers(server, payments, form, request, path, bytes);
    Wei price = answers.price();
    return price.isZero()
        ? owed(server, caller, form, request)
        : answers.answer(Optional.of(caller), payment, price);
  }

  /** Answered to who owes it in the ledger. */
  private static Response owed(
      OpenLedgerServer server, Caller caller, AnswerForm form, GenerationRequest request) {
    AttributedModel model = MixRequest.open(server, caller, request);
    DatanetRepository datanets = server.datanets(caller);
    if (request.stream()) {
      StreamingOutput output = out -> stream(form, request, model, datanets, out);
      return Response.ok(output).type("text/event-stream;charset=UTF-8").build();
    }
    try (Boundary boundary = request.boundary().enter()) {
      List<AnswerListener> silent =
          Collections.nCopies(request.prompts().size(), AnswerListener.SILENT);
      return Json.ok(
          AnswerJson.whole(form, request, model.stream(request.prompts(), silent), datanets));
    }
  }

  private static void stream(
      AnswerForm form,
      GenerationRequest request,
      AttributedModel model,
      DatanetRepository datanets,
      OutputStream out) {
    try (Boundary boundary = request.boundary().enter()) {
      AnswerStream stream =
          new AnswerStream(
              form,
              form.idPrefix() + UUID.randomUUID(),
              Instant.now().getEpochSecond(),
              model.info().id().value(),
              request,
              out);
      try {
        List<Answer> answers = model.stream(request.prompts(), stream.listeners());
        stream.end(answers, datanets, Optional.empty());
      } catch (RuntimeException e) {
        if (!stream.begun()) {
          throw e; // still answered with its status
        }
        stream.fail(Failures.problem(e));
      }
    }
  }
}
