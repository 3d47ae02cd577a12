package io.openledger.chain.connector.bridge;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where the rollup's output roots are proposed on L1, and what becomes of proofs against them. */
sealed interface Proposals permits DisputeGames, OutputOracle {

  /**
   * An output root that was proposed. Whether it is right is to be checked.
   *
   * @param index by which the portal takes it
   * @param block of the rollup that it is said to be of
   * @param outputRoot itself
   */
  record Proposal(BigInteger index, long block, Hash256 outputRoot) {}

  /** What a proof is worth. */
  enum Standing {
    /** The time to object runs still. */
    WAITING,
    /** The portal would finalise. */
    READY,
    /** What it was proven against has fallen: it must be proven again. */
    VOID
  }

  /**
   * That a withdrawal was proven.
   *
   * @param submitter whose proof it is, where the portal tells proofs apart by that
   * @param at when
   * @param standing what it is worth
   * @param finalizable from when on; empty if that is not known yet
   * @param explanation in plain words
   */
  record Proof(
      Optional<ChainAddress> submitter,
      Instant at,
      Standing standing,
      Optional<Instant> finalizable,
      String explanation) {}

  /**
   * Proposals of a block or a later one, the oldest first.
   *
   * @param block of the rollup
   * @param time of the block
   */
  List<Proposal> covering(long block, Instant time);

  /**
   * The best proof of a withdrawal.
   *
   * @param prover whose proof is looked at first, where the portal tells them apart
   */
  Optional<Proof> proof(Hash256 withdrawal, Optional<ChainAddress> prover);
}
