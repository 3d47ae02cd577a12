package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The engine's figures among the server's own, in both of its subsystems for metrics. */
class MetricsIT {

  private static final int OFFSET = 2000;

  @Test
  void theServersMetricsHaveTheEnginesFigures() throws Exception {
    try (OwnServer server =
        OwnServer.prepare(
            "metrics", OFFSET, OwnServer.defaultJavaHome(), OwnServer.sampleModel())) {
      server.configure(
          "/subsystem=micrometer/registry=prometheus:add(context=/prometheus,security-enabled=false)");
      server.addUser("metrics-user", "openledger-user");
      server.start();
      Rest user = server.as("metrics-user");
      Ready.await(user);
      String before = user.management("/prometheus").body();
      assertThat(before).contains("jvm_memory_used_bytes");
      assertThat(value(before, "openledger_serving_tokens_total{kind=\"generated\"}")).isZero();
      assertThat(value(before, "openledger_serving_ready")).isEqualTo(1);

      assertThat(user.post("/openledger/v1/completions", Desk.completion(16)).status())
          .isEqualTo(200);
      // the age that a snapshot may have
      Thread.sleep(1100);
      String after = user.management("/prometheus").body();
      String rest = user.get("/openledger/api/metrics").body();
      for (String figure :
          new String[] {
            "openledger_serving_tokens_total{kind=\"generated\"}",
            "openledger_serving_requests_total{end=\"completed\"}",
            "openledger_serving_adapters{place=\"slot\"}",
            "openledger_serving_memory_bytes{of=\"weights\"}",
            "openledger_serving_first_token_seconds_count",
            "openledger_serving_first_token_seconds_sum",
            "openledger_serving_batch_size_count",
          }) {
        assertThat(value(after, figure)).as(figure).isPositive().isEqualTo(value(rest, figure));
      }
      // the management model has them too, and what collects from it
      assertThat(
              value(
                  user.management("/metrics").body(), "wildfly_openledger_tokens_generated_total"))
          .isEqualTo(value(rest, "openledger_serving_tokens_total{kind=\"generated\"}"));
      // every bucket that the engine has, under the engine's own bounds
      assertThat(buckets(after, "step_histogram")).isEqualTo(buckets(rest, "step_seconds_bucket"));
      assertThat(buckets(after, "batch_size_histogram"))
          .isEqualTo(buckets(rest, "batch_size_bucket"));
    }
  }

  private static Map<String, Double> buckets(String text, String name) {
    Map<String, Double> found = new HashMap<>();
    Matcher line =
        Pattern.compile("(?m)^openledger_serving_" + name + "\\{le=\"(.+)\"} (\\S+)$")
            .matcher(text);
    while (line.find()) {
      found.put(line.group(1), Double.parseDouble(line.group(2)));
    }
    assertThat(found).containsKey("+Inf").hasSizeGreaterThan(5);
    return found;
  }

  private static double value(String text, String figure) {
    Matcher line = Pattern.compile("(?m)^" + Pattern.quote(figure) + " (\\S+)$").matcher(text);
    assertThat(line.find()).as("%s in %s", figure, text).isTrue();
    return Double.parseDouble(line.group(1));
  }
}
