package io.openledger.chain.connector.rpc;

import java.util.Optional;

/**
 * What became of bytes that were handed to the chain's nodes, with the words in which they were not
 * taken.
 *
 * @param outcome what became of them
 * @param words what nodes said that did not take them; endpoints are named, never their addresses.
 *     Whoever runs a node chooses its words: printable, and at most {@value #LONGEST} characters
 */
public record Handover(Broadcast outcome, Optional<String> words) {

  /** Most characters of what nodes said. */
  public static final int LONGEST = 600;

  public Handover {
    words = words.map(w -> w.length() > LONGEST ? w.substring(0, LONGEST - 1) + "…" : w);
  }
}
