package io.openledger.chain.connector.keys;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.BoundedBody;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SigningPayload;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.web3j.crypto.Hash;

/**
 * Lets Web3Signer sign (its REST API for Ethereum's execution layer, {@code
 * /api/v1/eth1/publicKeys} and {@code /api/v1/eth1/sign/…}). It gets the bytes, not their hash, so
 * its own rules see what it signs.
 *
 * <p>It is believed nothing: from each signature the signer's address is recovered, and what is not
 * of the expected address is refused. So are answers that are late, long, redirected or no
 * signature. Of what it answers, nothing is in a message.
 */
public final class Web3SignerClient implements Signer {

  /** Bytes of a list of keys: some 7000 keys. */
  private static final int LONGEST_LIST = 1 << 20;

  /** A signature takes 132. */
  private static final int LONGEST_SIGNATURE = 1024;

  private static final int KEY_BYTES = 64;

  private final URI signing;
  private final ChainAddress address;
  private final RpcLimits limits;
  private final HttpClient client;
  private volatile boolean closed;

  private Web3SignerClient(URI signing, ChainAddress address, RpcLimits limits, HttpClient client) {
    this.signing = signing;
    this.address = address;
    this.limits = limits;
    this.client = client;
  }

  /**
   * Looks for the key of the address among the signer's.
   *
   * @param source where it answers and whose key it must have
   * @param limits in time; sizes are fixed
   * @param client follows no redirects; its TLS is the platform's
   * @throws OpenLedgerException {@code SIGNING_KEY} if it does not answer or has no such key
   */
  public static Web3SignerClient connect(
      KeySource.Web3Signer source, RpcLimits limits, HttpClient client) {
    String base = source.uri().toString().replaceFirst("/+$", "");
    byte[] answer =
        answered(
            client,
            limits,
            HttpRequest.newBuilder(URI.create(base + "/api/v1/eth1/publicKeys")).GET(),
            LONGEST_LIST,
            source.address());
    String key = keyOf(answer, source.address());
    return new Web3SignerClient(
        URI.create(base + "/api/v1/eth1/sign/" + key), source.address(), limits, client);
  }

  /** The public key that gives the address, as the signer spells it. */
  private static String keyOf(byte[] list, ChainAddress address) {
    JsonNode keys;
    try {
      keys =
          new ObjectMapper(
                  JsonFactory.builder()
                      .streamReadConstraints(
                          StreamReadConstraints.builder().maxNestingDepth(4).build())
                      .build())
              .readTree(list);
    } catch (IOException e) {
      throw refused(address, "its list of keys is no JSON"); // the parser's message quotes it
    }
    if (keys != null && keys.isArray()) {
      for (JsonNode element : keys) {
        String text = element.asText();
        if (text.matches("(0x)?[0-9a-fA-F]{" + 2 * KEY_BYTES + "}")
            && addressOf(text.substring(text.length() - 2 * KEY_BYTES)).equals(address)) {
          return text;
        }
      }
    }
    throw refused(address, "it has no key of that address");
  }

  private static ChainAddress addressOf(String publicKey) {
    byte[] hash = Hash.sha3(HexFormat.of().parseHex(publicKey));
    return new ChainAddress("0x" + HexFormat.of().formatHex(hash, 12, 32));
  }

  @Override
  public ChainAddress address() {
    return address;
  }

  @Override
  public boolean remote() {
    return true;
  }

  @Override
  public Signature sign(SigningPayload payload) {
    if (closed) {
      throw refused(address, "it is closed");
    }
    String body = "{\"data\":\"0x" + HexFormat.of().formatHex(payload.preimage()) + "\"}";
    byte[] answer =
        answered(
            client,
            limits,
            HttpRequest.newBuilder(signing)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.US_ASCII)),
            LONGEST_SIGNATURE,
            address);
    Signature signature = parsed(answer);
    if (!signature.signerOf(payload.digest()).filter(address::equals).isPresent()) {
      throw refused(address, "it signed with another key, or something else");
    }
    return signature;
  }

  private Signature parsed(byte[] answer) {
    String text = new String(answer, StandardCharsets.US_ASCII).strip();
    if (!text.matches("0x[0-9a-fA-F]{130}")) {
      throw refused(address, "its answer is no signature");
    }
    try {
      return Signature.parse(HexFormat.of().parseHex(text.substring(2)));
    } catch (OpenLedgerException e) {
      throw refused(address, "its answer is a signature of numbers out of range");
    }
  }

  /** The body of an answer with status 200, within the limits. */
  private static byte[] answered(
      HttpClient client,
      RpcLimits limits,
      HttpRequest.Builder request,
      int bytes,
      ChainAddress address) {
    CompletableFuture<HttpResponse<byte[]>> sent =
        client.sendAsync(request.timeout(limits.answer()).build(), info -> new BoundedBody(bytes));
    try {
      // the client's own timeout ends with the headers; this one is of the last byte too
      HttpResponse<byte[]> response = sent.get(limits.answer().toMillis(), TimeUnit.MILLISECONDS);
      if (response.statusCode() != 200) {
        throw refused(address, "it answered with HTTP status " + response.statusCode());
      }
      return response.body();
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw refused(address, "it gave no whole answer within " + limits.answer());
    } catch (InterruptedException e) {
      sent.cancel(true);
      Thread.currentThread().interrupt();
      throw refused(address, "the wait for its answer was interrupted");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw refused(
          address,
          cause instanceof BoundedBody.Exceeded
              ? "it answered with more than " + bytes + " bytes"
              // the class alone: messages of the platform may name the address
              : "it cannot be reached: " + cause.getClass().getSimpleName());
    }
  }

  private static OpenLedgerException refused(ChainAddress address, String why) {
    return new OpenLedgerException(
        ErrorCode.SIGNING_KEY,
        "the remote signer of " + address + ": " + why,
        "a Web3Signer that has the key and signs what it is given",
        "look at the signer's log and at the configured address; nothing was sent to the chain");
  }

  @Override
  public void close() {
    closed = true;
  }

  /** The address, not where the signer is. */
  @Override
  public String toString() {
    return "remote signer of " + address;
  }
}
