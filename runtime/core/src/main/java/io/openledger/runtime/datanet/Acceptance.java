package io.openledger.runtime.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.Datanet;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.runtime.Caller;
import io.openledger.runtime.ledger.Accounts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Accepts one contribution: everything that is refused is refused before anything is written. */
final class Acceptance {

  private final DatanetService service;
  private final Caller caller;
  private final DatanetId datanet;
  private final ContributionDraft draft;
  private final Content content;
  private final Optional<int[]> tokens;

  Acceptance(DatanetService service, Caller caller, DatanetId datanet, ContributionDraft draft) {
    this.service = service;
    this.caller = caller;
    this.datanet = datanet;
    this.draft = draft;
    Plain.require("title", draft.title());
    draft.key().ifPresent(v -> Plain.require("key", v));
    draft.source().ifPresent(v -> Plain.require("source", v));
    this.content = Content.normalise(draft.text(), service.limits().contributionBytes());
    Optional<TextTokenizer> tokenizer = service.indexes().tokenizer();
    this.tokens = tokenizer.map(t -> t.encode(content.text()).tokens());
  }

  /** Accepts it, or finds what was accepted before under the same key. */
  Contribution accept(Connection c) throws SQLException {
    DatanetRow row = DatanetRows.lock(c, datanet).orElseThrow(() -> Access.unknown(datanet));
    Optional<Contribution> before = byKey(c);
    if (before.isPresent()) {
      return before.get();
    }
    refuseDuplicate(c);
    refuseOverfull(row);
    refuseAddressesOfOthers();
    List<ContributorShare> contributors = Accounts.adopt(c, draft.contributors());

    long sequence = row.frontier().size() + 1;
    ContributionId id = new ContributionId(datanet, sequence);
    Optional<Indexes.Compared> compared =
        tokens.flatMap(
            t -> service.indexes().compare(datanet, row.datanet().version(), sequence, t));
    OptionalLong owner =
        compared.isEmpty()
            ? OptionalLong.empty()
            : ContributionRows.rootOwner(c, datanet, compared.get().repeats());
    Contribution accepted = contribution(id, contributors, owner);

    String salt = salt();
    var leaf = Commitment.leaf(accepted, salt);
    ContributionRows.insert(c, accepted, content.text(), caller.grantee().toString(), salt, leaf);
    if (compared.isPresent()) {
      ContributionRows.insertNearDuplicate(c, id, owner);
    }
    MerkleFrontier grown = row.frontier().plus(leaf);
    DatanetRow next = new DatanetRow(changed(row.datanet(), 1), row.uid(), grown, grown.root());
    DatanetRows.advance(c, next, "ACCEPT", sequence, caller, accepted.acceptedAt());
    service.followAfterCommit(next);
    return accepted;
  }

  // An address is set once, and everything a contributor ever earned is paid there: a user may say
  // where the user is paid, and nobody else.
  private void refuseAddressesOfOthers() {
    if (caller.user().isEmpty() || caller.is(Caller.Role.ADMIN)) {
      return;
    }
    for (ContributorShare share : draft.contributors()) {
      if (share.address().isPresent() && !share.contributor().value().equals(caller.user().get())) {
        throw Access.forbidden(
            "an address for contributor " + share.contributor(),
            "a user's own address; those of others from applications and admins",
            "leave the address out; its owner or an admin can give it");
      }
    }
  }

  /** The datanet after one change. */
  static Datanet changed(Datanet d, int activeMore) {
    return new Datanet(
        d.id(),
        d.title(),
        d.description(),
        d.visibility(),
        d.owner(),
        d.createdAt(),
        d.version() + 1,
        d.contributions() + activeMore);
  }

  private Optional<Contribution> byKey(Connection c) throws SQLException {
    if (draft.key().isEmpty()) {
      return Optional.empty();
    }
    Optional<Contribution> before = ContributionRows.byKey(c, datanet, draft.key().get());
    if (before.isPresent() && before.get().status() == Contribution.Status.ERASED) {
      throw new OpenLedgerException(
          ErrorCode.CONTRIBUTION_KEY_REUSED,
          "a key of contribution " + before.get().id() + ", which was erased",
          "keys of contributions that were not erased",
          "do not send this content again; other content takes another key");
    }
    if (before.isPresent() && !before.get().sha256().equals(content.sha256())) {
      throw new OpenLedgerException(
          ErrorCode.CONTRIBUTION_KEY_REUSED,
          "a key that contribution " + before.get().id() + " has with other content",
          "one content a key",
          "use another key, or retract and contribute under a new key");
    }
    return before;
  }

  private void refuseDuplicate(Connection c) throws SQLException {
    Optional<Contribution> before = ContributionRows.byActiveContent(c, datanet, content.sha256());
    if (before.isPresent()) {
      throw new OpenLedgerException(
          ErrorCode.CONTRIBUTION_DUPLICATE,
          "content that was accepted before as " + before.get().id(),
          "content that is not in datanet " + datanet + " yet",
          "the first contribution owns the credit; contribute something of your own");
    }
  }

  private void refuseOverfull(DatanetRow row) {
    int most = service.limits().datanetContributions();
    if (row.frontier().size() >= most) {
      throw new OpenLedgerException(
          ErrorCode.CONTRIBUTION_TOO_LARGE,
          "datanet " + datanet + " has accepted " + row.frontier().size() + " contributions",
          "at most " + most + " (openledger.limits.datanet-contributions)",
          "raise the limit or create another datanet");
    }
  }

  private Contribution contribution(
      ContributionId id, List<ContributorShare> contributors, OptionalLong owner) {
    Instant now = service.now();
    return new Contribution(
        id,
        draft.key(),
        draft.title(),
        content.sha256(),
        draft.mediaType(),
        content.text().length(),
        contributors,
        draft.licence(),
        draft.source(),
        draft.language(),
        draft.date(),
        draft.purposes(),
        now,
        Contribution.Status.ACTIVE,
        owner.isPresent()
            ? Optional.of(new ContributionId(datanet, owner.getAsLong()))
            : Optional.empty());
  }

  private String salt() {
    byte[] salt = new byte[16];
    service.random().nextBytes(salt);
    return HexFormat.of().formatHex(salt);
  }
}
