package io.openledger.rollup.epochs;

import io.openledger.api.BusyException;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.rollup.ChainAccounts;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What addresses have on the chain, for statements. Figures are of rows alone, those that the
 * reader and the follower of roots keep, whichever node they run on; the chain is asked for its
 * newest block only, to tell whether the rows are behind. Safe for any thread.
 */
public final class Standings {

  /** A minute of an OP-Stack rollup's blocks: a reader that looks every 2 seconds is not behind. */
  private static final long BEHIND = 30;

  private final Deployed distributor;
  private final Hash256 deployment;
  private final Store store;
  private final Epochs epochs;
  private final ChainAccounts accounts;
  private final ChainClient client;

  /**
   * @param distributor whose roots count
   * @param deployment that the reader reads
   */
  public Standings(
      Deployed distributor,
      Hash256 deployment,
      Store store,
      Epochs epochs,
      ChainAccounts accounts,
      ChainClient client) {
    this.distributor = distributor;
    this.deployment = deployment;
    this.store = store;
    this.epochs = epochs;
    this.accounts = accounts;
    this.client = client;
  }

  private record Read(long block, long finalBlock) {}

  /** What an address has. Throws only what the store throws. */
  public ChainStanding of(ChainAddress address) {
    // first, so that what is read after it is of this block or a later one
    Optional<Read> found = store.join("finding the last block", this::read);
    if (found.isEmpty()) {
      return new ChainStanding.Unknown("nothing of the chain was read yet");
    }
    Read read = found.get();
    long head;
    try {
      head = client.head(Finality.UNSAFE).number();
    } catch (OpenLedgerException e) {
      return new ChainStanding.Unknown("the chain does not answer: " + e.getMessage());
    }
    if (head - read.block() > BEHIND) {
      return new ChainStanding.Unknown(
          "the chain is at block " + head + " and read to block " + read.block());
    }
    ChainAccounts.Standing standing = accounts.standing(address);
    if (standing.stakes().size() >= ChainAccounts.MOST) {
      return new ChainStanding.Unknown(
          "the address has " + ChainAccounts.MOST + " stakes or more, which are not added up");
    }
    Wei posted;
    try {
      posted = posted(address);
    } catch (BusyException e) {
      return new ChainStanding.Unknown(String.valueOf(e.getMessage()));
    }
    return new ChainStanding.Known(
        address,
        posted,
        standing.claimed(),
        standing.stakes().stream()
            .filter(stake -> !stake.withdrawn())
            .map(ChainAccounts.Stake::principal)
            .reduce(Wei.ZERO, Wei::plus),
        read.block(),
        read.finalBlock());
  }

  private Optional<Read> read(Connection c) throws SQLException {
    return Sql.first(
        c,
        "SELECT r.finalized_number AS final_block, COALESCE((SELECT MAX(b.block_number) FROM"
            + " ol_chain_blocks b WHERE b.deployment = r.deployment), r.finalized_number) AS block"
            + " FROM ol_chain_readers r WHERE r.deployment = ?",
        row -> new Read(row.getLong("block"), row.getLong("final_block")),
        deployment);
  }

  private Wei posted(ChainAddress address) {
    return store
        .join("finding the active root", c -> new PostingRows(distributor.name()).active(c))
        .flatMap(root -> epochs.proof(root.epoch(), address))
        .map(EpochProof::cumulative)
        .orElse(Wei.ZERO);
  }
}
