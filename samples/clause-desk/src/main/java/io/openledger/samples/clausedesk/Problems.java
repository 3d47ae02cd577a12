package io.openledger.samples.clausedesk;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Failures as RFC 9457 problem details, with what a person needs to go on: the code, what arrived,
 * what is allowed and what to do.
 */
final class Problems {

  static final String MEDIA_TYPE = "application/problem+json";
  private static final Logger LOG = Logger.getLogger(Problems.class.getName());

  private Problems() {}

  /** The refusals of the system. */
  @Provider
  public static class Refusals implements ExceptionMapper<OpenLedgerException> {
    @Override
    public Response toResponse(OpenLedgerException refusal) {
      return response(refusal);
    }
  }

  /** Everything else: the container's own answers keep their status, the rest is our defect. */
  @Provider
  public static class Failures implements ExceptionMapper<Throwable> {
    @Override
    public Response toResponse(Throwable failure) {
      if (failure instanceof WebApplicationException web && web.getResponse().getStatus() < 500) {
        int status = web.getResponse().getStatus();
        return Response.status(status)
            .type(MEDIA_TYPE)
            .entity(
                body(
                    status,
                    new OpenLedgerException(
                        ErrorCode.MALFORMED_REQUEST,
                        "a request that the server answers with " + status,
                        "the addresses, methods and media types of this application",
                        "correct the request")))
            .build();
      }
      return response(of(failure));
    }
  }

  private static Response response(OpenLedgerException refusal) {
    int status = status(refusal.code());
    Response.ResponseBuilder response =
        Response.status(status).type(MediaType.valueOf(MEDIA_TYPE)).entity(body(status, refusal));
    if (refusal.code().category() == ErrorCode.Category.BUSY) {
      response.header("Retry-After", 1);
    }
    return response.build();
  }

  /** The refusal that a failure is, or the one that says that it is our defect. */
  static OpenLedgerException of(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof OpenLedgerException refusal) {
        return refusal;
      }
    }
    LOG.log(Level.SEVERE, failure, () -> "a request failed");
    return new OpenLedgerException(
        ErrorCode.INTERNAL,
        "a failure of the kind " + failure.getClass().getSimpleName(),
        "requests that the server can answer",
        "look at the server's log and report it",
        failure);
  }

  /** The problem's fields. */
  static JsonObject body(OpenLedgerException refusal) {
    return body(status(refusal.code()), refusal);
  }

  private static JsonObject body(int status, OpenLedgerException refusal) {
    return Json.createObjectBuilder()
        .add("type", "about:blank")
        .add("title", title(refusal.code()))
        .add("status", status)
        .add("detail", refusal.arrived())
        .add("code", refusal.code().id())
        .add("arrived", refusal.arrived())
        .add("allowed", refusal.allowed())
        .add("remedy", refusal.remedy())
        .build();
  }

  private static String title(ErrorCode code) {
    String words = code.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private static int status(ErrorCode code) {
    return switch (code.category()) {
      case INVALID -> 400;
      case UNAUTHENTICATED -> 401;
      case PAYMENT -> 402;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT, CANCELLED -> 409;
      case TOO_LARGE -> 413;
      case BUSY -> 429;
      case UNAVAILABLE -> 503;
      case INTERNAL -> 500;
    };
  }
}
