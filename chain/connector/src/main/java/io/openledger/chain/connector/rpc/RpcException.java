package io.openledger.chain.connector.rpc;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * An endpoint did not answer a request as it should. It tells the endpoint's name, never its
 * address, and of what the endpoint said no more than {@link JsonRpcError} lets through.
 */
public final class RpcException extends IOException {

  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** No connection, or it broke. */
    UNREACHABLE,
    /** No whole answer in time. Whether the request had an effect is not known. */
    TIMEOUT,
    /** The thread that waited was interrupted. Whether the request had an effect is not known. */
    INTERRUPTED,
    /** The answer is longer or deeper than allowed. */
    TOO_LARGE,
    /** The answer is no JSON-RPC. */
    MALFORMED,
    /**
     * A redirect, which is not followed: it would carry requests to somebody who was not
     * configured.
     */
    REDIRECTED,
    /** HTTP 429 or a JSON-RPC error that says the same. */
    THROTTLED,
    /** Another HTTP status than 200. */
    STATUS,
    /** A JSON-RPC error. */
    ERROR
  }

  private final Kind kind;
  private final transient JsonRpcError error;
  private final transient Optional<Duration> retryAfter;

  RpcException(RpcEndpoint endpoint, Kind kind, String what) {
    this(endpoint, kind, what, JsonRpcError.NONE);
  }

  RpcException(RpcEndpoint endpoint, Kind kind, String what, JsonRpcError error) {
    this(endpoint, kind, what, error, Optional.empty());
  }

  RpcException(
      RpcEndpoint endpoint,
      Kind kind,
      String what,
      JsonRpcError error,
      Optional<Duration> retryAfter) {
    super("endpoint " + endpoint.name() + ": " + what);
    this.kind = kind;
    this.error = error;
    this.retryAfter = retryAfter;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }

  /** The error of kind {@link Kind#ERROR}; {@link JsonRpcError#NONE} otherwise. */
  public JsonRpcError error() {
    return error == null ? JsonRpcError.NONE : error;
  }

  /** Whether another endpoint may answer the same request. */
  public boolean elsewhere() {
    return kind != Kind.ERROR || error().remedy() == JsonRpcError.Remedy.ELSEWHERE;
  }

  /** How long a throttled caller is asked to wait, if the endpoint told; not bounded. */
  Optional<Duration> retryAfter() {
    return retryAfter == null ? Optional.empty() : retryAfter;
  }

  /** Whether it speaks against the endpoint itself, and not only against this request. */
  boolean againstEndpoint() {
    return kind != Kind.ERROR && kind != Kind.INTERRUPTED;
  }

  /** Whether a question of less may be answered: fewer blocks of logs. */
  boolean tooMuch() {
    return kind == Kind.TOO_LARGE
        || (error() != JsonRpcError.NONE && error().tooMuch() && error().code() != 3);
  }
}
