package io.openledger.chain.connector.bridge;

/** Which of the two chains. */
public enum Layer {
  /** The chain below, such as Ethereum. */
  L1,
  /** The chain that this server works on. */
  ROLLUP
}
