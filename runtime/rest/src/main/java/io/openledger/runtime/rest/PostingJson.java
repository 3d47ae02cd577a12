package io.openledger.runtime.rest;

import io.openledger.runtime.rollup.Claimable;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.PaidClaim;
import io.openledger.runtime.rollup.ReceiptProof;
import jakarta.json.JsonObjectBuilder;

/**
 * What the chain has of epochs, receipts and claims, as JSON. Amounts are decimal strings in wei.
 */
final class PostingJson {

  private PostingJson() {}

  static JsonObjectBuilder of(EpochPosting p) {
    JsonObjectBuilder json =
        Json.object()
            .add("key", p.businessKey())
            .add("kind", p.kind().name())
            .add("firstEpoch", p.firstEpoch())
            .add("epoch", p.epoch())
            .add("state", p.state().name())
            .add("submittedAt", p.submittedAt().toString())
            .add("changedAt", p.changedAt().toString());
    p.transaction().ifPresent(hash -> json.add("transaction", hash.hex()));
    p.block().ifPresent(block -> json.add("block", block));
    p.sequence().ifPresent(sequence -> json.add("sequence", sequence));
    Json.optional(json, "activeAt", p.activeAt());
    return Json.optional(json, "detail", p.detail());
  }

  static JsonObjectBuilder of(ReceiptProof p) {
    JsonObjectBuilder json =
        Json.object()
            .add("chainId", p.chainId())
            .add("contract", p.contract().value())
            .add("ledger", p.ledger().hex())
            .add("epoch", p.epoch())
            .add("root", p.root().hex())
            .add("receiptHash", p.receiptHash().hex())
            .add("siblings", Json.texts(p.siblings()));
    p.posting().ifPresent(posting -> json.add("posting", of(posting)));
    return json;
  }

  static JsonObjectBuilder of(Claimable c) {
    JsonObjectBuilder json =
        Json.object()
            .add("account", c.account().toString())
            .add("address", c.address().value())
            .add("chainId", c.chainId())
            .add("contract", c.contract().value())
            .add("earned", c.earned().toString())
            .add("claimed", c.claimed().toString())
            .add("claimable", c.claimable().toString())
            .add("minimum", c.minimum().toString());
    Json.optional(json, "staking", c.staking());
    c.proof().ifPresent(p -> json.add("proof", LedgerJson.of(p)));
    c.call()
        .ifPresent(
            call ->
                json.add(
                    "call", Json.object().add("to", call.to().value()).add("data", call.data())));
    Json.optional(json, "next", c.next());
    Json.optional(json, "walletUrl", c.walletUrl());
    return json.add("asOf", c.asOf().toString());
  }

  static JsonObjectBuilder of(PaidClaim c) {
    return Json.object()
        .add("account", c.account().toString())
        .add("address", c.address().value())
        .add("cumulative", c.cumulative().toString())
        .add("amount", c.amount().toString())
        .add("key", c.businessKey())
        .add("state", c.state())
        .add("transaction", c.transaction().hex());
  }
}
