package io.openledger.runtime.rest;

import io.openledger.api.Hash256;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.rollup.Admission;
import io.openledger.runtime.rollup.PaidRequest;
import io.openledger.runtime.rollup.Payment;
import io.openledger.runtime.rollup.PaymentOffer;
import io.openledger.runtime.rollup.PaymentRefusal;
import io.openledger.runtime.rollup.Payments;
import jakarta.json.JsonObject;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Answers that are paid call by call: the offer, the payment, the answer, and the answer again for
 * who sends the payment again.
 */
final class PaidAnswers {

  private static final String STREAM = "text/event-stream;charset=UTF-8";

  private final OpenLedgerServer server;
  private final Payments payments;
  private final AnswerForm form;
  private final GenerationRequest request;
  private final PaidRequest paid;

  /**
   * @param path of the request, from {@code /v1/} on
   * @param body as it came
   */
  PaidAnswers(
      OpenLedgerServer server,
      Payments payments,
      AnswerForm form,
      GenerationRequest request,
      String path,
      byte[] body) {
    this.server = server;
    this.payments = payments;
    this.form = form;
    this.request = request;
    this.paid = new PaidRequest("POST", path, Hash256.sha256(body));
  }

  /** The most that the request costs. */
  Wei price() {
    try (Boundary boundary = request.boundary().enter()) {
      return server.most(request.prompts());
    }
  }

  /**
   * Answers, or says how it is paid.
   *
   * @param caller who asks; empty: the channel that pays
   * @param header the payment, if one came
   * @param price the most that the request costs, above zero
   */
  Response answer(Optional<Caller> caller, Optional<String> header, Wei price) {
    PaymentOffer offer = payments.offer(paid, price);
    Admission admission;
    try {
      Payment payment = PaymentHeader.read(header.orElseThrow(PaidAnswers::missing));
      admission = payments.admit(payment, paid, price);
    } catch (PaymentRefusal refusal) {
      return PaymentJson.refused(refusal, offer, paid);
    }
    if (admission instanceof Admission.Answered before) {
      return again(before, offer.chainId());
    }
    Admission.Admitted call = (Admission.Admitted) admission;
    boolean kept = false;
    try {
      Caller asking = caller.orElseGet(() -> call.anonymous(Callers.APPLICATION));
      AttributedModel model = MixRequest.open(server, asking, request);
      DatanetRepository datanets = server.datanets(asking);
      if (request.stream()) {
        StreamingOutput output = out -> stream(call, model, datanets, offer.chainId(), out);
        kept = true;
        return Response.ok(output).type(STREAM).build();
      }
      return whole(call, model, datanets, offer.chainId());
    } finally {
      if (!kept) {
        call.close();
      }
    }
  }

  private static PaymentRefusal missing() {
    return new PaymentRefusal(
        PaymentRefusal.Reason.PAYMENT_REQUIRED,
        "a request without a payment",
        "requests with the header field " + PaymentHeader.NAME,
        "pay as the offer says, and send the request again",
        Optional.empty());
  }

  private Response whole(
      Admission.Admitted call, AttributedModel model, DatanetRepository datanets, long chainId) {
    Sent sent = new Sent();
    try (Boundary boundary =
        request.boundary().enter(call.charge(answers -> sent.keep(content(answers, datanets))))) {
      List<AnswerListener> silent =
          Collections.nCopies(request.prompts().size(), AnswerListener.SILENT);
      model.stream(request.prompts(), silent);
    }
    return response(sent.content(), PaymentJson.settled(call.settled(), chainId));
  }

  private Admission.Content content(List<Answer> answers, DatanetRepository datanets) {
    return new Admission.Content(
        MediaType.APPLICATION_JSON,
        AnswerJson.whole(form, request, answers, datanets).build().toString());
  }

  /** What is sent is what was kept, to the byte. One thread. */
  private static final class Sent {
    private Admission.@Nullable Content content;

    Admission.Content keep(Admission.Content made) {
      content = made;
      return made;
    }

    Admission.Content content() {
      Admission.Content made = content;
      if (made == null) {
        throw new IllegalStateException("answers that were not charged");
      }
      return made;
    }
  }

  private static Response response(Admission.Content content, JsonObject settled) {
    return Response.ok(content.text().getBytes(StandardCharsets.UTF_8))
        .type(content.mediaType())
        .header(PaymentJson.RESPONSE, PaymentJson.base64(settled))
        .build();
  }

  private void stream(
      Admission.Admitted call,
      AttributedModel model,
      DatanetRepository datanets,
      long chainId,
      OutputStream out) {
    String id = form.idPrefix() + UUID.randomUUID();
    long created = Instant.now().getEpochSecond();
    try (Admission.Admitted held = call) {
      String name = model.info().id().value();
      AnswerStream stream = new AnswerStream(form, id, created, name, request, out);
      try (Boundary boundary =
          request
              .boundary()
              .enter(held.charge(answers -> streamed(answers, datanets, id, created, name)))) {
        List<Answer> answers =
            model.stream(request.prompts(), HeldListener.all(stream.listeners(), held));
        stream.end(answers, datanets, Optional.of(PaymentJson.settled(held.settled(), chainId)));
      } catch (RuntimeException e) {
        if (!stream.begun()) {
          throw e; // still answered with its status
        }
        stream.fail(Failures.problem(e));
      }
    }
  }

  /** The events that a stream has, each answer in one piece, without the last two. */
  private Admission.Content streamed(
      List<Answer> answers, DatanetRepository datanets, String id, long created, String name) {
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    AnswerStream stream = new AnswerStream(form, id, created, name, request, events);
    for (int i = 0; i < answers.size(); i++) {
      stream.listeners().get(i).onText(answers.get(i).text());
    }
    stream.tell(answers, datanets);
    return new Admission.Content(STREAM, events.toString(StandardCharsets.UTF_8));
  }

  private static Response again(Admission.Answered before, long chainId) {
    JsonObject settled = PaymentJson.settled(before.settled(), chainId);
    String text = before.content().text();
    if (!before.content().mediaType().equals(STREAM)) {
      return response(before.content(), settled);
    }
    String first = text.substring("data: ".length(), text.indexOf("\n\n"));
    JsonObject chunk = Json.reader(new StringReader(first)).readObject();
    JsonObject last =
        Json.object()
            .add("id", chunk.get("id"))
            .add("object", chunk.get("object"))
            .add("created", chunk.get("created"))
            .add("model", chunk.get("model"))
            .add("choices", jakarta.json.JsonValue.EMPTY_JSON_ARRAY)
            .add("payment", settled)
            .build();
    return response(
        new Admission.Content(STREAM, text + "data: " + last + "\n\ndata: [DONE]\n\n"), settled);
  }
}
