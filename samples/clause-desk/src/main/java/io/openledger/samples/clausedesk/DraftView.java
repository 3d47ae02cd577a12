package io.openledger.samples.clausedesk;

import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.Answer;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Wei;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One answer as the page shows it: the text, its spans, the contributions that they name, and the
 * credits. Everything is taken from the receipt; nothing is computed a second time.
 */
final class DraftView {

  private final DatanetRepository datanets;

  DraftView(DatanetRepository datanets) {
    this.datanets = datanets;
  }

  JsonObject of(Drafting.Draft draft, Receipt receipt, long millis) {
    Answer answer = draft.answer();
    Receipt.Body body = receipt.body();
    Map<ContributionId, Contribution> named = named(answer.spans());
    JsonArrayBuilder spans = Json.createArrayBuilder();
    answer.spans().forEach(span -> spans.add(span(span, named)));
    JsonObjectBuilder contributions = Json.createObjectBuilder();
    named.forEach((id, one) -> contributions.add(id.toString(), contribution(one, body)));
    JsonArrayBuilder credits = Json.createArrayBuilder();
    body.credits().forEach(credit -> credits.add(credit(credit)));
    return Json.createObjectBuilder()
        .add("type", "final")
        .add("text", answer.text())
        .add("finishReason", answer.finishReason().name())
        .add("promptTokens", answer.usage().promptTokens())
        .add("completionTokens", answer.usage().completionTokens())
        .add("tokens", body.attribution().tokens())
        .add("coveredTokens", body.attribution().coveredTokens())
        .add("millis", millis)
        .add("model", Views.model(draft.model()))
        .add("receipt", receipt(receipt))
        .add("spans", spans)
        .add("contributions", contributions)
        .add("credits", credits)
        .build();
  }

  /** Spans of a text that is still being written, in the same form. */
  JsonObject preview(List<SpanMatch> spans) {
    Map<ContributionId, Contribution> named = named(spans);
    JsonArrayBuilder views = Json.createArrayBuilder();
    spans.forEach(span -> views.add(span(span, named)));
    return Json.createObjectBuilder().add("type", "evidence").add("spans", views).build();
  }

  /** The contributions of the spans, and those that are credited in their place. */
  private Map<ContributionId, Contribution> named(List<SpanMatch> spans) {
    Map<ContributionId, Contribution> named = new TreeMap<>();
    for (SpanMatch span : spans) {
      for (ContributionId id : span.contributions()) {
        datanets.contribution(id).ifPresent(one -> named.put(id, one));
      }
      for (SpanCredit credit : span.credits()) {
        datanets.contribution(credit.contribution()).ifPresent(one -> named.put(one.id(), one));
      }
    }
    for (Contribution one : List.copyOf(named.values())) {
      one.nearDuplicateOf()
          .flatMap(datanets::contribution)
          .ifPresent(original -> named.put(original.id(), original));
    }
    return named;
  }

  private static JsonObjectBuilder span(SpanMatch span, Map<ContributionId, Contribution> named) {
    JsonArrayBuilder ids = Json.createArrayBuilder();
    span.contributions().forEach(id -> ids.add(id.toString()));
    ContributionId most = span.mostCredited();
    Contribution one = named.get(most);
    return Json.createObjectBuilder()
        .add("start", span.start())
        .add("end", span.end())
        .add("tokens", span.tokens())
        .add("millibits", span.millibits())
        .add("creditedMillibits", span.creditedMillibits())
        .add("occurrences", span.occurrences())
        .add("contributionCount", span.contributionCount())
        .add("contributions", ids)
        // who owns most of the credit: who held the words first, or the one that it repeats nearly
        // whole
        .add("owner", (one == null ? most : one.nearDuplicateOf().orElse(most)).toString());
  }

  private JsonObjectBuilder contribution(Contribution one, Receipt.Body body) {
    Wei credit =
        body.credits().stream()
            .filter(c -> c.role() == FeeRole.CONTRIBUTORS)
            .filter(c -> c.contribution().filter(one.id()::equals).isPresent())
            .map(Credit::amount)
            .reduce(Wei.ZERO, Wei::plus);
    JsonObjectBuilder view = Views.contribution(one).add("credit", credit.toString());
    datanets.text(one.id()).ifPresent(text -> view.add("text", text));
    return view;
  }

  private static JsonObjectBuilder credit(Credit credit) {
    JsonObjectBuilder view =
        Json.createObjectBuilder()
            .add("role", credit.role().name())
            .add("account", credit.account().toString())
            .add("amount", credit.amount().toString());
    credit.contribution().ifPresent(id -> view.add("contribution", id.toString()));
    return view;
  }

  private static JsonObjectBuilder receipt(Receipt receipt) {
    Receipt.Body body = receipt.body();
    JsonObjectBuilder view =
        Json.createObjectBuilder()
            .add("id", receipt.id().value())
            .add("hash", receipt.hash().hex())
            .add("at", body.at().toString())
            .add("payer", body.payer())
            .add("status", body.status().name())
            .add("fee", body.fee().toString())
            .add("policy", body.policy().name() + " v" + body.policy().version())
            .add("answerHash", body.answerHash().hex());
    body.reason().ifPresent(reason -> view.add("reason", reason));
    return view;
  }
}
