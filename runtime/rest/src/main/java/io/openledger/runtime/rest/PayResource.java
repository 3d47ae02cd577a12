package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.Payments;
import io.openledger.runtime.rollup.Rollup;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code /pay/v1}: the OpenAI-compatible part for whoever pays call by call, without credentials,
 * where the server is set so. It has a path of its own so that the others stay closed by the
 * container to whom it does not know.
 */
@Path("pay/v1")
@Produces({MediaType.APPLICATION_JSON, MediaType.SERVER_SENT_EVENTS})
@Consumes(MediaType.APPLICATION_JSON)
public class PayResource {

  @POST
  @Path("completions")
  @Allowed(payers = true)
  public Response complete(
      @HeaderParam(PaymentHeader.NAME) @Nullable String payment,
      @HeaderParam(PaymentHeader.OLDER) @Nullable String older,
      InputStream body) {
    return answer(AnswerForm.TEXT, "/v1/completions", payment, older, body);
  }

  @POST
  @Path("chat/completions")
  @Allowed(payers = true)
  public Response chat(
      @HeaderParam(PaymentHeader.NAME) @Nullable String payment,
      @HeaderParam(PaymentHeader.OLDER) @Nullable String older,
      InputStream body) {
    return answer(AnswerForm.CHAT, "/v1/chat/completions", payment, older, body);
  }

  private static Response answer(
      AnswerForm form,
      String path,
      @Nullable String payment,
      @Nullable String older,
      InputStream body) {
    OpenLedgerServer server = OpenLedgerServers.require();
    Payments payments =
        payments(server).filter(Payments::anonymous).orElseThrow(PayResource::notOffered);
    // strangers' bodies are hashed and parsed before anybody has paid
    byte[] bytes = Bodies.bytes(body, Bodies.STRANGERS);
    GenerationRequest request = form.read(Bodies.json(bytes));
    request.boundary().requireOffered();
    PaidAnswers answers = new PaidAnswers(server, payments, form, request, path, bytes);
    Wei price = answers.price();
    if (price.isZero()) {
      throw notOffered(); // what costs nothing is for those whom the server knows
    }
    return answers.answer(
        Optional.empty(),
        PaymentHeader.of(Optional.ofNullable(payment), Optional.ofNullable(older)),
        price);
  }

  /** What the matter is with chain or key is for administrators, who read it in the readiness. */
  private static Optional<Payments> payments(OpenLedgerServer server) {
    try {
      return server.rollup().flatMap(Rollup::payments);
    } catch (OpenLedgerException e) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "a payment, and payments cannot be taken now",
          "payments while the server is attached to its chain",
          "ask again later; nothing was charged");
    }
  }

  private static RequestException notOffered() {
    return new RequestException(
        ErrorCode.NOT_OFFERED,
        null,
        "a request without credentials, to be paid by itself",
        "servers that are set so, under a policy that has a price",
        "ask with credentials below /v1");
  }
}
