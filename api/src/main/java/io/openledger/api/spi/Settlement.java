package io.openledger.api.spi;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import java.util.List;
import java.util.Optional;

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

  /** The cumulative tree of one epoch. Immutable. */
  interface Tree {
    /** The root; {@link Hash256#ZERO} of an empty tree. */
    Hash256 root();

    /** How many leaves. */
    int leaves();

    /** The proof for an address, if the tree has it. */
    Optional<EpochProof> proof(ChainAddress address);
  }

  /**
   * Builds the cumulative tree of an epoch.
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
