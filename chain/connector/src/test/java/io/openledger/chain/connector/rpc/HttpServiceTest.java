package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.openledger.chain.connector.rpc.RpcException.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.methods.response.EthChainId;

// each test has a server of its own; the limit is against a hang, not a measure
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpServiceTest {

  private static final String SECRET = "s3cr3t-of-the-provider";
  private static final RpcLimits LIMITS =
      new RpcLimits(Duration.ofSeconds(2), Duration.ofMillis(1500), 4096, 16);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HostileNode node;
  private HttpService service;

  @BeforeEach
  void start() throws Exception {
    node = new HostileNode();
    service = service(node.uri("me:" + SECRET + "@", "/v3/" + SECRET + "?key=" + SECRET));
  }

  @AfterEach
  void stop() {
    node.close();
    threads.shutdownNow();
  }

  private HttpService service(URI uri) {
    return new HttpService(new RpcEndpoint("first", uri), LIMITS, threads);
  }

  private EthChainId chainId() throws RpcException {
    return service.ask(
        new Request<>("eth_chainId", List.of(), service, EthChainId.class), EthChainId.class);
  }

  /** What is thrown has this kind and shows no secret, wherever it is printed. */
  private RpcException refused(Kind kind) {
    RpcException e = catchThrowableOfType(RpcException.class, this::chainId);
    assertThat(e).as("nothing was refused").isNotNull();
    StringWriter printed = new StringWriter();
    e.printStackTrace(new PrintWriter(printed));
    assertThat(printed.toString()).contains("endpoint first").doesNotContain(SECRET);
    assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind);
    return e;
  }

  @Test
  void readsAnAnswerAndSendsUserInfoAsAHeader() throws Exception {
    StringBuilder seen = new StringBuilder();
    node.does(
        (exchange, request) -> {
          seen.append(exchange.getRequestHeaders().getFirst("Authorization"));
          seen.append(exchange.getRequestHeaders().containsKey("Accept-encoding"));
          HostileNode.send(
              exchange,
              200,
              "{\"jsonrpc\":\"2.0\",\"id\":" + HostileNode.id(request) + ",\"result\":\"0x64c\"}");
        });
    assertThat(chainId().getChainId()).isEqualTo(1612);
    assertThat(seen.toString()).startsWith("Basic ").endsWith("false");
  }

  @Test
  void givesUpOnAnAnswerThatDripsOrNeverComes() {
    node.does(
        (exchange, request) -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
            pause(100);
          }
        });
    refused(Kind.TIMEOUT);
    node.does((exchange, request) -> pause(5000));
    refused(Kind.TIMEOUT);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void givesUpOnAnswersThatAreTooLongTooDeepOrEndless() {
    node.answers("{\"id\":$id,\"result\":\"0x" + "0".repeat(5000) + "\"}");
    refused(Kind.TOO_LARGE);
    node.answers("{\"id\":$id,\"x\":" + "[".repeat(17) + "]".repeat(17) + "}");
    refused(Kind.TOO_LARGE);
    node.does(
        (exchange, request) -> {
          exchange.sendResponseHeaders(200, 0);
          while (true) {
            exchange.getResponseBody().write(new byte[1000]);
          }
        });
    refused(Kind.TOO_LARGE);
  }

  @Test
  void doesNotFollowRedirects() throws Exception {
    try (HostileNode other = new HostileNode()) {
      node.does(
          (exchange, request) -> {
            exchange.getResponseHeaders().add("Location", other.uri("", "/").toString());
            HostileNode.send(exchange, 307, "");
          });
      refused(Kind.REDIRECTED);
      assertThat(other.requests()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hello",
        "[]",
        "{}",
        "{\"id\":$id,\"result\":\"0x1\"} {}",
        "{\"id\":$id,\"result\":{\"a\":1}}",
        "{\"id\":999999,\"result\":\"0x1\"}",
        "{\"id\":$id,\"result\":"
      })
  void refusesWhatIsNoAnswerToTheRequest(String json) {
    node.answers(json);
    refused(Kind.MALFORMED);
  }

  @Test
  void tellsWhatTheNodeSaysShortenedAndWithoutTheProvidersKey() {
    node.answers(
        "{\"id\":$id,\"error\":{\"code\":-32603,\"message\":\"no\\nline "
            + SECRET
            + " "
            + "x".repeat(900)
            + "\"}}");
    RpcException e = refused(Kind.ERROR);
    assertThat(e.getMessage()).contains("-32603").contains("no?line …").hasSizeLessThan(320);
    assertThat(e.elsewhere()).isTrue();
    assertThat(e.againstEndpoint()).as("-32603 is about a request, not the endpoint").isFalse();
  }

  @Test
  void tellsThrottlingAndOtherStatusesApart() {
    node.does((exchange, request) -> HostileNode.send(exchange, 429, "slow down"));
    refused(Kind.THROTTLED);
    node.does((exchange, request) -> HostileNode.send(exchange, 503, "later"));
    refused(Kind.STATUS);
    node.answers("{\"id\":$id,\"error\":{\"code\":-32005,\"message\":\"limit\"}}");
    refused(Kind.THROTTLED);
    node.close();
    refused(Kind.UNREACHABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "-32000,already known,KNOWN,NOWHERE",
    "-32003,transaction already imported,KNOWN,NOWHERE",
    "-32000,nonce too low: next nonce 5,NONCE_USED,NOWHERE",
    "-32000,replacement transaction underpriced,UNDERPRICED,NOWHERE",
    "-32000,insufficient funds for gas * price + value,FUNDS,NOWHERE",
    "3,execution reverted,OTHER,NOWHERE",
    "-32000,execution reverted,OTHER,NOWHERE",
    "-32000,header not found,OTHER,ELSEWHERE",
    "-32602,invalid params,OTHER,NOWHERE",
    "-32601,no such method,OTHER,ELSEWHERE",
    "-32603,internal error,OTHER,ELSEWHERE"
  })
  void knowsWhichErrorsAnotherEndpointMayMend(
      int code, String message, JsonRpcError.Outcome outcome, JsonRpcError.Remedy remedy) {
    JsonRpcError error = new JsonRpcError(code, message, java.util.Optional.empty());
    assertThat(error.outcome()).isEqualTo(outcome);
    assertThat(error.remedy()).isEqualTo(remedy);
  }
}
