package io.openledger.runtime.cdi;

import io.openledger.api.Page;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.Datanet;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.NextTokens;
import io.openledger.api.datanet.PhraseCount;
import io.openledger.api.datanet.SearchResult;
import io.openledger.api.datanet.TextLikelihood;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** The injected repository: looked up on the server at each call. */
final class ServerDatanets implements DatanetRepository, Serializable {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a client proxy
  private final Application application;

  ServerDatanets(Application application) {
    this.application = application;
  }

  private DatanetRepository now() {
    return application.server().datanets(application.caller());
  }

  @Override
  public Datanet create(DatanetDraft draft) {
    return now().create(draft);
  }

  @Override
  public Optional<Datanet> find(DatanetId datanet) {
    return now().find(datanet);
  }

  @Override
  public List<Datanet> list() {
    return now().list();
  }

  @Override
  public Contribution contribute(DatanetId datanet, ContributionDraft draft) {
    return now().contribute(datanet, draft);
  }

  @Override
  public Contribution retract(ContributionId contribution, String reason) {
    return now().retract(contribution, reason);
  }

  @Override
  public Contribution erase(ContributionId contribution, String reason) {
    return now().erase(contribution, reason);
  }

  @Override
  public Optional<Contribution> contribution(ContributionId contribution) {
    return now().contribution(contribution);
  }

  @Override
  public Optional<String> text(ContributionId contribution) {
    return now().text(contribution);
  }

  @Override
  public Page<Contribution> find(DatanetId datanet, ContributionQuery query) {
    return now().find(datanet, query);
  }

  @Override
  public SearchResult search(DatanetSearch search) {
    return now().search(search);
  }

  @Override
  public PhraseCount count(String phrase, DatanetScope scope) {
    return now().count(phrase, scope);
  }

  @Override
  public NextTokens next(String text, DatanetScope scope, int limit) {
    return now().next(text, scope, limit);
  }

  @Override
  public TextLikelihood likelihood(String text, DatanetScope scope) {
    return now().likelihood(text, scope);
  }

  @Override
  public void grant(Grant grant) {
    now().grant(grant);
  }

  @Override
  public List<Grant> grants(DatanetId datanet) {
    return now().grants(datanet);
  }

  @Override
  public DatanetSnapshot snapshot(DatanetId datanet) {
    return now().snapshot(datanet);
  }
}
