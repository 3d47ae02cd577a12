package io.openledger.runtime.rest;

import io.openledger.runtime.rollup.Admission;
import io.openledger.runtime.rollup.ChannelStanding;
import io.openledger.runtime.rollup.PaidRequest;
import io.openledger.runtime.rollup.PaymentOffer;
import io.openledger.runtime.rollup.PaymentRefusal;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Offers and payments as x402 version 2 tells them: objects, and the same as base64 in headers. */
final class PaymentJson {

  static final String REQUIRED = "PAYMENT-REQUIRED";
  static final String RESPONSE = "PAYMENT-RESPONSE";

  private static final String NO_ASSET = "0x0000000000000000000000000000000000000000";

  private PaymentJson() {}

  /**
   * Status 402: why, and how it is paid. The body has OpenAI's error object beside the offer, the
   * header the offer with the reason for programs.
   */
  static Response refused(PaymentRefusal refusal, PaymentOffer offer, PaidRequest request) {
    JsonObject told = required(refusal, offer, request).build();
    JsonObjectBuilder body = Json.object();
    told.forEach(body::add);
    body.add("error", Problem.of(refusal).openAi().get("error"));
    Response.ResponseBuilder response = Response.status(402).header(REQUIRED, base64(told));
    refusal
        .standing()
        .ifPresent(
            standing ->
                response.header(
                    RESPONSE,
                    base64(
                        Json.object()
                            .add("success", false)
                            .add("errorReason", refusal.reason().label())
                            .add("transaction", "")
                            .add("network", "eip155:" + offer.chainId())
                            .add("extra", standing(standing))
                            .build())));
    return Json.answer(response, MediaType.APPLICATION_JSON, body.build());
  }

  private static JsonObjectBuilder required(
      PaymentRefusal refusal, PaymentOffer offer, PaidRequest request) {
    JsonObjectBuilder extra =
        Json.object()
            .add("contract", offer.contract().value())
            .add("name", "OpenLedger PaymentChannel")
            .add("version", "1")
            .add("quote", offer.quote())
            .add("expires", offer.expires().getEpochSecond())
            .add("method", request.method())
            .add("path", request.path())
            .add("bodySha256", "0x" + request.body().hex())
            .add("minimumDeposit", offer.minimumDeposit().toString());
    refusal.standing().ifPresent(s -> extra.addAll(standing(s)));
    return Json.object()
        .add("x402Version", 2)
        .add("error", refusal.reason().label())
        .add(
            "resource",
            Json.object()
                .add("url", request.path())
                .add("description", "an answer of the model, with what shaped it")
                .add("mimeType", MediaType.APPLICATION_JSON))
        .add(
            "accepts",
            Json.array(
                List.of(offer),
                o ->
                    Json.object()
                        .add("scheme", PaymentHeader.SCHEME)
                        .add("network", "eip155:" + o.chainId())
                        .add("amount", o.price().toString())
                        .add("asset", o.asset().map(a -> a.value()).orElse(NO_ASSET))
                        .add("payTo", o.payee().value())
                        .add("maxTimeoutSeconds", o.answerWithin().toSeconds())
                        .add("extra", extra)));
  }

  /** The channel, and the highest voucher as proof. */
  private static JsonObjectBuilder standing(ChannelStanding standing) {
    JsonObjectBuilder extra =
        Json.object()
            .add(
                "channelState",
                Json.object()
                    .add("channelId", "0x" + standing.channel().hex())
                    .add("deposit", standing.deposit().toString())
                    .add("settled", standing.settled().toString())
                    .add("charged", standing.charged().toString())
                    .add("reserved", standing.reserved().toString())
                    .add("accepted", standing.accepted().toString()));
    standing
        .voucher()
        .ifPresent(
            signature ->
                extra.add(
                    "voucherState",
                    Json.object()
                        .add("cumulative", standing.accepted().toString())
                        .add("signature", "0x" + signature)));
    return extra;
  }

  /** How an answer was charged. Nothing is on the chain yet, so there is no transaction. */
  static JsonObject settled(Admission.Settled settled, long chainId) {
    return Json.object()
        .add("success", true)
        .add("transaction", "")
        .add("network", "eip155:" + chainId)
        .add("payer", settled.payer().value())
        .add("amount", "")
        .add(
            "extra",
            Json.object()
                .add("chargedAmount", settled.charged().toString())
                .addAll(standing(settled.standing())))
        .build();
  }

  static String base64(JsonValue json) {
    return Base64.getEncoder().encodeToString(json.toString().getBytes(StandardCharsets.UTF_8));
  }
}
