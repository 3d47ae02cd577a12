package io.openledger.chain.connector.payments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.Signature;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of x402 version 2 as a payer reads and writes them: base64 of JSON. What a
 * payee sends is a stranger's: it is bounded, and read into types before it is believed.
 */
final class PaymentHeaders {

  /** From the payee, with status 402. */
  static final String REQUIRED = "PAYMENT-REQUIRED";

  /** From the payer. */
  static final String SIGNATURE = "PAYMENT-SIGNATURE";

  /** From the payee, with the answer. */
  static final String RESPONSE = "PAYMENT-RESPONSE";

  /** Our scheme: a cumulative voucher of a {@code PaymentChannel}. */
  static final String SCHEME = "openledger-channel";

  private static final int LONGEST = 64 << 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What a payee asks.
   *
   * @param reason why it does not answer as it is
   * @param price most that the request costs
   * @param quote to be paid
   * @param method that it is for
   * @param path that it is for
   * @param body SHA-256 of the body that it is for
   * @param view of the channel, where the payee tells it
   */
  record Asked(
      String reason,
      Wei price,
      String quote,
      String method,
      String path,
      Hash256 body,
      Optional<PayeeView> view) {}

  /**
   * How an answer was charged.
   *
   * @param charged for it
   * @param view of the channel afterwards
   */
  record Charged(Wei charged, PayeeView view) {}

  private PaymentHeaders() {}

  /**
   * Reads what a payee asks, of a channel.
   *
   * @throws OpenLedgerException {@code NOT_OFFERED} if it takes no vouchers of this channel
   */
  static Asked required(String header, Channel channel, ChannelDomain domain) {
    JsonNode json = decode(header);
    for (JsonNode each : json.path("accepts")) {
      JsonNode extra = each.path("extra");
      if (each.path("scheme").asText().equals(SCHEME)
          && each.path("network").asText().equals(domain.network())
          && same(each.path("payTo"), channel.payee())
          && same(extra.path("contract"), domain.contract())) {
        return new Asked(
            json.path("error").asText("payment_required"),
            wei(each.path("amount")),
            text(extra, "quote"),
            text(extra, "method"),
            text(extra, "path"),
            hash(extra.path("bodySha256")),
            extra.has("channelState") ? Optional.of(view(extra, channel)) : Optional.empty());
      }
    }
    throw new OpenLedgerException(
        ErrorCode.NOT_OFFERED,
        "a payee that takes no vouchers of this channel",
        "an offer of scheme " + SCHEME + " on " + domain.network() + " for " + channel.payee(),
        "open a channel for what the payee offers");
  }

  private static boolean same(JsonNode text, ChainAddress address) {
    return text.asText().equalsIgnoreCase(address.value());
  }

  /** Reads how an answer was charged: the header's text. */
  static Charged response(String header, Channel channel) {
    return charged(decode(header), channel);
  }

  /** Reads the same out of the last event of a stream. */
  static Charged event(JsonNode payment, Channel channel) {
    return charged(payment, channel);
  }

  private static Charged charged(JsonNode json, Channel channel) {
    JsonNode extra = json.path("extra");
    if (!json.path("success").asBoolean()) {
      throw malformed("an answer whose payment did not succeed");
    }
    return new Charged(wei(extra.path("chargedAmount")), view(extra, channel));
  }

  private static PayeeView view(JsonNode extra, Channel channel) {
    JsonNode state = extra.path("channelState");
    if (!hash(state.path("channelId")).equals(channel.id())) {
      throw malformed("another channel");
    }
    JsonNode proof = extra.path("voucherState").path("signature");
    return new PayeeView(
        wei(state.path("charged")),
        wei(state.path("reserved")),
        wei(state.path("accepted")),
        proof.isTextual() ? Optional.of(signature(proof.asText())) : Optional.empty());
  }

  /** Writes a payment. */
  static String signature(
      VoucherWallet.Issued issued, Asked asked, Channel channel, ChannelDomain domain) {
    ObjectNode json = JSON.createObjectNode().put("x402Version", 2);
    ObjectNode accepted =
        json.putObject("accepted")
            .put("scheme", SCHEME)
            .put("network", domain.network())
            .put("amount", asked.price().toString())
            .put("payTo", channel.payee().value());
    accepted.putObject("extra").put("contract", domain.contract().value());
    ObjectNode payload = json.putObject("payload").put("type", "voucher");
    payload
        .putObject("channel")
        .put("payer", channel.payer().value())
        .put("payee", channel.payee().value())
        .put("salt", hex(channel.salt()));
    put(payload.putObject("voucher"), issued.voucher());
    payload.put("quote", asked.quote()).put("authorization", hex(issued.authorization()));
    issued.acknowledged().ifPresent(a -> put(payload.putObject("acknowledged"), a));
    return Base64.getEncoder().encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void put(ObjectNode json, Voucher.Signed signed) {
    json.put("cumulative", signed.voucher().cumulative().toString())
        .put("signature", hex(signed.signature()));
  }

  private static String hex(Signature signature) {
    return "0x" + HexFormat.of().formatHex(signature.toBytes());
  }

  private static String hex(Hash256 hash) {
    return "0x" + hash.hex();
  }

  static JsonNode json(String text) {
    try {
      @Nullable JsonNode read = text.length() > LONGEST ? null : JSON.readTree(text);
      if (read == null || !read.isObject()) {
        throw malformed("no JSON object of at most " + LONGEST + " characters");
      }
      return read;
    } catch (JsonProcessingException e) {
      throw malformed("no JSON");
    }
  }

  private static JsonNode decode(String header) {
    try {
      return json(
          new String(
              Base64.getDecoder().decode(header.length() > LONGEST ? "" : header),
              StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw malformed("no base64");
    }
  }

  private static String text(JsonNode json, String name) {
    String text = json.path(name).asText();
    if (text.isEmpty() || text.length() > 1000) {
      throw malformed("no " + name);
    }
    return text;
  }

  private static Wei wei(JsonNode json) {
    return Wei.parse(json.asText());
  }

  private static Hash256 hash(JsonNode json) {
    String digits = json.asText();
    return Hash256.parse(digits.startsWith("0x") ? digits.substring(2) : digits);
  }

  private static Signature signature(String digits) {
    try {
      return Signature.parse(
          HexFormat.of().parseHex(digits.startsWith("0x") ? digits.substring(2) : digits));
    } catch (IllegalArgumentException e) {
      throw malformed("no signature");
    }
  }

  private static OpenLedgerException malformed(String what) {
    return new OpenLedgerException(
        ErrorCode.MALFORMED_REQUEST,
        "a payee that sends " + what + " where a payment is told",
        "header fields as docs/payments.md has them",
        "report it to the payee; nothing more was paid");
  }
}
