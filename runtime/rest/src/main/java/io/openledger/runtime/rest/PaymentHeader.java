package io.openledger.runtime.rest;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.rollup.Payment;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Reads a payment out of a header field: base64 of JSON, as x402 version 2 has it, with the payload
 * of our scheme. Anybody may send anything here: whatever is not exactly a payment is refused as
 * malformed, before a signature is looked at. Members that are not known are passed over, because
 * the offer that a client repeats may have more.
 */
final class PaymentHeader {

  /** As x402 version 2 names it. */
  static final String NAME = "PAYMENT-SIGNATURE";

  /** As version 1 named it. */
  static final String OLDER = "X-PAYMENT";

  static final String SCHEME = "openledger-channel";

  private static final int LONGEST = 16 << 10;

  private PaymentHeader() {}

  /**
   * Reads it.
   *
   * @throws RequestException if it is no payment
   */
  static Payment read(String header) {
    JsonFields json = json(header);
    JsonFields accepted = required(json, "accepted");
    JsonFields payload = required(json, "payload");
    if (!accepted.requiredText("scheme").equals(SCHEME)) {
      throw malformed("another scheme", SCHEME);
    }
    JsonFields channel = required(payload, "channel");
    JsonFields voucher = required(payload, "voucher");
    try {
      return new Payment(
          chain(accepted.requiredText("network")),
          new ChainAddress(required(accepted, "extra").requiredText("contract")),
          new ChainAddress(channel.requiredText("payer")),
          new ChainAddress(channel.requiredText("payee")),
          Hash256.parse(digits(channel.requiredText("salt"), 64)),
          Wei.parse(voucher.requiredText("cumulative")),
          digits(voucher.requiredText("signature"), 130),
          payload.requiredText("quote"),
          digits(payload.requiredText("authorization"), 130),
          payload.object("acknowledged").map(PaymentHeader::acknowledged));
    } catch (RequestException e) {
      throw e;
    } catch (OpenLedgerException e) {
      throw malformed(e.arrived(), e.allowed());
    }
  }

  private static Payment.Acknowledged acknowledged(JsonFields json) {
    return new Payment.Acknowledged(
        Wei.parse(json.requiredText("cumulative")), digits(json.requiredText("signature"), 130));
  }

  private static JsonFields required(JsonFields json, String name) {
    return json.object(name).orElseThrow(() -> malformed("no " + name, "an object " + name));
  }

  private static long chain(String network) {
    if (!network.matches("eip155:[1-9][0-9]{0,17}")) {
      throw malformed("a network that is none of Ethereum's", "eip155: and a chain id");
    }
    return Long.parseLong(network.substring("eip155:".length()));
  }

  private static String digits(String text, int count) {
    String digits = text.startsWith("0x") ? text.substring(2) : text;
    if (digits.length() != count
        || !digits.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0)) {
      throw malformed(text.length() + " characters", "0x and " + count + " hexadecimal digits");
    }
    return digits;
  }

  private static JsonFields json(String header) {
    if (header.length() > LONGEST) {
      throw malformed(header.length() + " characters", "at most " + LONGEST + " characters");
    }
    String text;
    try {
      byte[] bytes = Base64.getDecoder().decode(header.strip());
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw malformed("no base64 of UTF-8", "base64 of JSON");
    }
    JsonLimits.require(text);
    try (JsonReader reader = Json.reader(new StringReader(text))) {
      JsonValue read = reader.readValue();
      if (read.getValueType() != JsonValue.ValueType.OBJECT) {
        throw malformed("JSON that is no object", "an object");
      }
      return new JsonFields(NAME + ".", read.asJsonObject());
    } catch (JsonException | ArithmeticException | NumberFormatException e) {
      throw malformed("no JSON, or a name twice in one object", "JSON (RFC 8259)");
    }
  }

  /** The header to read: the newer name, else the older. */
  static Optional<String> of(Optional<String> newer, Optional<String> older) {
    return newer.or(() -> older).filter(h -> !h.isBlank());
  }

  private static RequestException malformed(String arrived, String allowed) {
    return new RequestException(
        io.openledger.api.ErrorCode.MALFORMED_REQUEST,
        NAME,
        NAME + " with " + arrived,
        allowed,
        "write the header field as docs/payments.md has it; nothing was charged");
  }
}
