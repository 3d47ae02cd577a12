package io.openledger.runtime.rest;

import io.openledger.api.Hash256;
import io.openledger.api.governance.ChainMoment;
import io.openledger.api.governance.GovernanceStatus;
import io.openledger.api.governance.GovernedParameter;
import io.openledger.api.governance.PolicyChange;
import io.openledger.api.governance.PolicyDraft;
import io.openledger.api.governance.PolicyPreview;
import io.openledger.api.governance.Proposal;
import io.openledger.api.governance.ProposalText;
import io.openledger.api.governance.ProposedCall;
import io.openledger.api.governance.Submission;
import io.openledger.api.governance.VotingPower;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Governance as JSON. Amounts are decimal strings in wei, parameters decimal strings, durations
 * whole seconds. Texts from the chain are as the API gives them: made visible, bounded, and still
 * hostile.
 *
 * <p>Above a hundred lines because each type of {@code io.openledger.api.governance} has its form
 * here.
 */
final class GovernanceJson {

  private GovernanceJson() {}

  /** Reads a draft; refuses members that nobody asked for. */
  static PolicyDraft draft(JsonFields json) {
    List<PolicyChange> changes = new ArrayList<>();
    List<JsonFields> given = json.objects("changes");
    if (given.size() > PolicyDraft.MAX_CHANGES) {
      throw json.refuse("changes", given.size() + " changes", "1 to " + PolicyDraft.MAX_CHANGES);
    }
    for (JsonFields each : given) {
      changes.add(change(each));
      each.requireAllRead();
    }
    String description = json.requiredText("description");
    json.requireAllRead();
    return new PolicyDraft(changes, description);
  }

  private static PolicyChange change(JsonFields json) {
    String kind = json.requiredText("change");
    return switch (kind) {
      case "feeSplit" ->
          PolicyChange.feeSplit(
              split(json.object("split").orElseThrow(() -> missing(json, "split"))));
      case "attributionPolicy" ->
          new PolicyChange.AttributionPolicy(
              json.whole("version").orElseThrow(() -> missing(json, "version")),
              Hash256.parse(json.requiredText("hash")));
      case "parameter" ->
          new PolicyChange.Parameter(
              json.requiredText("key"), Wei.parse(json.requiredText("value")).value());
      default ->
          throw json.refuse("change", "'" + kind + "'", "feeSplit, attributionPolicy or parameter");
    };
  }

  private static RequestException missing(JsonFields json, String name) {
    return json.refuse(name, "missing", "what the OpenAPI document says of it");
  }

  private static FeeSplit split(JsonFields json) {
    Map<FeeRole, Integer> parts = new EnumMap<>(FeeRole.class);
    for (FeeRole role : FeeRole.values()) {
      OptionalInt part = json.integer(role.name());
      part.ifPresent(points -> parts.put(role, points));
    }
    json.requireAllRead();
    return new FeeSplit(parts);
  }

  static JsonObjectBuilder of(FeeSplit split) {
    JsonObjectBuilder json = Json.object();
    for (FeeRole role : FeeRole.values()) {
      json.add(role.name(), split.of(role));
    }
    return json;
  }

  static JsonObjectBuilder of(ChainMoment m) {
    return Json.object()
        .add("block", m.block())
        .add("time", m.time().toString())
        .add("finality", m.finality());
  }

  static JsonObjectBuilder of(GovernanceStatus s) {
    JsonObjectBuilder json =
        Json.object()
            .add("asOf", of(s.asOf()))
            .add("rules", of(s.rules()))
            .add("feeSplit", of(s.feeSplit()))
            .add("feeSplitChange", s.splitFrom().toString())
            .add("policyVersion", s.policyVersion())
            .add("policyHash", s.policyHash().hex())
            .add("parameters", Json.array(s.parameters(), GovernanceJson::of))
            .add("power", of(s.power()))
            .add("proposals", s.proposals());
    s.pendingSplit().ifPresent(split -> json.add("pendingFeeSplit", of(split)));
    return json;
  }

  private static JsonObjectBuilder of(GovernanceStatus.Rules r) {
    return Json.object()
        .add("votingDelay", r.votingDelay().toSeconds())
        .add("votingPeriod", r.votingPeriod().toSeconds())
        .add("lateQuorumExtension", r.lateQuorumExtension().toSeconds())
        .add("timelockDelay", r.timelockDelay().toSeconds())
        .add("changeDelay", r.changeDelay().toSeconds())
        .add("cooldown", r.cooldown().toSeconds())
        .add("proposalThreshold", r.proposalThreshold().toString())
        .add("quorum", r.quorum().toString())
        .add("quorumFloor", r.quorumFloor().toString())
        .add("supply", r.supply().toString());
  }

  private static JsonObjectBuilder of(GovernedParameter p) {
    JsonObjectBuilder json =
        Json.object()
            .add("key", p.key())
            .add("value", p.value().toString())
            .add("minimum", p.minimum().toString())
            .add("maximum", p.maximum().toString())
            .add("nextChange", p.nextChange().toString());
    p.pending()
        .ifPresent(
            pending ->
                json.add(
                    "pending",
                    Json.object()
                        .add("value", pending.value().toString())
                        .add("from", pending.from().toString())));
    return json;
  }

  private static JsonObjectBuilder of(VotingPower p) {
    JsonObjectBuilder json =
        Json.object()
            .add("address", p.address().value())
            .add("votes", p.votes().toString())
            .add("wrapped", p.wrapped().toString())
            .add("sentence", p.sentence());
    return Json.optional(json, "delegate", p.delegate());
  }

  static JsonObjectBuilder of(PolicyPreview p) {
    return Json.object()
        .add("id", p.id().toString())
        .add("description", p.description())
        .add("calls", Json.array(p.calls(), GovernanceJson::of))
        .add("summary", Json.texts(p.summary()))
        .add("refusals", Json.texts(p.refusals()))
        .add("voteBegins", p.schedule().voteBegins().toString())
        .add("voteEnds", p.schedule().voteEnds().toString())
        .add("executable", p.schedule().executable().toString())
        .add("effective", p.schedule().effective().toString())
        .add("threshold", p.threshold().toString())
        .add("ownVotes", p.ownVotes().toString())
        .add("quorum", p.quorum().toString())
        .add("asOf", of(p.asOf()));
  }

  static JsonObjectBuilder of(Proposal p) {
    JsonObjectBuilder json =
        Json.object()
            .add("id", p.id().toString())
            .add("proposer", p.proposer().value())
            .add("state", p.state().name())
            .add("danger", p.danger().name())
            .add("warnings", Json.texts(p.warnings()))
            .add("calls", Json.array(p.calls(), GovernanceJson::of))
            .add("tally", of(p.tally()))
            .add("schedule", of(p.schedule()))
            .add(
                "own",
                Json.object()
                    .add("power", p.own().power().toString())
                    .add("voted", p.own().voted())
                    .add("proposer", p.own().proposer()))
            .add("summary", Json.texts(p.summary()))
            .add("asOf", of(p.asOf()));
    p.text().ifPresent(text -> json.add("text", of(text)));
    return json;
  }

  private static JsonObjectBuilder of(ProposalText t) {
    JsonObjectBuilder json =
        Json.object()
            .add("shown", t.shown())
            .add("bytes", t.bytes())
            .add("cut", t.cut())
            .add("altered", t.altered());
    return Json.optional(json, "boundTo", t.boundTo());
  }

  private static JsonObjectBuilder of(Proposal.Tally t) {
    return Json.object()
        .add("for", t.votesFor().toString())
        .add("against", t.against().toString())
        .add("abstain", t.abstain().toString())
        .add("quorum", t.quorum().toString())
        .add("quorumFixed", t.quorumFixed())
        .add("missing", t.missing().toString())
        .add("carried", t.carried());
  }

  private static JsonObjectBuilder of(Proposal.Schedule s) {
    JsonObjectBuilder json =
        Json.object()
            .add("voteBegins", s.voteBegins().toString())
            .add("voteEnds", s.voteEnds().toString());
    Json.optional(json, "extendedFrom", s.extendedFrom());
    return Json.optional(json, "executableFrom", s.executableFrom());
  }

  private static JsonObjectBuilder of(ProposedCall c) {
    JsonObjectBuilder json =
        Json.object()
            .add("target", c.target().value())
            .add("value", c.value().toString())
            .add("data", c.data())
            .add("dataBytes", c.dataBytes())
            .add("danger", c.danger().name())
            .add("sentences", Json.texts(c.sentences()))
            .add(
                "differences",
                Json.array(
                    c.differences(),
                    d ->
                        Json.object()
                            .add("what", d.what())
                            .add("before", d.before())
                            .add("after", d.after())))
            .add("calls", Json.array(c.calls(), GovernanceJson::of));
    Json.optional(json, "contract", c.contract());
    Json.optional(json, "function", c.function());
    c.splitBefore().ifPresent(split -> json.add("splitBefore", of(split)));
    c.splitAfter().ifPresent(split -> json.add("splitAfter", of(split)));
    return json;
  }

  static JsonObjectBuilder of(Submission s) {
    JsonObjectBuilder json =
        Json.object()
            .add("key", s.key())
            .add("proposal", s.proposal().toString())
            .add("progress", s.progress().name())
            .add("transaction", "0x" + s.transaction().hex())
            .add("since", s.since().toString());
    return Json.optional(json, "detail", s.detail());
  }
}
