package io.openledger.runtime.cdi;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.Datanet;
import io.openledger.api.datanet.DatanetHandle;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.SearchResult;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** The injected datanet: the repository with the name already said. */
final class NamedDatanet implements DatanetHandle, Serializable {

  private static final long serialVersionUID = 1L;

  private final ServerDatanets datanets;

  // a text because DatanetId is not serializable
  private final String name;

  NamedDatanet(ServerDatanets datanets, DatanetId id) {
    this.datanets = datanets;
    this.name = id.value();
  }

  @Override
  public DatanetId id() {
    return new DatanetId(name);
  }

  @Override
  public Optional<Datanet> find() {
    return datanets.find(id());
  }

  @Override
  public Contribution contribute(ContributionDraft draft) {
    return datanets.contribute(id(), draft);
  }

  @Override
  public Contribution retract(ContributionId contribution, String reason) {
    return datanets.retract(own(contribution), reason);
  }

  @Override
  public Contribution erase(ContributionId contribution, String reason) {
    return datanets.erase(own(contribution), reason);
  }

  private ContributionId own(ContributionId contribution) {
    if (!contribution.datanet().equals(id())) {
      throw OpenLedgerException.invalid(
          "contribution", contribution, "a contribution of datanet " + name);
    }
    return contribution;
  }

  @Override
  public Page<Contribution> find(ContributionQuery query) {
    return datanets.find(id(), query);
  }

  @Override
  public SearchResult search(List<String> phrases, int limit) {
    return datanets.search(new DatanetSearch(phrases, DatanetScope.of(id()), limit));
  }

  @Override
  public DatanetSnapshot snapshot() {
    return datanets.snapshot(id());
  }
}
