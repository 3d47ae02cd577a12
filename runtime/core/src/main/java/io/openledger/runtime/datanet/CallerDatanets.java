package io.openledger.runtime.datanet;

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
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.datanet.Grant;
import io.openledger.api.datanet.NextTokens;
import io.openledger.api.datanet.PhraseCount;
import io.openledger.api.datanet.SearchResult;
import io.openledger.api.datanet.TextLikelihood;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The repository as one caller has it. Every application may create datanets; a user needs the role
 * of a curator.
 *
 * <p>Longer than 250 lines because it is the whole of that interface; questions about content are
 * answered by {@link Searches} and {@link Continuing}.
 */
final class CallerDatanets implements DatanetRepository {

  private final DatanetService service;
  private final Store store;
  private final Caller caller;

  CallerDatanets(DatanetService service, Caller caller) {
    this.service = service;
    this.store = service.store();
    this.caller = caller;
  }

  @Override
  public Datanet create(DatanetDraft draft) {
    if (caller.user().isPresent() && !caller.is(Role.CURATOR)) {
      throw Access.forbidden(
          "a user without the role " + Role.CURATOR.label(),
          "applications, and users with that role or " + Role.ADMIN.label(),
          "ask an administrator for the role");
    }
    Plain.require("datanet title", draft.title());
    if (draft.description().indexOf('\0') >= 0) {
      throw OpenLedgerException.invalid("datanet description", "a zero character", "text");
    }
    return store.join("creating a datanet", c -> create(c, draft));
  }

  private Datanet create(Connection c, DatanetDraft draft) throws SQLException {
    Sql.lock(c, "datanets");
    if (DatanetRows.find(c, draft.id()).isPresent()) {
      throw new OpenLedgerException(
          ErrorCode.DATANET_EXISTS,
          "a datanet " + draft.id() + " exists",
          "a name that is not taken",
          "choose another name, or use the one that exists");
    }
    long count = Sql.number(c, "SELECT COUNT(*) FROM ol_datanets");
    if (count >= service.limits().datanets()) {
      throw OpenLedgerException.invalid(
          "the number of datanets",
          count,
          "at most " + service.limits().datanets() + " (openledger.limits.datanets)");
    }
    Datanet datanet =
        new Datanet(
            draft.id(),
            draft.title(),
            draft.description(),
            draft.visibility(),
            caller.grantee(),
            service.now(),
            0,
            0);
    DatanetRows.insert(
        c,
        new DatanetRow(datanet, UUID.randomUUID().toString(), MerkleFrontier.EMPTY, Hash256.ZERO));
    return datanet;
  }

  @Override
  public Optional<Datanet> find(DatanetId datanet) {
    return store.join(
        "finding a datanet",
        c ->
            readable(c, datanet)
                ? DatanetRows.find(c, datanet).map(DatanetRow::datanet)
                : Optional.empty());
  }

  @Override
  public List<Datanet> list() {
    return store.join(
        "listing datanets",
        c -> {
          Map<DatanetId, Set<DatanetRight>> granted = DatanetRows.granted(c, caller, service.now());
          return DatanetRows.list(c).stream()
              .filter(
                  row -> DatanetService.rights(caller, row, granted).contains(DatanetRight.READ))
              .map(DatanetRow::datanet)
              .toList();
        });
  }

  @Override
  public Contribution contribute(DatanetId datanet, ContributionDraft draft) {
    Acceptance acceptance = new Acceptance(service, caller, datanet, draft);
    DatanetRow row =
        store.join("finding a datanet", c -> require(c, datanet, DatanetRight.CONTRIBUTE));
    // before the row is locked, so that nobody who waits for the lock waits for the index as well
    service.indexes().followQuietly(datanet, row.datanet().version());
    return store.join(
        "accepting a contribution",
        c -> {
          require(c, datanet, DatanetRight.CONTRIBUTE);
          return acceptance.accept(c);
        });
  }

  @Override
  public Contribution retract(ContributionId contribution, String reason) {
    requireReason(reason);
    return store.join(
        "retracting a contribution",
        c -> {
          require(c, contribution.datanet(), DatanetRight.CURATE);
          return new Withdrawal(c, service, caller, contribution).retract(reason);
        });
  }

  @Override
  public Contribution erase(ContributionId contribution, String reason) {
    requireReason(reason);
    return store.join(
        "erasing a contribution",
        c -> {
          require(c, contribution.datanet(), DatanetRight.CURATE);
          return new Withdrawal(c, service, caller, contribution).erase(reason);
        });
  }

  private static void requireReason(String reason) {
    if (reason.isBlank() || reason.length() > 1000 || reason.indexOf('\0') >= 0) {
      throw OpenLedgerException.invalid(
          "reason", reason.length() + " characters", "1 to 1000 characters of text");
    }
  }

  @Override
  public Optional<Contribution> contribution(ContributionId contribution) {
    return store.join(
        "finding a contribution",
        c ->
            readable(c, contribution.datanet())
                ? ContributionRows.find(c, contribution)
                : Optional.empty());
  }

  @Override
  public Optional<String> text(ContributionId contribution) {
    return store.join(
        "reading a contribution",
        c ->
            readable(c, contribution.datanet())
                ? ContributionRows.text(c, contribution)
                : Optional.empty());
  }

  private boolean readable(Connection c, DatanetId datanet) throws SQLException {
    Optional<DatanetRow> row = DatanetRows.find(c, datanet);
    return row.isPresent() && rights(c, row.get()).contains(DatanetRight.READ);
  }

  @Override
  public Page<Contribution> find(DatanetId datanet, ContributionQuery query) {
    return store.join(
        "finding contributions",
        c -> {
          require(c, datanet, DatanetRight.READ);
          return ContributionRows.page(c, datanet, query);
        });
  }

  @Override
  public SearchResult search(DatanetSearch search) {
    return new Searches(service, caller).search(search);
  }

  @Override
  public PhraseCount count(String phrase, DatanetScope scope) {
    return new Searches(service, caller)
        .search(new DatanetSearch(List.of(phrase), scope, 0))
        .phrases()
        .get(0);
  }

  @Override
  public NextTokens next(String text, DatanetScope scope, int limit) {
    return new Continuing(service, caller).next(text, scope, limit);
  }

  @Override
  public TextLikelihood likelihood(String text, DatanetScope scope) {
    return new Continuing(service, caller).likelihood(text, scope);
  }

  @Override
  public void grant(Grant grant) {
    store.join(
        "granting rights",
        c -> {
          require(c, grant.datanet(), DatanetRight.CURATE);
          DatanetRows.lock(c, grant.datanet());
          int most = service.limits().datanetGrants();
          if (!grant.rights().isEmpty()
              && DatanetRows.grants(c, grant.datanet(), service.now()).size() >= most) {
            throw OpenLedgerException.invalid(
                "the number of grants of " + grant.datanet(),
                most,
                "fewer than " + most + " (openledger.limits.datanet-grants)");
          }
          DatanetRows.replaceGrant(c, grant, caller, service.now());
          return true;
        });
  }

  @Override
  public List<Grant> grants(DatanetId datanet) {
    return store.join(
        "listing grants",
        c -> {
          require(c, datanet, DatanetRight.CURATE);
          return DatanetRows.grants(c, datanet, service.now());
        });
  }

  @Override
  public DatanetSnapshot snapshot(DatanetId datanet) {
    return store.join("taking a snapshot", c -> require(c, datanet, DatanetRight.READ).snapshot());
  }

  private DatanetRow require(Connection c, DatanetId datanet, DatanetRight right)
      throws SQLException {
    DatanetRow row = DatanetRows.find(c, datanet).orElseThrow(() -> Access.unknown(datanet));
    Access.require(datanet, rights(c, row), right);
    return row;
  }

  private Set<DatanetRight> rights(Connection c, DatanetRow row) throws SQLException {
    return DatanetService.rights(caller, row, DatanetRows.granted(c, caller, service.now()));
  }
}
