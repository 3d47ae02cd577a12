package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * The nonces of one key. The chain is asked once in a key's life; from then on they are counted
 * here, where storing a message and taking its nonce are one: asking a node again, for its pending
 * count, is how a payment gets two nonces. Safe for any thread.
 */
final class Nonces {

  private static final String OF = " WHERE chain_id = ? AND signer = ?";

  private final Store store;
  private final ChainClient chain;
  private final Identity identity;
  private volatile boolean known;

  Nonces(Store store, ChainClient chain, Identity identity) {
    this.store = store;
    this.chain = chain;
    this.identity = identity;
  }

  private record Known(Optional<Hash256> origin) {}

  /**
   * Writes the key's rows before its first message, and refuses a chain that is another than the one
   * that they were written for.
   */
  void require() {
    if (known) {
      return;
    }
    if (chain.chainId() != identity.chainId()) {
      throw other("the chain's id is " + chain.chainId(), "id " + identity.chainId());
    }
    Optional<Hash256> origin = chain.block(0).map(BlockHeader::hash);
    Optional<Known> there = read();
    if (there.isEmpty()) {
      // what is pending at a node is somebody else's, and no fact
      insert(origin, chain.nonce(identity.signer(), Finality.UNSAFE));
      there = read();
    }
    Optional<Hash256> before = there.flatMap(Known::origin);
    if (origin.isPresent() && before.isPresent() && !origin.equals(before)) {
      throw other(
          "the chain of id " + identity.chainId() + " begins with block 0x" + origin.get(),
          "the one that this database knows, which begins with 0x" + before.get());
    }
    known = true;
  }

  private static OpenLedgerException other(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        arrived,
        allowed,
        "correct the endpoints, or use a fresh database for another chain; nothing is sent");
  }

  private Optional<Known> read() {
    return store.requiresNew(
        "reading the outbox's key",
        c ->
            Sql.first(
                c,
                "SELECT origin FROM ol_outbox_signers" + OF,
                row -> new Known(Sql.text(row, "origin").map(Hash256::parse)),
                identity.chainId(),
                identity.signer().value()));
  }

  private void insert(Optional<Hash256> origin, long next) {
    try {
      store.requiresNew(
          "writing the outbox's key",
          c -> {
            Sql.update(
                c,
                "INSERT INTO ol_outbox_signers (chain_id, signer, origin, next_nonce)"
                    + " VALUES (?, ?, ?, ?)",
                identity.chainId(),
                identity.signer().value(),
                origin,
                next);
            return Sql.update(
                c,
                "INSERT INTO ol_outbox_leases (chain_id, signer, holder, token, expires)"
                    + " VALUES (?, ?, ?, ?, ?)",
                identity.chainId(),
                identity.signer().value(),
                "",
                0,
                Instant.EPOCH);
          });
    } catch (OpenLedgerException e) {
      // another node was quicker, or the database is in trouble
      if (!(e.getCause() instanceof SQLException cause)
          || cause.getSQLState() == null
          || !cause.getSQLState().startsWith("23")) {
        throw e;
      }
    }
  }

  /** Queues for the key until the transaction ends, and says which nonce is next. */
  long lock(Connection c) throws SQLException {
    return Sql.first(
            c,
            "SELECT next_nonce FROM ol_outbox_signers" + OF + " FOR UPDATE",
            row -> row.getLong(1),
            identity.chainId(),
            identity.signer().value())
        .orElseThrow(() -> new SQLException("no row of the outbox's key"));
  }

  /** Which nonce was next when last somebody committed; 0 without a row. */
  long read(Connection c) throws SQLException {
    return Sql.first(
            c,
            "SELECT next_nonce FROM ol_outbox_signers" + OF,
            row -> row.getLong(1),
            identity.chainId(),
            identity.signer().value())
        .orElse(0L);
  }

  /** To be called by whoever holds the lock. */
  void next(Connection c, long nonce) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_outbox_signers SET next_nonce = ?" + OF,
        nonce,
        identity.chainId(),
        identity.signer().value());
  }
}
