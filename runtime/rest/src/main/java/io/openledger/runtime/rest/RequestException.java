package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A refusal of the request itself, before any service was asked. Names the parameter at fault. */
final class RequestException extends OpenLedgerException {

  private static final long serialVersionUID = 1L;

  private final @Nullable String parameter;

  RequestException(
      ErrorCode code, @Nullable String parameter, String arrived, String allowed, String remedy) {
    super(code, arrived, allowed, remedy);
    this.parameter = parameter;
  }

  /** A parameter whose value is not allowed. Values that may be a person's text are not shown. */
  static RequestException parameter(String name, String arrived, String allowed) {
    return new RequestException(
        ErrorCode.INVALID_ARGUMENT,
        name,
        name + " is " + shortened(arrived),
        allowed,
        "correct " + name + " and send the request again");
  }

  /** A body that cannot be read. */
  static RequestException malformed(String arrived, String allowed) {
    return new RequestException(
        ErrorCode.MALFORMED_REQUEST, null, arrived, allowed, "correct the body and send it again");
  }

  /** Which parameter, where it was one. */
  Optional<String> parameter() {
    return Optional.ofNullable(parameter);
  }

  private static String shortened(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }
}
