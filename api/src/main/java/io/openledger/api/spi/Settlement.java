package io.openledger.api.spi;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Executor;

/** Turns balances into what can be proven and claimed. Stateless; safe for any thread. */
public interface Settlement {

  /**
   * What an address has earned ever.
   *
   * @param address whose
   * @param cumulative in wei, above zero
   */
  record Total(ChainAddress address, Wei cumulative) {
    public Total {
      if (cumulative.isZero()) {
        throw OpenLedgerException.invalid("total of " + address, "zero", "above zero");
      }
    }
  }

  /** The cumulative tree of an epoch. */
  interface Tree {
    /** The root; {@link Hash256#ZERO} of an empty tree. */
    Hash256 root();

    /** How many leaves. */
    int leaves();

    /** The proof for an address, if the tree has it. */
    Optional<EpochProof> proof(ChainAddress address);
  }

  /**
   * The accounts of a ledger, epoch after epoch: a tree in which an account keeps its place, so
   * that an epoch costs what changed in it. An account stands after all that first earned in an
   * earlier epoch, and among those of its own epoch by its address.
   *
   * <p>Updated by one thread; read by any number of threads while nobody updates it.
   */
  interface Accounts extends Tree {
    /** The epoch of the last update; 0 before the first. */
    long epoch();

    /** The sum of all amounts. */
    Wei total();

    /** What an address has earned, if anything. */
    Optional<Wei> amount(ChainAddress address);

    /**
     * Closes an epoch. Refused whole: a refused update changes nothing.
     *
     * @param epoch its number, above the last one
     * @param changed what addresses have earned ever, each once, in any order; those whose amounts
     *     did not change may be left out
     * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#LEDGER_INCONSISTENT} when a
     *     total shrank, an address stands twice, or all together do not fit into 256 bits
     */
    void update(long epoch, Collection<Total> changed);

    /** Accounts of their own, equal to these. Takes as long as copying 120 bytes an account. */
    Accounts copy();

    /** The SHA-256 that {@link #publish} would give, without a file. */
    Hash256 digest();

    /**
     * Writes the published amounts of the epoch, from which anyone rebuilds the tree: the same
     * bytes on every server. Whoever looks sees all of the file or none.
     *
     * @return the SHA-256 of the file
     * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#STORAGE_UNAVAILABLE}
     */
    Hash256 publish(Path file);
  }

  /**
   * The accounts as they were after an epoch; without any, those of epoch 0, in which nobody has
   * earned.
   *
   * @param epoch its number; 0 without accounts
   * @param firstEarned by the epoch in which they first earned, what accounts have earned ever,
   *     each list in ascending order of addresses, each address once
   * @param helpers threads that help with many accounts; the caller's own does the work where none
   *     is free
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#LEAF_DATA_BROKEN} if the order
   *     is another, or an address stands twice
   */
  Accounts accounts(long epoch, SortedMap<Long, List<Total>> firstEarned, Executor helpers);

  /**
   * Writes the published amounts of an epoch that {@link #close} closed.
   *
   * @param totals as they were given to it
   * @return the SHA-256 of the file
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#STORAGE_UNAVAILABLE}
   */
  Hash256 publish(Path file, long epoch, List<Total> totals);

  /**
   * Builds the cumulative tree of an epoch: anew, from all totals. Of this form are epochs from
   * before {@link Accounts}. Immutable.
   *
   * @param epoch its number, from 1
   * @param totals each address once, in any order
   * @param previous the totals of the epoch before; no address may have less now, nor be missing
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#LEDGER_INCONSISTENT} when a total shrank, is missing or is
   *     doubled
   */
  Tree close(long epoch, List<Total> totals, List<Total> previous);

  /** Whether a proof leads from its leaf to its root. */
  boolean verify(EpochProof proof);

  /**
   * Checks the EIP-55 checksum of an address as it was typed.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} for mixed case with a wrong checksum
   */
  ChainAddress parseAddress(String typed);
}
