package io.openledger.samples.clausedesk;

import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.reward.Account;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;

/** How things of the API look in the page's JSON. Amounts are texts: they exceed 53 bits. */
final class Views {

  private Views() {}

  static JsonObjectBuilder contribution(Contribution contribution) {
    JsonArrayBuilder contributors = Json.createArrayBuilder();
    contribution.contributors().forEach(share -> contributors.add(share(share)));
    JsonObjectBuilder view =
        Json.createObjectBuilder()
            .add("id", contribution.id().toString())
            .add("title", contribution.title())
            .add("licence", contribution.licence().spdx())
            .add("contributors", contributors)
            .add("sha256", contribution.sha256().hex())
            .add("characters", contribution.characters())
            .add("status", contribution.status().name())
            .add("acceptedAt", contribution.acceptedAt().toString());
    contribution.source().ifPresent(source -> view.add("source", source));
    contribution.date().ifPresent(date -> view.add("date", date.toString()));
    contribution
        .nearDuplicateOf()
        .map(ContributionId::toString)
        .ifPresent(original -> view.add("nearDuplicateOf", original));
    return view;
  }

  private static JsonObjectBuilder share(ContributorShare share) {
    JsonObjectBuilder view =
        Json.createObjectBuilder()
            .add("name", share.contributor().value())
            .add("share", share.basisPoints());
    share.address().ifPresent(address -> view.add("address", address.value()));
    return view;
  }

  static JsonObjectBuilder account(Account account) {
    JsonObjectBuilder view =
        Json.createObjectBuilder()
            .add("id", account.id().toString())
            .add("kind", account.id().kind().name())
            .add("name", account.id().name())
            .add("balance", account.balance().toString())
            .add("earned", account.earned().toString())
            .add("entries", account.entries());
    account.address().ifPresent(address -> view.add("address", address.value()));
    return view;
  }

  static JsonObjectBuilder model(DeskModel.Choice choice) {
    ModelInfo info = choice.info();
    JsonObjectBuilder view =
        Json.createObjectBuilder()
            .add("id", info.id().value())
            .add("family", info.family())
            .add("contextLength", info.contextLength())
            .add("digest", info.digest().hex())
            .add("asWanted", choice.asWanted())
            .add("why", choice.why());
    info.parent().ifPresent(parent -> view.add("parent", parent.value()));
    return view;
  }
}
