package io.openledger.api.datanet;

/** Who may use a datanet without a grant. */
public enum Visibility {
  /** Everyone may read it, and answers may be attributed to it and retrieved from it. */
  PUBLIC,
  /** Nobody but its owner, until granted. */
  PERMISSIONED
}
