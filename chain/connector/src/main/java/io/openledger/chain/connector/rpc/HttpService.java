package io.openledger.chain.connector.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.openledger.chain.connector.rpc.RpcException.Kind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.web3j.protocol.Service;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.Response;

/**
 * web3j's transport over {@code java.net.http}: bounded in time, bytes and depth, follows no
 * redirect, sends no cookie and asks for no compression. Safe for any number of threads; each call
 * holds its thread until it is answered.
 *
 * <p>Subscriptions and {@code sendAsync} are refused: web3j would start threads of its own for
 * them.
 */
public final class HttpService extends Service {

  private final RpcEndpoint endpoint;
  private final RpcLimits limits;
  private final HttpClient client;
  private final JsonFactory json;

  /**
   * @param endpoint whom to ask
   * @param limits what it may cost
   * @param executor runs the client's callbacks; not the callers' threads, which wait for them
   */
  public HttpService(RpcEndpoint endpoint, RpcLimits limits, Executor executor) {
    super(false);
    this.endpoint = endpoint;
    this.limits = limits;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(limits.connect())
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(executor)
            .build();
    this.json =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(limits.depth())
                    .maxStringLength(limits.answerBytes())
                    .build())
            .build();
  }

  /** Whom this asks. */
  public RpcEndpoint endpoint() {
    return endpoint;
  }

  /**
   * Sends a request and refuses an answer that is an error.
   *
   * @throws RpcException whatever goes wrong
   */
  public <T extends Response<?>> T ask(Request<?, T> request, Class<T> type) throws RpcException {
    return begin(request, type).await();
  }

  /** What is made of what arrived. */
  interface Reader<A, T> {
    T read(A arrived) throws RpcException;
  }

  /**
   * A request that is on its way.
   *
   * @param sent done when its answer is there, or cannot come any more
   * @param result holds the thread until then, or until the time is over that it may take, counted
   *     from when it was sent
   */
  record Pending<T>(CompletableFuture<?> sent, Result<T> result) {

    /** Gives the result. */
    interface Result<T> {
      T await() throws RpcException;
    }

    T await() throws RpcException {
      return result.await();
    }

    /** Holds the thread until the answer is there or some nanoseconds are over. */
    boolean arrives(long nanos) {
      try {
        sent.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // await tells
      } catch (ExecutionException | CancellationException e) {
        return true; // await tells
      }
      return true;
    }

    /** Ends the exchange: whoever does not wait any more must not leave it open. */
    void cancel() {
      sent.cancel(true);
    }

    <U> Pending<U> then(Reader<T, U> reader) {
      return new Pending<>(sent, () -> reader.read(result.await()));
    }
  }

  /** Sends a request and does not wait: several endpoints are asked at once without a thread. */
  <T extends Response<?>> Pending<T> begin(Request<?, T> request, Class<T> type)
      throws RpcException {
    String payload;
    try {
      payload = objectMapper.writeValueAsString(request);
    } catch (JsonProcessingException e) {
      throw new RpcException(
          endpoint, Kind.MALFORMED, request.getMethod() + " cannot be written as JSON");
    }
    return post(payload).then(body -> read(request, type, body));
  }

  private <T extends Response<?>> T read(Request<?, T> request, Class<T> type, byte[] body)
      throws RpcException {
    T answer;
    try {
      answer = objectMapper.readValue(body, type);
    } catch (IOException e) {
      // not the parser's message: it quotes the answer
      throw new RpcException(
          endpoint, Kind.MALFORMED, "answered other than " + request.getMethod() + " should be");
    }
    if (answer == null || answer.getId() != request.getId()) {
      throw new RpcException(
          endpoint, Kind.MALFORMED, "answered another request than " + request.getMethod());
    }
    if (answer.hasError()) {
      Response.Error e = answer.getError();
      JsonRpcError error =
          new JsonRpcError(
              e.getCode(),
              redacted(e.getMessage() == null ? "" : e.getMessage()),
              Optional.ofNullable(e.getData()).map(d -> d.replace("\"", "")));
      throw new RpcException(
          endpoint,
          error.throttled() ? Kind.THROTTLED : Kind.ERROR,
          request.getMethod() + " failed with " + error.code() + ": " + error.message(),
          error);
    }
    return answer;
  }

  /** Providers like to repeat the address that was asked, and it may hold their customer's key. */
  private String redacted(String message) {
    String clean = message;
    for (String part :
        (endpoint.uri().getRawPath() + "?" + endpoint.uri().getRawQuery()).split("[/?&=]")) {
      if (part.length() >= 8) {
        clean = clean.replace(part, "…");
      }
    }
    return clean.replace(endpoint.uri().toString(), "…");
  }

  @Override
  protected InputStream performIO(String payload) throws IOException {
    return new ByteArrayInputStream(post(payload).await());
  }

  private Pending<byte[]> post(String payload) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.uri())
            .timeout(limits.answer())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(payload, StandardCharsets.UTF_8));
    endpoint.authorization().ifPresent(value -> request.header("Authorization", value));
    // the client's own timeout ends with the headers; this one is of the last byte too
    long sentAt = System.nanoTime();
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(request.build(), info -> new BoundedBody(limits.answerBytes()));
    return new Pending<>(
        sent, () -> received(sent, limits.answer().toNanos() - (System.nanoTime() - sentAt)));
  }

  private byte[] received(CompletableFuture<HttpResponse<byte[]>> sent, long nanos)
      throws RpcException {
    HttpResponse<byte[]> response;
    try {
      response = sent.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw new RpcException(endpoint, Kind.TIMEOUT, "no whole answer within " + limits.answer());
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw new RpcException(endpoint, Kind.INTERRUPTED, "interrupted while waiting for an answer");
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause());
    }
    check(response);
    return response.body();
  }

  private RpcException failed(Throwable cause) {
    if (cause instanceof BoundedBody.Exceeded) {
      return new RpcException(
          endpoint, Kind.TOO_LARGE, "an answer of more than " + limits.answerBytes() + " bytes");
    }
    if (cause instanceof java.net.http.HttpTimeoutException) {
      return new RpcException(endpoint, Kind.TIMEOUT, "no answer within " + limits.answer());
    }
    // the class alone: messages of the platform may name the address
    return new RpcException(
        endpoint, Kind.UNREACHABLE, "not reachable: " + cause.getClass().getSimpleName());
  }

  private void check(HttpResponse<byte[]> response) throws RpcException {
    int status = response.statusCode();
    if (status / 100 == 3) {
      throw new RpcException(
          endpoint,
          Kind.REDIRECTED,
          "redirects, which is not followed; configure the right address");
    }
    if (status == 429) {
      throw new RpcException(
          endpoint,
          Kind.THROTTLED,
          "asks to come less often (HTTP 429)",
          JsonRpcError.NONE,
          retryAfter(response));
    }
    // some nodes send JSON-RPC errors with other statuses; without a body there is nothing to read
    if (status != 200) {
      throw new RpcException(endpoint, Kind.STATUS, "answered with HTTP status " + status);
    }
    try (JsonParser parser = json.createParser(response.body())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new RpcException(endpoint, Kind.MALFORMED, "the answer is no JSON object");
      }
      parser.skipChildren();
      if (parser.nextToken() != null) {
        throw new RpcException(endpoint, Kind.MALFORMED, "the answer goes on after its end");
      }
    } catch (StreamConstraintsException e) {
      throw new RpcException(
          endpoint,
          Kind.TOO_LARGE,
          "an answer nested or numbered beyond " + limits.depth() + " levels");
    } catch (JsonProcessingException e) {
      throw new RpcException(endpoint, Kind.MALFORMED, "the answer is no JSON");
    } catch (RpcException e) {
      throw e;
    } catch (IOException e) {
      throw new RpcException(endpoint, Kind.MALFORMED, "the answer is no text");
    }
  }

  /** Whole seconds alone: a date would be one of the endpoint's clock. */
  private static Optional<Duration> retryAfter(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(value -> value.matches("[0-9]{1,6}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)));
  }

  @Override
  @SuppressWarnings("rawtypes") // as web3j declares it
  public <T extends Response> CompletableFuture<T> sendAsync(Request request, Class<T> type) {
    throw new UnsupportedOperationException("ask() on a thread of the container");
  }

  @Override
  public void close() {}
}
