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
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.NextTokens;
import io.openledger.api.datanet.PhraseCount;
import io.openledger.api.datanet.SearchResult;
import io.openledger.api.datanet.TextLikelihood;
import io.openledger.runtime.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Datanets in memory, without rights. */
final class FakeDatanets {

  private final Map<DatanetId, Datanet> datanets = new TreeMap<>();
  final Map<ContributionId, Contribution> contributions = new TreeMap<>();
  final Map<ContributionId, String> texts = new TreeMap<>();
  final Map<ContributionId, String> erasures = new TreeMap<>();
  final List<Grant> grants = new ArrayList<>();
  final List<ContributionQuery> queries = new ArrayList<>();
  final List<DatanetSearch> searches = new ArrayList<>();
  final List<DatanetScope> scopes = new ArrayList<>();

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
      public Contribution erase(ContributionId contribution, String reason) {
        texts.remove(contribution);
        erasures.put(contribution, reason);
        return contributions.computeIfPresent(contribution, (id, c) -> FakeServer.erased(c));
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
      public SearchResult search(DatanetSearch search) {
        searches.add(search);
        // every contribution, each phrase where Java finds it first
        List<SearchResult.Hit> hits =
            texts.entrySet().stream()
                .map(
                    e ->
                        new SearchResult.Hit(
                            e.getKey(),
                            title(e.getKey()),
                            IntStream.range(0, search.phrases().size())
                                .mapToObj(i -> place(i, e.getValue(), search.phrases().get(i)))
                                .toList(),
                            search.phrases().size()))
                .limit(search.limit())
                .toList();
        return new SearchResult(
            texts.size(),
            search.phrases().stream().map(p -> count(p, search.scope())).toList(),
            hits,
            List.of(snapshot(new DatanetId("clauses"))));
      }

      private String title(ContributionId id) {
        return contribution(id).map(Contribution::title).orElseThrow();
      }

      private SearchResult.Place place(int i, String text, String phrase) {
        return new SearchResult.Place(
            i, text.indexOf(phrase), text.indexOf(phrase) + phrase.length());
      }

      @Override
      public PhraseCount count(String phrase, DatanetScope scope) {
        return new PhraseCount(phrase.length(), texts.size());
      }

      @Override
      public NextTokens next(String text, DatanetScope scope, int limit) {
        scopes.add(scope);
        return new NextTokens(
            1,
            text.length() - 1,
            4,
            1,
            2,
            List.of(new NextTokens.Candidate(7, " é", 3, 0.75)),
            List.of(snapshot(new DatanetId("clauses"))));
      }

      @Override
      public TextLikelihood likelihood(String text, DatanetScope scope) {
        scopes.add(scope);
        return new TextLikelihood(
            List.of(
                new TextLikelihood.Token(0, 1, 0, 8, 2),
                new TextLikelihood.Token(1, text.length(), 1, 2, 0)),
            List.of());
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
