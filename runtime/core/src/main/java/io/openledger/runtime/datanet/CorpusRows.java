package io.openledger.runtime.datanet;

import io.openledger.api.Hash256;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.Purpose;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
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

  /** The contributions that were ever accepted up to a version, by sequence. */
  static List<Member> members(Connection c, DatanetId datanet, long version) throws SQLException {
    return Sql.list(
        c,
        "SELECT c.sequence_number, c.commitment, c.purposes, r.version AS retracted"
            + " FROM ol_changes a JOIN ol_contributions c ON c.datanet = a.datanet"
            + " AND c.sequence_number = a.sequence_number LEFT JOIN ol_changes r"
            + " ON r.datanet = a.datanet AND r.sequence_number = a.sequence_number"
            + " AND r.kind = 'RETRACT' WHERE a.datanet = ? AND a.kind = 'ACCEPT'"
            + " AND a.version <= ? ORDER BY c.sequence_number",
        CorpusRows::member,
        datanet.value(),
        version);
  }

  private static Member member(ResultSet row) throws SQLException {
    return new Member(
        row.getLong("sequence_number"),
        Sql.hash(row, "commitment"),
        ContributionRows.purposes(row.getString("purposes")).contains(Purpose.ATTRIBUTE),
        Sql.number(row, "retracted"));
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
