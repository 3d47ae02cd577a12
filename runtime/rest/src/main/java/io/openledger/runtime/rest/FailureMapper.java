package io.openledger.runtime.rest;

import io.openledger.api.BusyException;
import jakarta.json.JsonObject;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/**
 * Answers every failure: with OpenAI's error object below {@code v1}, with problem details
 * elsewhere.
 */
@Provider
public class FailureMapper implements ExceptionMapper<Throwable> {

  /** Seconds after which to try again when nobody knows better: about the time of one answer. */
  private static final int RETRY_AFTER = 1;

  @Context
  @SuppressWarnings("NullAway.Init") // set by the container before it is used
  private UriInfo uri;

  @Override
  public Response toResponse(Throwable thrown) {
    Response known = thrown instanceof WebApplicationException http ? http.getResponse() : null;
    if (known != null && known.getStatus() < 400) {
      return known; // not a failure: the answer to OPTIONS comes as an exception
    }
    boolean openAi = isOpenAi(uri.getPath());
    Problem told = Failures.problem(thrown);
    Problem problem = openAi ? told.forOpenAi() : told;
    Response.ResponseBuilder response = Response.status(problem.status());
    if (known != null && known.getHeaderString(HttpHeaders.ALLOW) != null) {
      response.header(HttpHeaders.ALLOW, known.getHeaderString(HttpHeaders.ALLOW));
    }
    if (problem.status() == 429) {
      response.header(HttpHeaders.RETRY_AFTER, retryAfter(thrown));
    }
    if (problem.status() == 401) {
      response.header(
          HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"openledger\", charset=\"UTF-8\"");
    }
    JsonObject json = openAi ? problem.openAi() : problem.details();
    return Json.answer(response, openAi ? MediaType.APPLICATION_JSON : Problem.TYPE, json);
  }

  private static long retryAfter(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof BusyException busy) {
        return busy.retryAfter().toSeconds();
      }
    }
    return RETRY_AFTER;
  }

  /** Whether a path, relative to ours, belongs to the OpenAI-compatible part. */
  static boolean isOpenAi(String path) {
    String relative = path.startsWith("/") ? path.substring(1) : path;
    return relative.equals("v1") || relative.startsWith("v1/") || relative.startsWith("pay/v1/");
  }
}
