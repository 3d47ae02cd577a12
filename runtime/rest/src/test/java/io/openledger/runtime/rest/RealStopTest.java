package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that stops, with its real engines, in the middle of a stream of several answers. */
class RealStopTest {

  @TempDir Path data;

  @Test
  void whatWasStreamedBeforeTheServerStoppedHasItsReceipts() throws Exception {
    try (RealServer real = RealServer.start(data, 1, Map.of("openledger.serving.max-batch", "1"))) {
      RestServer rest = real.rest();
      HttpResponse<InputStream> response =
          rest.open(
              rest.request("user", "v1/completions")
                  .header("Content-Type", "application/json")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"prompt\":\"Duty of care:\",\"n\":16,\"max_tokens\":500,"
                              + "\"stream\":true,\"seed\":3}")));
      assertThat(response.statusCode()).isEqualTo(200);
      List<String> lines = new ArrayList<>();
      try (BufferedReader in =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        lines.add(in.readLine());
        real.server().server().drain(Duration.ZERO);
        in.lines().forEach(lines::add);
      }
      List<String> ends = lines.stream().filter(line -> line.contains("\"receipt\":")).toList();
      assertThat(ends).hasSize(16);
      assertThat(ends).anyMatch(line -> line.contains("\"finish_reason\":\"cancelled\""));
      assertThat(lines).contains("data: [DONE]");
      assertThat(real.database().number("SELECT COUNT(*) FROM ol_receipts")).isEqualTo(16);
      assertThat(real.server().ledgerSum()).isEqualTo("0");
      assertThat(rest.post("user", "v1/completions", "{\"prompt\":\"p\"}").statusCode())
          .isEqualTo(503);
    }
  }
}
