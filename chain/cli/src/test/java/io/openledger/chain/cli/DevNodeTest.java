package io.openledger.chain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevNodeTest {

  @TempDir Path folder;

  @Test
  void takesNoOtherNodeForItsOwnWhereThePortIsTaken() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          byte[] answer = "{\"result\":\"0x1\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
          }
        });
    other.start();
    int port = other.getAddress().getPort();
    // a program that is there on any machine that runs this test; it must not come to be started
    Path binary = Path.of(System.getProperty("java.home"), "bin", "java");
    try {
      assertThatThrownBy(() -> DevNode.start(binary, port, 31337, folder.resolve("anvil.log")))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.CHAIN_UNAVAILABLE))
          .hasMessageContaining("port " + port + " is taken");
    } finally {
      other.stop(0);
    }
    assertThat(asked).hasValue(0);
  }
}
