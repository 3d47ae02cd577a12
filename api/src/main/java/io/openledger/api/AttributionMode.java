package io.openledger.api;

/** What a boundary does when an answer was generated but its attribution failed. */
public enum AttributionMode {
  /** The answer is refused: the call throws {@link OpenLedgerException} and nothing is charged. */
  REQUIRED,
  /**
   * The answer is given with a receipt whose status says that, and why, it is not attributed.
   * Nothing is charged, so nobody is paid in a contributor's place.
   */
  BEST_EFFORT
}
