package io.openledger.runtime.datanet;

import io.openledger.api.Hash256;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.Purpose;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a datanet had at a version, from its journal, and the roots that are recorded of it. */
final class CorpusRows {

  private CorpusRows() {}

  /**
   * A contribution that was accepted at the version or before.
   *
   * @param sequence which
   * @param leaf what the datanet's tree holds for it
   * @param attributed whether answers may be attributed to it
   * @param retracted the version that retracted it, if one has by now
   */
  record Member(long sequence, Hash256 leaf, boolean attributed, OptionalLong retracted) {

    /** Whether an answer of that version could be attributed to it. */
    boolean foundAt(long version) {
      return attributed && (retracted.isEmpty() || retracted.getAsLong() > version);
    }
  }

  /**
   * The contributions that were ever accepted up to a version, by sequence. Two scans and no join,
   * which no index of the journal would help: sequences are given in order of acceptance without
   * gaps, so as many as were accepted are those that were.
   */
  static List<Member> members(Connection c, DatanetId datanet, long version) throws SQLException {
    long accepted =
        Sql.number(
            c,
            "SELECT COUNT(*) FROM ol_changes WHERE datanet = ? AND version <= ?"
                + " AND kind = 'ACCEPT'",
            datanet.value(),
            version);
    Map<Long, Long> retracted = new HashMap<>();
    Sql.list(
        c,
        "SELECT sequence_number, version FROM ol_changes WHERE datanet = ? AND kind = 'RETRACT'",
        row -> retracted.put(row.getLong("sequence_number"), row.getLong("version")),
        datanet.value());
    return Sql.list(
        c,
        "SELECT sequence_number, commitment, purposes FROM ol_contributions WHERE datanet = ?"
            + " AND sequence_number <= ? ORDER BY sequence_number",
        row -> member(row, retracted),
        datanet.value(),
        accepted);
  }

  private static Member member(ResultSet row, Map<Long, Long> retracted) throws SQLException {
    long sequence = row.getLong("sequence_number");
    Long version = retracted.get(sequence);
    return new Member(
        sequence,
        Sql.hash(row, "commitment"),
        ContributionRows.purposes(row.getString("purposes")).contains(Purpose.ATTRIBUTE),
        version == null ? OptionalLong.empty() : OptionalLong.of(version));
  }

  /**
   * A recorded root.
   *
   * @param tokenizer digest of the one that made the tokens
   * @param root the value
   */
  record Root(Hash256 tokenizer, Hash256 root) {}

  static Optional<Root> root(Connection c, DatanetId datanet, long version) throws SQLException {
    return Sql.first(
        c,
        "SELECT tokenizer, root FROM ol_corpus_roots WHERE datanet = ? AND version = ?",
        row -> new Root(Sql.hash(row, "tokenizer"), Sql.hash(row, "root")),
        datanet.value(),
        version);
  }

  /** Records a root unless there is one; gives the one that is recorded then. */
  static Root record(
      Connection c, DatanetId datanet, long version, Root root, long tokens, Instant at)
      throws SQLException {
    // two servers may have computed it at once: the datanet's row lets one of them write
    if (DatanetRows.lock(c, datanet).isEmpty()) {
      throw Access.unknown(datanet);
    }
    Optional<Root> before = root(c, datanet, version);
    if (before.isPresent()) {
      return before.get();
    }
    Sql.update(
        c,
        "INSERT INTO ol_corpus_roots (datanet, version, tokenizer, root, tokens, created)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        datanet.value(),
        version,
        root.tokenizer(),
        root.root(),
        tokens,
        at);
    return root;
  }
}
