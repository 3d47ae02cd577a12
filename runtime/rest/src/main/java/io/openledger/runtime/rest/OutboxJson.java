package io.openledger.runtime.rest;

import io.openledger.runtime.rollup.OutboxAdministration.Attempt;
import io.openledger.runtime.rollup.OutboxAdministration.Detail;
import io.openledger.runtime.rollup.OutboxAdministration.Message;
import io.openledger.runtime.rollup.OutboxAdministration.Status;
import io.openledger.runtime.rollup.OutboxFigures;
import jakarta.json.JsonObjectBuilder;

/** Messages for the chain as JSON. Amounts are decimal strings in wei. */
final class OutboxJson {

  private OutboxJson() {}

  static JsonObjectBuilder of(Message m) {
    JsonObjectBuilder json =
        Json.object()
            .add("key", m.key())
            .add("signer", m.signer().value())
            .add("nonce", m.nonce())
            .add("state", m.state().name())
            .add("transaction", "0x" + m.transaction().hex())
            .add("submittedAt", m.submittedAt().toString())
            .add("since", m.since().toString());
    m.block().ifPresent(block -> json.add("block", block));
    m.detail().ifPresent(detail -> json.add("detail", detail));
    m.wish().ifPresent(wish -> json.add("wish", wish));
    return json;
  }

  static JsonObjectBuilder of(Detail d) {
    return of(d.message()).add("attempts", Json.array(d.attempts(), OutboxJson::of));
  }

  private static JsonObjectBuilder of(Attempt a) {
    return Json.object()
        .add("transaction", "0x" + a.transaction().hex())
        .add("nonce", a.nonce())
        .add("cancels", a.cancels())
        .add("tip", a.tip().toString())
        .add("cap", a.cap().toString())
        .add("storedAt", a.storedAt().toString());
  }

  static JsonObjectBuilder of(Status s) {
    OutboxFigures f = s.figures();
    JsonObjectBuilder json =
        Json.object()
            .add("waiting", f.waiting())
            .add("inFlight", f.inFlight())
            .add("broadcasts", f.broadcasts())
            .add("rebroadcasts", f.rebroadcasts())
            .add("bumps", f.bumps())
            .add("reorgs", f.reorgs())
            .add("moved", f.moved())
            .add("finalized", f.finalized())
            .add("reverted", f.reverted())
            .add("cancelled", f.cancelled())
            .add("leaseHeld", f.leaseHeld());
    s.oldest().ifPresent(age -> json.add("oldestSeconds", age.toSeconds()));
    s.trouble().ifPresent(trouble -> json.add("trouble", trouble));
    return json;
  }
}
