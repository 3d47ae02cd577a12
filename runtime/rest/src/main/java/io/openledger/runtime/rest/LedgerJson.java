package io.openledger.runtime.rest;

import io.openledger.api.reward.Account;
import io.openledger.api.reward.ChainStanding;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.LedgerEntry;
import io.openledger.api.reward.Statement;
import jakarta.json.JsonObjectBuilder;

/** Accounts, entries, statements, epochs and proofs as JSON. Amounts are decimal strings in wei. */
final class LedgerJson {

  private LedgerJson() {}

  static JsonObjectBuilder of(Account a) {
    JsonObjectBuilder json =
        Json.object()
            .add("id", a.id().toString())
            .add("balance", a.balance().toString())
            .add("earned", a.earned().toString())
            .add("entries", a.entries());
    return Json.optional(json, "address", a.address());
  }

  static JsonObjectBuilder of(LedgerEntry e) {
    JsonObjectBuilder json =
        Json.object()
            .add("number", e.number())
            .add("transaction", e.transaction())
            .add("account", e.account().toString())
            .add("amount", e.amount().toString())
            .add("role", e.role().name())
            .add("at", e.at().toString());
    Json.optional(json, "receipt", e.receipt());
    return Json.optional(json, "contribution", e.contribution());
  }

  static JsonObjectBuilder of(Statement s) {
    return Json.object()
        .add("account", s.account().toString())
        .add("from", s.from().toString())
        .add("to", s.to().toString())
        .add("opening", s.opening().toString())
        .add("closing", s.closing().toString())
        .add("entries", Json.array(s.entries(), LedgerJson::of))
        .add("earned", s.earned().toString())
        .add("chain", of(s.chain()));
  }

  /** Figures only where they were read: what is not known is not told as zero. */
  private static JsonObjectBuilder of(ChainStanding chain) {
    if (chain instanceof ChainStanding.Known known) {
      return Json.object()
          .add("known", true)
          .add("address", known.address().value())
          .add("posted", known.posted().toString())
          .add("claimed", known.claimed().toString())
          .add("claimable", known.claimable().toString())
          .add("staked", known.staked().toString())
          .add("block", known.block())
          .add("finalBlock", known.finalBlock());
    }
    return Json.object().add("known", false).add("why", ((ChainStanding.Unknown) chain).why());
  }

  static JsonObjectBuilder of(Epoch e) {
    JsonObjectBuilder json =
        Json.object()
            .add("number", e.number())
            .add("closedAt", e.closedAt().toString())
            .add("root", e.root().hex())
            .add("leaves", e.leaves())
            .add("total", e.total().toString())
            .add("receiptHead", e.receiptHead().hex());
    e.dataDigest().ifPresent(digest -> json.add("dataDigest", digest.hex()));
    return json;
  }

  static JsonObjectBuilder of(EpochProof p) {
    return Json.object()
        .add("epoch", p.epoch())
        .add("root", p.root().hex())
        .add("address", p.address().value())
        .add("cumulative", p.cumulative().toString())
        .add("siblings", Json.texts(p.siblings()));
  }
}
