package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.Locale;
import java.util.Optional;

/**
 * An error as it is told to a client.
 *
 * @param status of HTTP
 * @param code of the table
 * @param arrived what arrived
 * @param allowed what is allowed
 * @param remedy what to do next
 * @param parameter which parameter was at fault, where it was one
 */
record Problem(
    int status,
    ErrorCode code,
    String arrived,
    String allowed,
    String remedy,
    Optional<String> parameter) {

  /** The media type of {@link #details()}. */
  static final String TYPE = "application/problem+json";

  /** What a refusal says. */
  static Problem of(OpenLedgerException e) {
    Optional<String> parameter =
        e instanceof RequestException request ? request.parameter() : Optional.empty();
    return new Problem(
        status(e.code().category()), e.code(), e.arrived(), e.allowed(), e.remedy(), parameter);
  }

  /** A defect of ours: nothing of it is told but where it can be found in the log. */
  static Problem internal(String incident) {
    return new Problem(
        500,
        ErrorCode.INTERNAL,
        "a request on which the server failed (incident " + incident + ")",
        "requests that do not meet a defect",
        "report the incident; the server's log has it",
        Optional.empty());
  }

  /** The status of an error of some category. */
  static int status(ErrorCode.Category category) {
    return switch (category) {
      // 499 is no registered status; who went away does not read it anyway
      case INVALID, CANCELLED -> 400;
      case UNAUTHENTICATED -> 401;
      case PAYMENT -> 402;
      case FORBIDDEN -> 403;
      case NOT_FOUND -> 404;
      case CONFLICT -> 409;
      case TOO_LARGE -> 413;
      case BUSY -> 429;
      case INTERNAL -> 500;
      case UNAVAILABLE -> 503;
    };
  }

  /**
   * As clients of OpenAI expect it: a prompt that does not fit is a bad request there, for which
   * they have a class of errors.
   */
  Problem forOpenAi() {
    return code == ErrorCode.PROMPT_TOO_LONG
        ? new Problem(400, code, arrived, allowed, remedy, parameter)
        : this;
  }

  /** Problem details, RFC 9457 §3, with the parts of the message as extension members. */
  JsonObject details() {
    return Json.object()
        .add("type", "urn:openledger:error:" + code.number())
        .add("title", title())
        .add("status", status)
        .add("detail", message())
        .add("code", code.id())
        .add("arrived", arrived)
        .add("allowed", allowed)
        .add("remedy", remedy)
        .build();
  }

  /** The error object of the OpenAI API, for its clients. */
  JsonObject openAi() {
    JsonObjectBuilder error =
        Json.object().add("message", message()).add("type", openAiType()).add("code", code.id());
    parameter.ifPresentOrElse(p -> error.add("param", p), () -> error.add("param", JsonValue.NULL));
    return Json.object().add("error", error).build();
  }

  private String message() {
    return arrived + "; allowed: " + allowed + "; " + remedy;
  }

  private String title() {
    String words = code.name().replace('_', ' ').toLowerCase(Locale.ROOT);
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private String openAiType() {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 429 -> "rate_limit_error";
      default -> status < 500 ? "invalid_request_error" : "server_error";
    };
  }
}
