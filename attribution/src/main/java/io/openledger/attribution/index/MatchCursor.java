package io.openledger.attribution.index;

/**
 * Follows a text that comes token by token and knows the longest match that ends where it stands.
 * One thread; only while the view that it came from is open.
 */
public interface MatchCursor {

  /**
   * Goes on by one token.
   *
   * @return the length of the longest stretch that ends with it and occurs inside one active
   *     document; 0 when not even the token does
   */
  int push(int token);
}
