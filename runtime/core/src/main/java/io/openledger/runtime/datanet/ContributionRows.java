package io.openledger.runtime.datanet;

import io.openledger.api.Hash256;
import io.openledger.api.Page;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.Licence;
import io.openledger.api.datanet.Purpose;
import io.openledger.api.reward.ChainAddress;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** The rows of contributions and shares. */
public final class ContributionRows {

  private static final String SELECT =
      "SELECT c.sequence_number, c.contribution_key, c.title, c.sha256, c.media_type, c.characters,"
          + " c.licence, c.source, c.language, c.made_on, c.purposes, c.accepted_at, c.status,"
          + " n.owner_sequence, e.sequence_number AS erased FROM ol_contributions c"
          + " LEFT JOIN ol_near_duplicates n"
          + " ON n.datanet = c.datanet AND n.sequence_number = c.sequence_number"
          + " LEFT JOIN ol_erasures e"
          + " ON e.datanet = c.datanet AND e.sequence_number = c.sequence_number"
          + " WHERE c.datanet = ?";

  private ContributionRows() {}

  static Optional<Contribution> find(Connection c, ContributionId id) throws SQLException {
    return one(c, id.datanet(), " AND c.sequence_number = ?", id.sequence());
  }

  static Optional<Contribution> byKey(Connection c, DatanetId datanet, String key)
      throws SQLException {
    return one(c, datanet, " AND c.contribution_key = ?", key);
  }

  static Optional<Contribution> byActiveContent(Connection c, DatanetId datanet, Hash256 sha256)
      throws SQLException {
    return one(c, datanet, " AND c.active_sha256 = ?", sha256);
  }

  private static Optional<Contribution> one(
      Connection c, DatanetId datanet, String condition, Object arg) throws SQLException {
    return list(c, datanet, condition, arg).stream().findFirst();
  }

  /** The contributions of one datanet, by sequence; unknown ones are left out. */
  public static List<Contribution> findAll(
      Connection c, DatanetId datanet, Collection<Long> sequences) throws SQLException {
    return sequences.isEmpty()
        ? List.of()
        : list(
            c,
            datanet,
            " AND c.sequence_number IN ("
                + Sql.marks(sequences.size())
                + ") ORDER BY c.sequence_number",
            sequences.toArray());
  }

  static Page<Contribution> page(Connection c, DatanetId datanet, ContributionQuery query)
      throws SQLException {
    StringBuilder where = new StringBuilder();
    List<Object> args = new ArrayList<>();
    query
        .contributor()
        .ifPresent(
            who -> {
              where.append(
                  " AND EXISTS (SELECT 1 FROM ol_shares s WHERE s.datanet = c.datanet"
                      + " AND s.sequence_number = c.sequence_number AND s.contributor = ?)");
              args.add(who.value());
            });
    query
        .titleContains()
        .ifPresent(
            part -> {
              where.append(" AND LOWER(c.title) LIKE ? ESCAPE '!'");
              args.add("%" + part.toLowerCase(Locale.ROOT).replaceAll("([!%_])", "!$1") + "%");
            });
    query
        .status()
        .ifPresent(
            status -> {
              boolean erased = status == Contribution.Status.ERASED;
              where
                  .append(" AND c.status = ? AND")
                  .append(erased ? "" : " NOT")
                  .append(" EXISTS (SELECT 1 FROM ol_erasures x WHERE x.datanet = c.datanet")
                  .append(" AND x.sequence_number = c.sequence_number)");
              args.add(erased ? Contribution.Status.RETRACTED : status);
            });
    List<Object> counted = new ArrayList<>(args);
    counted.add(0, datanet.value());
    long total =
        Sql.number(
            c,
            "SELECT COUNT(*) FROM ol_contributions c WHERE c.datanet = ?" + where,
            counted.toArray());
    args.add(query.limit());
    args.add(query.offset());
    List<Contribution> items =
        list(c, datanet, where + " ORDER BY c.sequence_number LIMIT ? OFFSET ?", args.toArray());
    return new Page<>(items, Math.max(total, items.size()), query.offset(), query.limit());
  }

  private static List<Contribution> list(
      Connection c, DatanetId datanet, String condition, Object... args) throws SQLException {
    Object[] all = new Object[args.length + 1];
    all[0] = datanet.value();
    System.arraycopy(args, 0, all, 1, args.length);
    List<Contribution> bare = Sql.list(c, SELECT + condition, row -> read(datanet, row), all);
    Map<Long, List<ContributorShare>> shares =
        shares(c, datanet, bare.stream().map(b -> b.id().sequence()).toList());
    return bare.stream()
        .map(b -> with(b, shares.getOrDefault(b.id().sequence(), List.of())))
        .toList();
  }

  private static Map<Long, List<ContributorShare>> shares(
      Connection c, DatanetId datanet, List<Long> sequences) throws SQLException {
    Map<Long, List<ContributorShare>> shares = new HashMap<>();
    if (sequences.isEmpty()) {
      return shares;
    }
    Object[] args = new Object[sequences.size() + 1];
    args[0] = datanet.value();
    for (int i = 0; i < sequences.size(); i++) {
      args[i + 1] = sequences.get(i);
    }
    Sql.list(
        c,
        "SELECT s.sequence_number, s.contributor, s.basis_points, a.address FROM ol_shares s"
            + " LEFT JOIN ol_accounts a ON a.account_kind = 'CONTRIBUTOR'"
            + " AND a.account_name = s.contributor WHERE s.datanet = ? AND s.sequence_number IN ("
            + Sql.marks(sequences.size())
            + ") ORDER BY s.sequence_number, s.place",
        row ->
            shares
                .computeIfAbsent(row.getLong("sequence_number"), s -> new ArrayList<>())
                .add(
                    new ContributorShare(
                        new ContributorId(row.getString("contributor")),
                        Sql.text(row, "address").map(ChainAddress::new),
                        row.getInt("basis_points"))),
        args);
    return shares;
  }

  private static Contribution with(Contribution b, List<ContributorShare> shares) {
    return new Contribution(
        b.id(),
        b.key(),
        b.title(),
        b.sha256(),
        b.mediaType(),
        b.characters(),
        shares,
        b.licence(),
        b.source(),
        b.language(),
        b.date(),
        b.purposes(),
        b.acceptedAt(),
        b.status(),
        b.nearDuplicateOf());
  }

  private static Contribution read(DatanetId datanet, ResultSet row) throws SQLException {
    OptionalLong owner = Sql.number(row, "owner_sequence");
    return new Contribution(
        new ContributionId(datanet, row.getLong("sequence_number")),
        Sql.text(row, "contribution_key"),
        row.getString("title"),
        Sql.hash(row, "sha256"),
        row.getString("media_type"),
        row.getInt("characters"),
        List.of(),
        new Licence(row.getString("licence")),
        Sql.text(row, "source"),
        Sql.text(row, "language"),
        Optional.ofNullable(row.getObject("made_on", LocalDate.class)),
        purposes(row.getString("purposes")),
        Sql.instant(row, "accepted_at"),
        Sql.number(row, "erased").isPresent()
            ? Contribution.Status.ERASED
            : Contribution.Status.valueOf(row.getString("status")),
        owner.isPresent()
            ? Optional.of(new ContributionId(datanet, owner.getAsLong()))
            : Optional.empty());
  }

  static Set<Purpose> purposes(String text) {
    Set<Purpose> purposes = EnumSet.noneOf(Purpose.class);
    for (String purpose : text.split(",", -1)) {
      purposes.add(Purpose.valueOf(purpose));
    }
    return purposes;
  }

  static void insert(
      Connection c, Contribution b, String text, String by, String salt, Hash256 commitment)
      throws SQLException {
    String datanet = b.id().datanet().value();
    long sequence = b.id().sequence();
    Sql.update(
        c,
        "INSERT INTO ol_contributions (datanet, sequence_number, contribution_key, title, sha256,"
            + " active_sha256, media_type, characters, licence, source, language, made_on,"
            + " purposes, accepted_at, accepted_by, salt, commitment, status, content)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        datanet,
        sequence,
        b.key(),
        b.title(),
        b.sha256(),
        b.sha256(),
        b.mediaType(),
        b.characters(),
        b.licence().spdx(),
        b.source(),
        b.language(),
        b.date(),
        b.purposes().stream().sorted().map(Enum::name).collect(Collectors.joining(",")),
        b.acceptedAt(),
        by,
        salt,
        commitment,
        b.status(),
        text);
    List<Object[]> shares = new ArrayList<>();
    for (ContributorShare share : b.contributors()) {
      shares.add(
          new Object[] {
            datanet, sequence, shares.size(), share.contributor().value(), share.basisPoints()
          });
    }
    Sql.batch(
        c,
        "INSERT INTO ol_shares (datanet, sequence_number, place, contributor, basis_points)"
            + " VALUES (?, ?, ?, ?, ?)",
        shares);
  }

  static Optional<String> text(Connection c, ContributionId id) throws SQLException {
    return Sql.first(
        c,
        "SELECT content FROM ol_contributions WHERE datanet = ? AND sequence_number = ?"
            + " AND status = 'ACTIVE'",
        row -> row.getString("content"),
        id.datanet().value(),
        id.sequence());
  }

  /** The commitment of a contribution and the salt in it; that is empty when it was erased. */
  public record Committed(Hash256 leaf, String salt) {}

  /** What the datanet's tree holds for the contribution. */
  public static Committed committed(Connection c, ContributionId id) throws SQLException {
    return Sql.first(
            c,
            "SELECT commitment, salt FROM ol_contributions"
                + " WHERE datanet = ? AND sequence_number = ?",
            row -> new Committed(Sql.hash(row, "commitment"), row.getString("salt")),
            id.datanet().value(),
            id.sequence())
        .orElseThrow();
  }

  /** Writes that the contribution was compared with the earlier ones, once. */
  static void insertNearDuplicate(Connection c, ContributionId id, OptionalLong owner)
      throws SQLException {
    Sql.update(
        c,
        "INSERT INTO ol_near_duplicates (datanet, sequence_number, owner_sequence)"
            + " VALUES (?, ?, ?)",
        id.datanet().value(),
        id.sequence(),
        owner);
  }

  /** The first of the chain of repetitions that a contribution belongs to. */
  static OptionalLong rootOwner(Connection c, DatanetId datanet, OptionalLong found)
      throws SQLException {
    if (found.isEmpty()) {
      return found;
    }
    // Owners are stored as roots already, so one step reaches the end of the chain. A retracted
    // root
    // owns nothing: what repeats its repetition then belongs to that, not to itself.
    OptionalLong above =
        Sql.first(
                c,
                "SELECT n.owner_sequence AS owner_sequence FROM ol_near_duplicates n"
                    + " JOIN ol_contributions o ON o.datanet = n.datanet"
                    + " AND o.sequence_number = n.owner_sequence"
                    + " WHERE n.datanet = ? AND n.sequence_number = ? AND o.status = 'ACTIVE'",
                row -> Sql.number(row, "owner_sequence"),
                datanet.value(),
                found.getAsLong())
            .orElse(OptionalLong.empty());
    return above.isPresent() ? above : found;
  }
}
