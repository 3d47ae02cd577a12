package io.openledger.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.Visibility;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.runtime.ServerEnvironment;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Indexing and the rollup share the server's threads. */
@Timeout(120)
final class IndexingFloodTest {

  private static final int DATANETS = 2 * ServerEnvironment.THREADS;
  private static final Pattern ID = Pattern.compile("\"id\"\\s*:\\s*(\\d+)");

  @TempDir Path data;

  /** A node that knows its chain id, with a thread of its own. */
  private static HttpServer node() throws Exception {
    HttpServer node =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    node.createContext(
        "/",
        exchange -> {
          String asked =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          Matcher id = ID.matcher(asked);
          String answer =
              "{\"jsonrpc\":\"2.0\",\"id\":"
                  + (id.find() ? id.group(1) : "0")
                  + ",\"result\":\"0x64c\"}";
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    node.start();
    return node;
  }

  @Test
  void theChainIsAskedWhileTheIndexesOfAllDatanetsAreRewritten() throws Exception {
    PlainAttribution attribution = new PlainAttribution();
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger erased = new AtomicInteger();
    HttpServer node = node();
    try (TestDatabase database = TestDatabase.h2();
        TestServer server =
            TestServer.start(database, data, attribution, new ScriptedServing(), Map.of())) {
      Set<Long> erasing = ConcurrentHashMap.newKeySet();
      attribution.onErase(
          sequences -> {
            erasing.add(Thread.currentThread().getId());
            await(go);
            erased.incrementAndGet();
            return List.of();
          });
      for (int i = 0; i < DATANETS; i++) {
        DatanetId id = new DatanetId("net-" + i);
        server.datanets().create(new DatanetDraft(id, "Net", "", Visibility.PERMISSIONED));
        server.datanets().contribute(id, TestServer.draft("ann", "a text of net " + i).build());
      }
      for (int i = 0; i < DATANETS; i++) {
        // each has files to be rewritten, on a disk that takes its time
        server.datanets().erase(new ContributionId(new DatanetId("net-" + i), 1), "asked for");
      }
      TestServer.await("the disk is busy", () -> erasing.size() >= ServerEnvironment.INDEXING);
      NodeClient client =
          new NodeClient(
              new HttpService(
                  new RpcEndpoint(
                      "node", URI.create("http://127.0.0.1:" + node.getAddress().getPort())),
                  RpcLimits.USUAL,
                  server.executor()));
      assertThat(client.chainId()).isEqualTo(1612);
      CountDownLatch periodic = new CountDownLatch(1);
      server.executor().schedule(periodic::countDown, 1, TimeUnit.MILLISECONDS);
      assertThat(periodic.await(60, TimeUnit.SECONDS)).as("periodic work runs").isTrue();

      assertThat(erasing).hasSize(ServerEnvironment.INDEXING);
      assertThat(erased).hasValue(0);
      go.countDown();
      // what waited is done, each when its turn has come
      TestServer.await("all are erased", () -> erased.get() >= DATANETS);
    } finally {
      node.stop(0);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(100, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
