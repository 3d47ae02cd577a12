package io.openledger.chain.connector.rpc;

/**
 * How settled a block is on an OP-Stack rollup (its specification, "Derivation", and the block tags
 * of the execution API).
 */
public enum Finality {
  /** Heard of from the sequencer; may be reorganised away. Tag {@code latest}. */
  UNSAFE("latest"),
  /** Derived from data on L1, which may be reorganised itself. Tag {@code safe}. */
  SAFE("safe"),
  /** Derived from finalized L1 data: 20 to 30 minutes old. Tag {@code finalized}. */
  FINALIZED("finalized");

  private final String tag;

  Finality(String tag) {
    this.tag = tag;
  }

  /** The block tag of JSON-RPC. */
  public String tag() {
    return tag;
  }
}
