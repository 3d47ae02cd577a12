package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.Datanet;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.Grant;
import io.openledger.runtime.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Datanets in memory, without rights. */
final class FakeDatanets {

  private final Map<DatanetId, Datanet> datanets = new TreeMap<>();
  final Map<ContributionId, Contribution> contributions = new TreeMap<>();
  final Map<ContributionId, String> texts = new TreeMap<>();
  final List<Grant> grants = new ArrayList<>();
  final List<ContributionQuery> queries = new ArrayList<>();

  DatanetRepository as(Caller caller) {
    return new DatanetRepository() {
      @Override
      public Datanet create(DatanetDraft d) {
        if (datanets.containsKey(d.id())) {
          throw new OpenLedgerException(
              ErrorCode.DATANET_EXISTS, "datanet " + d.id(), "a new name", "choose another");
        }
        Datanet made =
            new Datanet(
                d.id(),
                d.title(),
                d.description(),
                d.visibility(),
                caller.grantee(),
                FakeServer.NOW,
                0,
                0);
        datanets.put(d.id(), made);
        return made;
      }

      @Override
      public Optional<Datanet> find(DatanetId datanet) {
        return Optional.ofNullable(datanets.get(datanet));
      }

      @Override
      public List<Datanet> list() {
        return List.copyOf(datanets.values());
      }

      @Override
      public Contribution contribute(DatanetId datanet, ContributionDraft d) {
        ContributionId id = new ContributionId(datanet, contributions.size() + 1L);
        Contribution c =
            new Contribution(
                id,
                d.key(),
                d.title(),
                Hash256.sha256(d.text()),
                d.mediaType(),
                d.text().length(),
                d.contributors(),
                d.licence(),
                d.source(),
                d.language(),
                d.date(),
                d.purposes(),
                FakeServer.NOW,
                Contribution.Status.ACTIVE,
                Optional.empty());
        contributions.put(id, c);
        texts.put(id, d.text());
        return c;
      }

      @Override
      public Contribution retract(ContributionId contribution, String reason) {
        texts.remove(contribution);
        return contributions.computeIfPresent(contribution, (id, c) -> FakeServer.retracted(c));
      }

      @Override
      public Optional<Contribution> contribution(ContributionId contribution) {
        return Optional.ofNullable(contributions.get(contribution));
      }

      @Override
      public Optional<String> text(ContributionId contribution) {
        return Optional.ofNullable(texts.get(contribution));
      }

      @Override
      public Page<Contribution> find(DatanetId datanet, ContributionQuery query) {
        queries.add(query);
        List<Contribution> all =
            contributions.values().stream().filter(c -> c.id().datanet().equals(datanet)).toList();
        return new Page<>(
            all.stream().skip(query.offset()).limit(query.limit()).toList(),
            all.size(),
            query.offset(),
            query.limit());
      }

      @Override
      public void grant(Grant grant) {
        grants.add(grant);
      }

      @Override
      public List<Grant> grants(DatanetId datanet) {
        return List.copyOf(grants);
      }

      @Override
      public DatanetSnapshot snapshot(DatanetId datanet) {
        return new DatanetSnapshot(datanet, 2, 2, 1, Hash256.ZERO);
      }
    };
  }
}
