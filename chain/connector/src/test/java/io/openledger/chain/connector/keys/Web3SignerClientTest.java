package io.openledger.chain.connector.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Eip712Message;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Web3SignerClientTest {

  /** Anvil's second account, which is public. */
  private static final String KEY =
      "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

  private static final RpcLimits LIMITS =
      new RpcLimits(Duration.ofSeconds(2), Duration.ofMillis(800), 1 << 16, 8);
  private static final Eip1559Transaction TRANSACTION =
      new Eip1559Transaction(
          1612,
          3,
          new Fees(Wei.of(1), Wei.of(2)),
          21_000,
          Optional.of(new ChainAddress("0x00000000000000000000000000000000000000aa")),
          Wei.of(5),
          new byte[] {1, 2, 3});

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private RemoteSigner remote;
  private LocalSigner local;

  @BeforeEach
  void start() throws IOException {
    remote = new RemoteSigner(KEY);
    local = LocalSigner.fromSecret(HexFormat.of().parseHex(KEY));
  }

  @AfterEach
  void stop() {
    remote.close();
    threads.shutdownNow();
  }

  private Signer connect() {
    return Signers.open(
        new KeySource.Web3Signer(remote.uri(), local.address()), Secrets.NONE, LIMITS, threads);
  }

  @Test
  void signsTransactionsAndTypedDataWithTheKeyOfItsAddress() {
    try (Signer signer = connect()) {
      assertThat(signer.address()).isEqualTo(local.address());
      SignedTransaction signed = signer.signTransaction(TRANSACTION);
      assertThat(signed.toBytes()).isEqualTo(local.signTransaction(TRANSACTION).toBytes());
      assertThat(signed.open().sender()).isEqualTo(local.address());
      Eip712Message message =
          new Eip712Message(Hash256.sha256("a domain"), Hash256.sha256("a voucher"));
      assertThat(signer.sign(message).signerOf(message.digest())).contains(local.address());
      assertThat(signer.toString()).doesNotContain("127.0.0.1");
    }
  }

  @Test
  void refusesASignerThatDoesNotHaveTheKey() {
    ChainAddress other = new ChainAddress("0x00000000000000000000000000000000000000bb");
    assertThatThrownBy(
            () ->
                Signers.open(
                    new KeySource.Web3Signer(remote.uri(), other), Secrets.NONE, LIMITS, threads))
        .hasMessageContaining("OPENLEDGER-5013")
        .hasMessageContaining("no key of that address");
  }

  @Test
  void refusesASignatureOfAnotherKeyOrOfSomethingElse() {
    Signer signer = connect();
    remote.does(
        (exchange, data) ->
            RemoteSigner.send(exchange, 200, RemoteSigner.signature(BigInteger.TWO, data)));
    assertThatThrownBy(() -> signer.sign(TRANSACTION))
        .hasMessageContaining("OPENLEDGER-5013")
        .hasMessageContaining("another key, or something else");
    remote.does(
        (exchange, data) -> {
          byte[] dearer = data.clone();
          dearer[dearer.length - 1] ^= 1;
          RemoteSigner.send(exchange, 200, RemoteSigner.signature(remote.key(), dearer));
        });
    assertThatThrownBy(() -> signer.sign(TRANSACTION))
        .hasMessageContaining("another key, or something else");
    // and goes on when the signer does
    remote.does(remote::sign);
    assertThat(signer.sign(TRANSACTION).signerOf(TRANSACTION.digest())).contains(local.address());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0x",
        "secret of the signer",
        "{\"signature\":\"0x00\"}",
        "0x000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
            + "00000000000000000000000000000000000000",
      })
  void refusesGarbageWithoutRepeatingIt(String garbage) {
    Signer signer = connect();
    remote.does((exchange, data) -> RemoteSigner.send(exchange, 200, garbage));
    assertThatThrownBy(() -> signer.sign(TRANSACTION))
        .hasMessageContaining("OPENLEDGER-5013")
        .hasMessageNotContaining("secret of the signer");
    remote.does((exchange, data) -> RemoteSigner.send(exchange, 200, "0x" + "ff".repeat(65)));
    assertThatThrownBy(() -> signer.sign(TRANSACTION)).hasMessageContaining("out of range");
  }

  @Test
  void refusesErrorsRedirectsAndBodiesWithoutEnd() {
    Signer signer = connect();
    for (int status : new int[] {404, 500, 401}) {
      remote.does((exchange, data) -> RemoteSigner.send(exchange, status, "secret of the signer"));
      assertThatThrownBy(() -> signer.sign(TRANSACTION))
          .hasMessageContaining("HTTP status " + status)
          .hasMessageNotContaining("secret of the signer");
    }
    remote.does(
        (exchange, data) -> {
          exchange.getResponseHeaders().add("Location", remote.uri() + "/elsewhere");
          RemoteSigner.send(exchange, 307, "");
        });
    assertThatThrownBy(() -> signer.sign(TRANSACTION)).hasMessageContaining("HTTP status 307");
    remote.does(
        (exchange, data) -> {
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(new byte[1000]);
          }
        });
    assertThatThrownBy(() -> signer.sign(TRANSACTION)).hasMessageContaining("more than 1024 bytes");
  }

  @Test
  void refusesASignerThatHangs() {
    Signer signer = connect();
    CountDownLatch never = new CountDownLatch(1);
    remote.does(
        (exchange, data) -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('0');
          exchange.getResponseBody().flush();
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThatThrownBy(() -> signer.sign(TRANSACTION))
        .hasMessageContaining("no whole answer within PT0.8S");
    remote.close();
    assertThatThrownBy(() -> signer.sign(TRANSACTION)).hasMessageContaining("OPENLEDGER-5013");
    signer.close();
    assertThatThrownBy(() -> signer.sign(TRANSACTION)).hasMessageContaining("closed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://signer",
        "http://user:password@signer:9000",
        "http://signer?key=1",
        "http://signer#a",
        "signer:9000"
      })
  void refusesAddressesThatHoldMoreThanAPlace(String address) {
    assertThatThrownBy(() -> new KeySource.Web3Signer(URI.create(address), local.address()))
        .hasMessageContaining("not shown")
        .hasMessageNotContaining("password@");
  }
}
