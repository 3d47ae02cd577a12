package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import jakarta.ws.rs.WebApplicationException;
import java.util.Optional;
import java.util.UUID;

/** Makes of anything that was thrown what a client is told. */
final class Failures {

  private static final System.Logger LOG = System.getLogger(Failures.class.getName());

  private Failures() {}

  /** What is told; a defect of ours is logged, with its stack, under the incident that is told. */
  static Problem problem(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof OpenLedgerException refusal
          && refusal.code().category() != ErrorCode.Category.INTERNAL) {
        return Problem.of(refusal);
      }
    }
    if (thrown instanceof WebApplicationException http && http.getResponse().getStatus() < 500) {
      return http(http.getResponse().getStatus());
    }
    String incident = UUID.randomUUID().toString();
    LOG.log(System.Logger.Level.ERROR, "incident " + incident, thrown);
    return Problem.internal(incident);
  }

  /** What an error of HTTP itself means, as containers raise them. */
  static Problem http(int status) {
    return switch (status) {
      case 401 ->
          offered(
              status,
              ErrorCode.UNAUTHENTICATED,
              "a request without credentials, or with wrong ones",
              "users that the server knows",
              "send user and password (HTTP BASIC)");
      case 403 ->
          offered(
              status,
              ErrorCode.FORBIDDEN,
              "a user without any role of this service",
              "openledger-admin, -builder, -contributor, -curator, -compliance or -user",
              "have an administrator give a role to the user");
      case 404 -> notOffered(status, "a path that does not exist", "the paths");
      case 405 -> notOffered(status, "a method that the path does not have", "the methods");
      case 406 -> notOffered(status, "an Accept header that nothing fits", "the media types");
      case 413 ->
          offered(
              status,
              ErrorCode.REQUEST_TOO_LARGE,
              "a body that the server does not take",
              "what the server's limits say",
              "send less at once");
      case 415 -> notOffered(status, "a body of another media type", "the media types");
      default ->
          offered(
              status,
              status < 500 ? ErrorCode.MALFORMED_REQUEST : ErrorCode.INTERNAL,
              "a request that the server refused with status " + status,
              "requests of HTTP/1.1 and HTTP/2",
              "compare the request with the OpenAPI document");
    };
  }

  private static Problem notOffered(int status, String arrived, String what) {
    return offered(
        status,
        ErrorCode.NOT_OFFERED,
        arrived,
        what + " of the OpenAPI document",
        "compare the request with the OpenAPI document");
  }

  private static Problem offered(
      int status, ErrorCode code, String arrived, String allowed, String remedy) {
    return new Problem(status, code, arrived, allowed, remedy, Optional.empty());
  }
}
