package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.rollup.outbox.Entry.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a turn of the {@link Follower} knows and found. */
final class Turn {

  private final ChainClient chain;
  private final Map<Long, Optional<Hash256>> blocks = new HashMap<>();

  /** With the time of what is read from the database left out, see {@link View#again}. */
  View view;

  final List<Change> changes = new ArrayList<>();

  /** Whose nonce was used by somebody else's transaction, which was found in a final block. */
  final List<Entry> dead = new ArrayList<>();

  /** Whose nonce has been seen used up for long enough: it is to be found out by what. */
  final List<Entry> ripe = new ArrayList<>();

  /**
   * Keys of those that this turn has looked at and that still stand, see {@link Entry#unproven}:
   * nobody shows their receipts.
   */
  final Set<String> standing = new HashSet<>();

  /** Whether it is known of all messages in blocks that those blocks are the chain's. */
  boolean blocksKnown;

  /** Keys of those of which it was found out what used up their nonce, or that it cannot be. */
  final Set<String> proven = new HashSet<>();

  /** Why some are not looked at any further in this turn, by their keys. */
  final Map<String, String> left = new HashMap<>();

  /** How many of the changes are written. */
  int written;

  @Nullable OpenLedgerException trouble;

  /** Up to where blocks of messages are compared, if all that was found to have changed is seen. */
  @Nullable Place compared;

  Turn(ChainClient chain, View view) {
    this.chain = chain;
    this.view = view;
  }

  /** Whether a block is the chain's; each number is asked for once in a turn. */
  boolean canonical(Place place) {
    return blocks
        .computeIfAbsent(place.number(), n -> chain.block(n).map(BlockHeader::hash))
        .equals(Optional.of(place.hash()));
  }

  /** Nonces of messages that were found in blocks. */
  Set<Long> placed() {
    return changes.stream()
        .filter(change -> change.place().isPresent())
        .map(change -> change.entry().nonce())
        .collect(Collectors.toSet());
  }

  /** One stands, or goes on to. */
  void stands(Change change) {
    changes.add(change);
    standing.add(change.entry().key());
  }

  boolean isFinal(Place place) {
    return place.number() <= view.finalized().number();
  }

  boolean goesOn() {
    return trouble == null && view.timeIsLeft();
  }
}
