package io.openledger.chain.connector.rpc;

/** What became of bytes that were handed to the chain's nodes. */
public enum Broadcast {
  /** A node took them, or has had them already. */
  ACCEPTED,
  /** The nonce is used up: by this transaction, or by another one. Receipts tell which. */
  NONCE_USED,
  /** Another transaction of the same nonce waits there, and this one does not pay enough more. */
  UNDERPRICED,
  /** The sender cannot pay for it now. */
  FUNDS,
  /** No node said that it took them, and none said why not. They may have arrived all the same. */
  UNKNOWN
}
