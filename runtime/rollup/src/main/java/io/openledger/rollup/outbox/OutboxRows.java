package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.Attempt.Kind;
import io.openledger.rollup.outbox.Entry.Place;
import io.openledger.rollup.outbox.Entry.Wish;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * The statements of the outbox, one method each; that is why the class is long. The caller brings
 * the connection, and so the transaction.
 */
final class OutboxRows {

  private static final String COLUMNS =
      "SELECT business_key, content, chain_id, signer, nonce, state, transaction_hash,"
          + " block_number, block_hash, detail, wish, submitted_at, since, unproven_since"
          + " FROM ol_outbox";
  private static final String OURS = " WHERE chain_id = ? AND signer = ?";
  private static final String OPEN = OURS + " AND open_nonce >= 0";
  private static final int LONGEST_DETAIL = 1000;

  /** Messages that are pruned at once; a node does so every ten minutes, or sooner. */
  private static final int PRUNED_AT_ONCE = 2000;

  /** Wishes that are read at once, those for other keys' messages included. */
  private static final int MOST_WISHES = 1000;

  /** Nonces that are compared at once: of a message that stands for long there are many later. */
  private static final long NONCES_AT_ONCE = 5000;

  /** Keys in one statement. */
  private static final int AT_ONCE = 100;

  private final Identity identity;

  OutboxRows(Identity identity) {
    this.identity = identity;
  }

  private Object[] ours(Object... more) {
    Object[] all = new Object[more.length + 2];
    all[0] = identity.chainId();
    all[1] = identity.signer().value();
    System.arraycopy(more, 0, all, 2, more.length);
    return all;
  }

  private static Entry entry(ResultSet row) throws SQLException {
    OptionalLong block = Sql.number(row, "block_number");
    Optional<String> hash = Sql.text(row, "block_hash");
    return new Entry(
        row.getString("business_key"),
        Sql.hash(row, "content"),
        row.getLong("chain_id"),
        new ChainAddress(row.getString("signer")),
        row.getLong("nonce"),
        State.valueOf(row.getString("state")),
        Sql.hash(row, "transaction_hash"),
        block.isPresent() && hash.isPresent()
            ? Optional.of(new Place(block.getAsLong(), Hash256.parse(hash.get())))
            : Optional.empty(),
        Sql.text(row, "detail"),
        Sql.text(row, "wish").map(Wish::valueOf),
        Sql.instant(row, "submitted_at"),
        Sql.instant(row, "since"),
        row.getObject("unproven_since") != null);
  }

  /** The message of a business key, whoever signed it. */
  Optional<Entry> find(Connection c, String key) throws SQLException {
    return Sql.first(c, COLUMNS + " WHERE business_key = ?", OutboxRows::entry, key);
  }

  /** A new message, and its bytes. */
  void insert(Connection c, String key, Hash256 content, long nonce, Kind kind, Made made)
      throws SQLException {
    Sql.update(
        c,
        "INSERT INTO ol_outbox (business_key, content, chain_id, signer, nonce, open_nonce,"
            + " state, transaction_hash, submitted_at, since)"
            + " VALUES (?, ?, ?, ?, ?, ?, 'STORED', ?, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)",
        key,
        content,
        identity.chainId(),
        identity.signer().value(),
        nonce,
        nonce,
        made.signed().hash());
    attempt(c, key, nonce, kind, made);
  }

  /**
   * Signed bytes, and what they offer.
   *
   * @param signed the bytes
   * @param fees in them
   */
  record Made(SignedTransaction signed, Fees fees) {}

  /** More bytes for a message. */
  void attempt(Connection c, String key, long nonce, Kind kind, Made made) throws SQLException {
    Sql.update(
        c,
        "INSERT INTO ol_outbox_attempts (transaction_hash, business_key, nonce, kind, tip, cap,"
            + " raw, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?, CURRENT_TIMESTAMP)",
        made.signed().hash(),
        key,
        nonce,
        kind,
        made.fees().maxPriorityFeePerGas().value(),
        made.fees().maxFeePerGas().value(),
        HexFormat.of().formatHex(made.signed().toBytes()));
  }

  /** The hash that was signed last is the one that counts, while none is in a block. */
  void newest(Connection c, String key, Hash256 transaction) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_outbox SET transaction_hash = ? WHERE business_key = ? AND open_nonce = nonce",
        transaction,
        key);
  }

  /**
   * Another nonce, and bytes with it, for a message whose own can never be in a block.
   *
   * @return false, and nothing is written, if it is other than it was read, or to be taken back
   */
  boolean move(Connection c, Entry entry, long nonce, Made made, String why) throws SQLException {
    int changed =
        Sql.update(
            c,
            "UPDATE ol_outbox SET nonce = ?, open_nonce = ?, state = 'STORED',"
                + " transaction_hash = ?, block_number = NULL, block_hash = NULL, detail = ?,"
                + " wish = NULL, since = CURRENT_TIMESTAMP, kept_since = NULL,"
                + " unproven_since = NULL"
                + " WHERE business_key = ? AND nonce = ? AND state = ?"
                + " AND (wish IS NULL OR wish <> 'CANCEL')",
            nonce,
            nonce,
            made.signed().hash(),
            shortened(why),
            entry.key(),
            entry.nonce(),
            entry.state());
    if (changed == 1) {
      attempt(c, entry.key(), nonce, Kind.CALL, made);
    }
    return changed == 1;
  }

  /**
   * Whether so many messages or more are not final, those before a nonce that is not given yet.
   * Nonces become final in their order, so it costs one look into the index but where one stands
   * ({@link Entry#unproven}) that will not become final by itself; then they are counted.
   */
  boolean full(Connection c, long nonce, int most) throws SQLException {
    return openUpTo(c, nonce - most)
        && Sql.number(
                c,
                "SELECT COUNT(*) FROM (SELECT nonce FROM ol_outbox"
                    + OPEN
                    + " AND unproven_since IS NULL LIMIT ?) AS waiting",
                ours(most))
            >= most;
  }

  /** Whether a message with a nonce up to one is not final. Costs one look into the index. */
  private boolean openUpTo(Connection c, long nonce) throws SQLException {
    return Sql.first(
            c,
            "SELECT open_nonce FROM ol_outbox" + OPEN + " AND open_nonce <= ? LIMIT 1",
            row -> row.getLong(1),
            ours(nonce))
        .isPresent();
  }

  /** The lowest nonce from one on that is not final. */
  OptionalLong lowestOpen(Connection c, long from) throws SQLException {
    Optional<Long> nonce =
        Sql.first(
            c,
            "SELECT open_nonce FROM ol_outbox"
                + OURS
                + " AND open_nonce >= ? ORDER BY open_nonce LIMIT 1",
            row -> row.getLong(1),
            ours(from));
    return nonce.isPresent() ? OptionalLong.of(nonce.get()) : OptionalLong.empty();
  }

  /**
   * A nonce below which all of ours and of others are used up: that after the highest final one.
   */
  long settledBelow(Connection c) throws SQLException {
    return Sql.first(
            c,
            "SELECT nonce FROM ol_outbox"
                + OURS
                + " AND open_nonce IS NULL ORDER BY nonce DESC LIMIT 1",
            row -> row.getLong(1) + 1,
            ours())
        .orElse(0L);
  }

  /** The final block of the highest final nonce below one: others' blocks are not below it. */
  long settledBlock(Connection c, long nonce) throws SQLException {
    return Sql.first(
            c,
            "SELECT block_number FROM ol_outbox"
                + OURS
                + " AND nonce < ? AND open_nonce IS NULL AND block_number IS NOT NULL"
                + " ORDER BY nonce DESC LIMIT 1",
            row -> row.getLong(1),
            ours(nonce))
        .orElse(0L);
  }

  /**
   * Nonces from one on and below another for which nothing was ever signed here, as far as that is
   * kept.
   *
   * @param limit most that are told
   */
  List<Long> unknown(Connection c, long from, long below, int limit) throws SQLException {
    List<Long> unknown = new ArrayList<>();
    for (long first = from; first < below && unknown.size() < limit; first += NONCES_AT_ONCE) {
      long last = Math.min(below, first + NONCES_AT_ONCE);
      unknown.addAll(unknownAmong(c, first, last, limit - unknown.size()));
    }
    return unknown;
  }

  private List<Long> unknownAmong(Connection c, long from, long below, int limit)
      throws SQLException {
    Set<Long> known =
        new HashSet<>(
            Sql.list(
                c,
                "SELECT nonce FROM ol_outbox" + OURS + " AND nonce >= ? AND nonce < ?",
                row -> row.getLong(1),
                ours(from, below)));
    Map<Long, String> moved = new HashMap<>();
    for (Former former :
        Sql.list(
            c,
            "SELECT business_key, nonce FROM ol_outbox_attempts WHERE nonce >= ? AND nonce < ?",
            row -> new Former(row.getString(1), row.getLong(2)),
            from,
            below)) {
      if (!known.contains(former.nonce())) {
        moved.put(former.nonce(), former.key());
      }
    }
    for (Map.Entry<Long, String> each : moved.entrySet()) {
      if (find(c, each.getValue()).filter(this::ours).isPresent()) {
        known.add(each.getKey());
      }
    }
    return LongStream.range(from, below)
        .filter(n -> !known.contains(n))
        .limit(limit)
        .boxed()
        .toList();
  }

  /**
   * Nonces below one that messages have which are in no block, those that stand included.
   *
   * @param but a nonce that is left out
   */
  List<Long> placeless(Connection c, long below, long but) throws SQLException {
    return Sql.list(
        c,
        "SELECT open_nonce FROM ol_outbox"
            + OPEN
            + " AND open_nonce < ? AND open_nonce <> ? AND block_number IS NULL"
            + " ORDER BY open_nonce",
        row -> row.getLong(1),
        ours(below, but));
  }

  /** Whose bytes have a hash. */
  Optional<String> keyOf(Connection c, Hash256 transaction) throws SQLException {
    return Sql.first(
        c,
        "SELECT business_key FROM ol_outbox_attempts WHERE transaction_hash = ?",
        row -> row.getString(1),
        transaction);
  }

  /**
   * Another message that a transaction belongs to, as far as is kept. It reads all rows, since the
   * hash of a message has no index: for rare questions.
   */
  Optional<String> other(Connection c, String key, Hash256 transaction) throws SQLException {
    Optional<String> signed = keyOf(c, transaction).filter(found -> !found.equals(key));
    return signed.isPresent()
        ? signed
        : Sql.first(
            c,
            "SELECT business_key FROM ol_outbox WHERE transaction_hash = ? AND business_key <> ?",
            row -> row.getString(1),
            transaction,
            key);
  }

  /**
   * One that stands was paid, as an administrator says.
   *
   * @return false, and nothing is written, if it is other than it was read
   */
  boolean attested(
      Connection c,
      Entry entry,
      Hash256 transaction,
      Optional<Place> place,
      String detail,
      String by)
      throws SQLException {
    return Sql.update(
            c,
            "UPDATE ol_outbox SET state = 'FINALIZED', open_nonce = NULL, transaction_hash = ?,"
                + " block_number = ?, block_hash = ?, detail = ?, wish = NULL, wished_by = ?,"
                + " unproven_since = NULL, since = CURRENT_TIMESTAMP,"
                + " kept_since = CURRENT_TIMESTAMP"
                + " WHERE business_key = ? AND nonce = ? AND open_nonce = ?"
                + " AND unproven_since IS NOT NULL",
            transaction,
            place.map(Place::number),
            place.map(Place::hash),
            shortened(detail),
            by,
            entry.key(),
            entry.nonce(),
            entry.nonce())
        == 1;
  }

  /** Whether a message of any state has the nonce. */
  boolean taken(Connection c, long nonce) throws SQLException {
    return Sql.number(c, "SELECT COUNT(*) FROM ol_outbox" + OURS + " AND nonce = ?", ours(nonce))
        > 0;
  }

  /** Whether a message with a nonce from one on is final. */
  boolean settledFrom(Connection c, long nonce) throws SQLException {
    return Sql.first(
            c,
            "SELECT nonce FROM ol_outbox" + OURS + " AND nonce >= ? AND open_nonce IS NULL LIMIT 1",
            row -> row.getLong(1),
            ours(nonce))
        .isPresent();
  }

  /** Blocks above a number in which messages are thought to be. */
  List<Place> places(Connection c, long above) throws SQLException {
    return Sql.list(
        c,
        "SELECT DISTINCT block_number, block_hash FROM ol_outbox"
            + OPEN
            + " AND block_number > ? ORDER BY block_number",
        row -> new Place(row.getLong(1), Hash256.parse(row.getString(2))),
        ours(above));
  }

  /** What is thought to be in a block. */
  List<Entry> in(Connection c, Place place) throws SQLException {
    return Sql.list(
        c,
        COLUMNS + OPEN + " AND block_number = ? AND block_hash = ? ORDER BY open_nonce",
        OutboxRows::entry,
        ours(place.number(), place.hash()));
  }

  /** A nonce that something was signed for. */
  private record Former(String key, long nonce) {}

  private boolean ours(Entry entry) {
    return entry.chainId() == identity.chainId() && entry.signer().equals(identity.signer());
  }

  /** What is thought to be in blocks up to a number. */
  List<Entry> upTo(Connection c, long block, int limit) throws SQLException {
    return Sql.list(
        c,
        COLUMNS
            + OPEN
            + " AND block_number <= ? AND unproven_since IS NULL ORDER BY open_nonce LIMIT ?",
        OutboxRows::entry,
        ours(block, limit));
  }

  /** What is in no block, with nonces from one on and below another. */
  List<Entry> waiting(Connection c, long from, long below, int limit) throws SQLException {
    return waiting(c, from, below, limit, "");
  }

  /** What is in no block although its nonce, from one on and below another, is used up. */
  List<Entry> missing(Connection c, long from, long below, int limit) throws SQLException {
    return waiting(c, from, below, limit, " AND unproven_since IS NULL");
  }

  private List<Entry> waiting(Connection c, long from, long below, int limit, String more)
      throws SQLException {
    return Sql.list(
        c,
        COLUMNS
            + OURS
            + " AND open_nonce >= ? AND open_nonce < ? AND block_number IS NULL"
            + more
            + " ORDER BY open_nonce LIMIT ?",
        OutboxRows::entry,
        ours(from, below, limit));
  }

  /** What stands, see {@link Entry#unproven}, with nonces from one on. */
  List<Entry> unproven(Connection c, long from, int limit) throws SQLException {
    return Sql.list(
        c,
        COLUMNS
            + OURS
            + " AND open_nonce >= ? AND unproven_since IS NOT NULL ORDER BY open_nonce LIMIT ?",
        OutboxRows::entry,
        ours(from, limit));
  }

  /** How many stand. */
  long unproven(Connection c) throws SQLException {
    return Sql.number(
        c, "SELECT COUNT(*) FROM ol_outbox" + OPEN + " AND unproven_since IS NOT NULL", ours());
  }

  /**
   * Messages that are not final and that nobody sends.
   *
   * @param signer whose key would be needed
   * @param chainId of their chain
   */
  record Stranded(ChainAddress signer, long chainId, long messages) {}

  /**
   * What is signed by other keys, or for other chains, and not final, while no node sends for them.
   */
  List<Stranded> stranded(Connection c) throws SQLException {
    return Sql.list(
            c,
            "SELECT s.signer, s.chain_id, (SELECT COUNT(*) FROM ol_outbox m WHERE m.chain_id ="
                + " s.chain_id AND m.signer = s.signer AND m.open_nonce >= 0) AS messages"
                + " FROM ol_outbox_signers s JOIN ol_outbox_leases l ON l.chain_id = s.chain_id"
                + " AND l.signer = s.signer WHERE NOT (s.chain_id = ? AND s.signer = ?)"
                + " AND l.expires < CURRENT_TIMESTAMP ORDER BY s.chain_id, s.signer",
            row -> new Stranded(new ChainAddress(row.getString(1)), row.getLong(2), row.getLong(3)),
            ours())
        .stream()
        .filter(s -> s.messages() > 0)
        .toList();
  }

  /** What an administrator wants tried again. */
  List<Entry> toRetry(Connection c) throws SQLException {
    // by the wish alone: with the signer as well, H2 reads all that the signer ever signed
    return Sql.list(
            c,
            COLUMNS + " WHERE wish = 'RETRY' ORDER BY nonce LIMIT " + MOST_WISHES,
            OutboxRows::entry)
        .stream()
        .filter(this::ours)
        .limit(AT_ONCE)
        .toList();
  }

  void forgetWish(Connection c, String key) throws SQLException {
    Sql.update(
        c, "UPDATE ol_outbox SET wish = NULL WHERE business_key = ? AND wish = 'RETRY'", key);
  }

  /** Says that a message cannot be tried again, and no longer tries. */
  void refuseRetry(Connection c, String key, String why) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_outbox SET wish = NULL, detail = ? WHERE business_key = ? AND wish = 'RETRY'",
        shortened(why),
        key);
  }

  /** Blocks up to a number are derived from L1. */
  void safe(Connection c, long block) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_outbox SET state = 'SAFE', since = CURRENT_TIMESTAMP"
            + OPEN
            + " AND state = 'UNSAFE' AND block_number <= ?",
        ours(block));
  }

  /** Writes what became of messages, of each only if nobody else has changed it. */
  void write(Connection c, List<Change> changes) throws SQLException {
    List<Object[]> told = new ArrayList<>();
    List<Object[]> moved = new ArrayList<>();
    List<Object[]> settled = new ArrayList<>();
    for (Change change : changes) {
      Entry before = change.entry();
      boolean isFinal = change.state().settled();
      Object[] arguments = {
        change.state(),
        isFinal ? OptionalLong.empty() : before.nonce(),
        change.transaction(),
        change.place().map(Place::number),
        change.place().map(Place::hash),
        change.detail().map(OutboxRows::shortened),
        !isFinal,
        change.unproven(),
        change.unproven(),
        before.key(),
        before.nonce(),
        before.state()
      };
      (change.state() == before.state() ? told : isFinal ? settled : moved).add(arguments);
    }
    String set =
        "UPDATE ol_outbox SET state = ?, open_nonce = ?, transaction_hash = ?, block_number = ?,"
            + " block_hash = ?, detail = ?,"
            // nothing is wished of what is final; and another try that was wished for before it was
            // known that it may pay twice was not wished for with open eyes
            + " wish = CASE WHEN ? AND (wish <> 'RETRY' OR unproven_since IS NOT NULL OR NOT ?)"
            + " THEN wish END,"
            + " unproven_since = CASE WHEN ? THEN COALESCE(unproven_since, CURRENT_TIMESTAMP) END";
    String where = " WHERE business_key = ? AND nonce = ? AND state = ?";
    String since = ", since = CURRENT_TIMESTAMP";
    Sql.batch(c, set + where, told);
    Sql.batch(c, set + since + where, moved);
    Sql.batch(c, set + since + ", kept_since = CURRENT_TIMESTAMP" + where, settled);
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) : text;
  }

  /** All that was signed for messages, in order, by their keys. */
  Map<String, List<Attempt>> attempts(Connection c, List<String> keys) throws SQLException {
    Map<String, List<Attempt>> found = new HashMap<>();
    for (int from = 0; from < keys.size(); from += AT_ONCE) {
      List<String> some = keys.subList(from, Math.min(keys.size(), from + AT_ONCE));
      List<Attempt> all =
          Sql.list(
              c,
              "SELECT business_key, transaction_hash, nonce, kind, tip, cap, stored_at"
                  + " FROM ol_outbox_attempts WHERE business_key IN ("
                  + Sql.marks(some.size())
                  + ") ORDER BY ordinal",
              OutboxRows::attempt,
              some.toArray());
      all.forEach(a -> found.computeIfAbsent(a.key(), k -> new ArrayList<>()).add(a));
    }
    return found;
  }

  private static Attempt attempt(ResultSet row) throws SQLException {
    return new Attempt(
        row.getString("business_key"),
        Sql.hash(row, "transaction_hash"),
        row.getLong("nonce"),
        Kind.valueOf(row.getString("kind")),
        new Fees(new Wei(Sql.amount(row, "tip")), new Wei(Sql.amount(row, "cap"))),
        Sql.instant(row, "stored_at"));
  }

  /** Bytes by their hashes; those that were emptied are missing. */
  Map<Hash256, SignedTransaction> bytes(Connection c, List<Hash256> hashes) throws SQLException {
    Map<Hash256, SignedTransaction> found = new HashMap<>();
    for (int from = 0; from < hashes.size(); from += AT_ONCE) {
      List<Hash256> some = hashes.subList(from, Math.min(hashes.size(), from + AT_ONCE));
      for (String raw :
          Sql.list(
              c,
              "SELECT raw FROM ol_outbox_attempts WHERE raw IS NOT NULL AND transaction_hash IN ("
                  + Sql.marks(some.size())
                  + ")",
              row -> row.getString(1),
              some.toArray())) {
        // under the hash of these very bytes: damaged ones are found under none
        parsed(raw).ifPresent(each -> found.put(each.hash(), each));
      }
    }
    return found;
  }

  private static Optional<SignedTransaction> parsed(String raw) {
    try {
      return Optional.of(new SignedTransaction(HexFormat.of().parseHex(raw)));
    } catch (OpenLedgerException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Deletes what was signed for messages that were final before a time. Their own rows stay for
   * ever, for their keys must: some 400 bytes each.
   *
   * @return of how many messages
   */
  int prune(Connection c, java.time.Instant before) throws SQLException {
    // without the wish in the statement, for which H2 would read every row
    List<String> keys =
        Sql.list(
                c,
                "SELECT business_key, wish FROM ol_outbox WHERE kept_since < ? LIMIT "
                    + PRUNED_AT_ONCE,
                row -> Sql.text(row, "wish").isEmpty() ? row.getString(1) : "",
                before)
            .stream()
            .filter(key -> !key.isEmpty())
            .toList();
    List<Object[]> forgotten = new ArrayList<>();
    List<Object[]> deleted = new ArrayList<>();
    for (String key : keys) {
      forgotten.add(new Object[] {key, before});
      deleted.add(new Object[] {key});
    }
    Sql.batch(
        c,
        "UPDATE ol_outbox SET kept_since = NULL WHERE business_key = ? AND kept_since < ?",
        forgotten);
    // another try that began meanwhile has made the message open again
    Sql.batch(
        c,
        "DELETE FROM ol_outbox_attempts WHERE business_key = ? AND EXISTS (SELECT 1"
            + " FROM ol_outbox m WHERE m.business_key = ol_outbox_attempts.business_key"
            + " AND m.open_nonce IS NULL)",
        deleted);
    return keys.size();
  }
}
