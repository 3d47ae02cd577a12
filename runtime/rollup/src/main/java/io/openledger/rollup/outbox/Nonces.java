package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

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

  /**
   * Writes the key's rows before its first message, and refuses another chain than the one that is
   * meant.
   */
  void require() {
    if (known) {
      return;
    }
    requireChain();
    if (!there()) {
      // what is pending at a node is somebody else's, and no fact
      insert(chain.nonce(identity.signer(), Finality.UNSAFE));
    }
    known = true;
  }

  /**
   * @throws OpenLedgerException {@code CHAIN_REFUSED}
   */
  void requireChain() {
    long found = chain.chainId();
    if (found != identity.chainId()) {
      throw other("the chain's id is " + found, "id " + identity.chainId());
    }
  }

  /** What is refused of another chain than the one that is meant. */
  static OpenLedgerException other(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        arrived,
        allowed,
        "correct the endpoints, or use a fresh database for another chain; nothing is sent");
  }

  private boolean there() {
    return store.requiresNew(
        "reading the outbox's key",
        c ->
            Sql.number(
                    c,
                    "SELECT COUNT(*) FROM ol_outbox_signers" + OF,
                    identity.chainId(),
                    identity.signer().value())
                > 0);
  }

  private void insert(long next) {
    try {
      store.requiresNew(
          "writing the outbox's key",
          c -> {
            Sql.update(
                c,
                "INSERT INTO ol_outbox_signers (chain_id, signer, next_nonce)"
                    + " VALUES (?, ?, ?)",
                identity.chainId(),
                identity.signer().value(),
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
