package io.openledger.runtime.rest;

import jakarta.json.JsonObject;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The error page of the container: what it refuses itself (no credentials, no role, a broken
 * request) has the same form as what we refuse. Named in {@code web.xml}; asked directly it is a
 * path that does not exist.
 */
public class ProblemServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    Object uri = request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    Object thrown = request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
    Problem problem =
        thrown instanceof Throwable t
            ? Failures.problem(t)
            : Failures.http(status instanceof Integer s ? s : 404);
    boolean openAi =
        uri instanceof String path
            && path.startsWith(request.getContextPath())
            && FailureMapper.isOpenAi(path.substring(request.getContextPath().length()));
    JsonObject json = openAi ? problem.openAi() : problem.details();
    response.setStatus(problem.status());
    response.setContentType(openAi ? "application/json" : Problem.TYPE);
    response.setHeader("Cache-Control", "no-store");
    response.getOutputStream().write(json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
