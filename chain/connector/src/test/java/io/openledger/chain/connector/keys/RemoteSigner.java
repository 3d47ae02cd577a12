package io.openledger.chain.connector.keys;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.openledger.chain.connector.tx.Signature;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.math.ec.ECPoint;
import org.web3j.crypto.Hash;

/** Answers as Web3Signer's API for the execution layer is specified, unless told otherwise. */
final class RemoteSigner implements AutoCloseable {

  private static final Pattern DATA = Pattern.compile("\\{\"data\":\"0x([0-9a-f]*)\"}");

  /** What to do with a request for a signature instead. */
  interface Script {
    void answer(HttpExchange exchange, byte[] data) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final BigInteger key;
  private volatile Script script = this::sign;

  RemoteSigner(String key) throws IOException {
    this.key = new BigInteger(key, 16);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/api/v1/eth1/publicKeys",
        exchange -> {
          String other = publicKey(BigInteger.TEN);
          send(exchange, 200, "[\"" + other + "\",\"" + publicKey(this.key) + "\"]");
        });
    server.createContext(
        "/api/v1/eth1/sign/" + publicKey(this.key),
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          Matcher matcher = DATA.matcher(body);
          if (!matcher.matches()) {
            send(exchange, 400, "no data");
            return;
          }
          try {
            script.answer(exchange, HexFormat.of().parseHex(matcher.group(1)));
          } catch (IOException e) {
            exchange.close(); // the client went away, as some tests want it to
          }
        });
    server.start();
  }

  private static String publicKey(BigInteger key) {
    ECPoint point = Ecdsa.publicPoint(key);
    return "0x" + HexFormat.of().formatHex(point.getEncoded(false)).substring(2);
  }

  void does(Script next) {
    script = next;
  }

  /** As it should. */
  void sign(HttpExchange exchange, byte[] data) throws IOException {
    send(exchange, 200, signature(key, data));
  }

  static String signature(BigInteger key, byte[] data) {
    Signature signature = Ecdsa.sign(key, Hash.sha3(data));
    return "0x" + HexFormat.of().formatHex(signature.toBytes());
  }

  BigInteger key() {
    return key;
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().put("Content-Type", List.of("text/plain"));
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
