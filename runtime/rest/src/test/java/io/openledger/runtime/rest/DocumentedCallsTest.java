package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command lines of {@code docs/serving.md}, as they stand there but for address and user. */
class DocumentedCallsTest {

  private static final Path SAMPLE = Path.of("../../samples/clause-desk/src/main/openledger");
  private static final Path PAGE = Path.of("../../docs/serving.md");
  private static final Pattern BLOCK = Pattern.compile("(?s)\n```(\\w*)\n(.*?)\n```\n");

  @TempDir Path data;
  @TempDir Path here;

  private static boolean installed(String program) throws Exception {
    return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
  }

  private String run(String script) throws Exception {
    Path output = here.resolve("output");
    Process process =
        new ProcessBuilder("sh", "-ec", script)
            .directory(here.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String printed = Files.readString(output);
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  @Test
  void adapterIsUploadedGrantedAndAdministeredAsThePageSays() throws Exception {
    for (String program : new String[] {"zip", "curl"}) {
      Assumptions.assumeTrue(installed(program), program + " is not installed");
    }
    Path tone = Files.createDirectory(here.resolve("tone"));
    for (String file : new String[] {"adapter_config.json", "adapter_model.safetensors"}) {
      Files.copy(SAMPLE.resolve("adapters/clause-desk").resolve(file), tone.resolve(file));
    }
    try (TestDatabase database = TestDatabase.h2();
        TestServer server =
            TestServer.launch(
                database,
                data,
                ServiceLoader.load(AttributionEngine.class).findFirst().orElseThrow(),
                ServiceLoader.load(ServingEngineFactory.class).findFirst().orElseThrow(),
                Map.of("openledger.model.path", SAMPLE.resolve("models/speeches-3m").toString()));
        RestServer rest = new RestServer()) {
      rest.serve(server.server());
      TestServer.await(
          "the model is loaded", () -> !server.server().models(TestServer.APP).list().isEmpty());
      Matcher block = BLOCK.matcher(Files.readString(PAGE));
      do {
        assertThat(block.find()).as("the page has command lines").isTrue();
      } while (!block.group(1).isEmpty());
      String script =
          block
              .group(2)
              .replace("127.0.0.1:8080", "127.0.0.1:" + rest.port())
              .replace("ada:secret", "builder:builder")
              .replace("builder=ada", "builder=builder")
              .replace("curl ", "curl -sS --fail-with-body ");
      String printed = run(script);
      assertThat(printed).contains("\"id\":\"tone\"").contains("application:clause-desk");
      assertThat(server.server().models(io.openledger.runtime.Caller.application("clause-desk")))
          .matches(models -> models.list().size() == 2, "the application has the adapter");

      HttpRequest.Builder next =
          rest.request("builder", "api/adapters/tone")
              .header("Content-Type", "application/zip")
              .PUT(HttpRequest.BodyPublishers.ofFile(here.resolve("tone.zip")));
      assertThat(ok(rest, next)).contains("\"version\":2");
      assertThat(ok(rest, post(rest, "builder", "api/adapters/tone/load")))
          .contains("\"tier\":\"SLOT\"");
      assertThat(ok(rest, put(rest, "admin", "api/adapters/tone/pin"))).contains("\"pinned\":true");
      assertThat(ok(rest, rest.request("admin", "api/adapters/tone/pin").DELETE()))
          .contains("\"pinned\":false");
      assertThat(ok(rest, post(rest, "builder", "api/adapters/tone/unload")))
          .isEqualTo("{\"unloaded\":true}");
      assertThat(ok(rest, rest.request("builder", "api/stats").GET())).contains("\"registered\":1");
      assertThat(ok(rest, rest.request("builder", "api/metrics").GET())).contains("# TYPE");
      HttpResponse<String> residency = rest.send(rest.request("builder", "api/residency").GET());
      assertThat(residency.headers().firstValue("ETag")).isPresent();
      assertThat(residency.body()).contains("\"tone\"");
      assertThat(rest.send(rest.request("builder", "api/adapters/tone").DELETE()).statusCode())
          .isEqualTo(204);
    }
  }

  private static HttpRequest.Builder post(RestServer rest, String user, String path) {
    return rest.request(user, path).POST(HttpRequest.BodyPublishers.noBody());
  }

  private static HttpRequest.Builder put(RestServer rest, String user, String path) {
    return rest.request(user, path).PUT(HttpRequest.BodyPublishers.noBody());
  }

  private static String ok(RestServer rest, HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response = rest.send(request);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }
}
