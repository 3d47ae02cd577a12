package io.openledger.chain.connector.payments;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Asks over HTTP, and pays where it is asked to: sends the request, reads the offer, signs a
 * voucher for it, sends the request again with that. Safe for any number of threads; calls run
 * beside each other, on one channel.
 *
 * <p>A payment whose answer did not arrive is sent again as it is: the payee gives the answer that
 * it made, and charges nothing more. A payee that refuses tells where the channel is; the wallet
 * takes that up as far as it signed it, and tries again.
 */
public final class PayingClient {

  /** How often a request is sent with one payment. */
  private static final int SENDINGS = 4;

  /** How many vouchers are tried for one request. */
  private static final int PAYMENTS = 4;

  private static final int PAYMENT_REQUIRED = 402;

  private final HttpClient http;
  private final VoucherWallet wallet;
  private final Duration answerWithin;

  /**
   * @param http should follow no redirects: a payment is for one address
   * @param answerWithin how long an answer may take
   */
  public PayingClient(HttpClient http, VoucherWallet wallet, Duration answerWithin) {
    this.http = http;
    this.wallet = wallet;
    this.answerWithin = answerWithin;
  }

  /**
   * An answer.
   *
   * @param response as it came
   * @param charged what it cost; empty if the payee asked for no payment
   */
  public record Paid(HttpResponse<String> response, Optional<Wei> charged) {}

  /** A request with a body of JSON. */
  public Paid post(URI uri, String json) throws IOException, InterruptedException {
    return post(uri, json, Map.of());
  }

  /**
   * A request with a body of JSON.
   *
   * @param headers beside the content's type
   * @return also for a status that is an error and not 402: nothing was charged then
   * @throws OpenLedgerException {@code FORBIDDEN} if the wallet's limits forbid it, {@code
   *     PAYMENT_REQUIRED} if the payee does not take what it asked for, {@code CHAIN_DISPUTED} if
   *     it claims what was not signed
   * @throws IOException if no answer came: whether it was charged is not known, and the wallet
   *     counts it as if it were until the payee tells
   */
  public Paid post(URI uri, String json, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpResponse<String> asked = send(uri, json, headers, Optional.empty());
    for (int payment = 1; asked.statusCode() == PAYMENT_REQUIRED; payment++) {
      PaymentHeaders.Asked offer = offer(asked, uri, json);
      offer.view().ifPresent(wallet::adopt);
      if (payment > PAYMENTS) {
        throw new OpenLedgerException(
            ErrorCode.PAYMENT_REQUIRED,
            "a payee that refuses a payment: " + offer.reason(),
            "payments as it asks for them",
            "look at the channel's deposit and whether it closes");
      }
      Hash256 request = PaidCall.request("POST", path(uri), Hash256.sha256(bytes(json)));
      VoucherWallet.Issued issued = wallet.pay(request, offer.quote(), offer.price());
      String header = PaymentHeaders.signature(issued, offer, wallet.channel(), wallet.domain());
      try {
        asked = send(uri, json, headers, Optional.of(header));
      } catch (IOException | InterruptedException e) {
        wallet.unanswered(issued);
        throw e;
      }
      if (asked.statusCode() == 200) {
        PaymentHeaders.Charged charged;
        try {
          charged = charged(asked);
        } catch (OpenLedgerException e) {
          wallet.unanswered(issued);
          throw e;
        }
        wallet.answered(issued, charged.charged(), charged.view());
        return new Paid(asked, Optional.of(charged.charged()));
      }
      if (unclear(asked.statusCode())) {
        wallet.unanswered(issued);
      } else {
        wallet.refused(issued);
      }
    }
    return new Paid(asked, Optional.empty());
  }

  // busy may be with the first sending of the same payment
  private static boolean unclear(int status) {
    return status >= 500 || status == 429;
  }

  private PaymentHeaders.Asked offer(HttpResponse<String> response, URI uri, String json) {
    PaymentHeaders.Asked offer =
        PaymentHeaders.required(
            response
                .headers()
                .firstValue(PaymentHeaders.REQUIRED)
                .orElseThrow(() -> unclear("no " + PaymentHeaders.REQUIRED)),
            wallet.channel(),
            wallet.domain());
    if (!offer.method().equals("POST")
        || !offer.path().equals(path(uri))
        || !offer.body().equals(Hash256.sha256(bytes(json)))) {
      throw unclear("an offer for another request");
    }
    return offer;
  }

  private PaymentHeaders.Charged charged(HttpResponse<String> response) {
    Optional<String> header = response.headers().firstValue(PaymentHeaders.RESPONSE);
    if (header.isPresent()) {
      return PaymentHeaders.response(header.get(), wallet.channel());
    }
    // a stream tells at its end, when it is known
    String found = "";
    for (String line : response.body().split("\n")) {
      if (line.startsWith("data: {") && line.contains("\"payment\"")) {
        found = line.substring("data: ".length());
      }
    }
    if (found.isEmpty()) {
      throw unclear("an answer without saying what it was charged");
    }
    JsonNode event = PaymentHeaders.json(found);
    return PaymentHeaders.event(event.path("payment"), wallet.channel());
  }

  private static OpenLedgerException unclear(String what) {
    return new OpenLedgerException(
        ErrorCode.MALFORMED_REQUEST,
        "a payee that sends " + what,
        "answers as docs/payments.md has them",
        "report it to the payee");
  }

  /** From the last {@code /v1/} on. */
  private static String path(URI uri) {
    String whole = uri.getRawPath();
    int from = whole.lastIndexOf("/v1/");
    return from < 0 ? whole : whole.substring(from);
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  /** Sends; with a payment again and again, because sending it again costs nothing. */
  private HttpResponse<String> send(
      URI uri, String json, Map<String, String> headers, Optional<String> payment)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(answerWithin)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes(json)));
    headers.forEach(request::header);
    payment.ifPresent(p -> request.header(PaymentHeaders.SIGNATURE, p));
    HttpRequest built = request.build();
    for (int sending = 1; ; sending++) {
      boolean last = payment.isEmpty() || sending == SENDINGS;
      try {
        HttpResponse<String> response =
            http.send(built, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        boolean later = response.statusCode() == 429 || response.statusCode() == 503;
        if (last || !later) {
          return response;
        }
      } catch (IOException e) {
        if (last) {
          throw e;
        }
      }
      Thread.sleep(250L << sending);
    }
  }
}
