package io.openledger.api.spi;

import io.openledger.api.Hash256;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The token index of one datanet, on disk. One writer and any number of readers at a time; a reader
 * never sees half a change.
 *
 * <p>Documents are named by their sequence in the datanet's order of acceptance. What was appended
 * or retracted is durable, and visible to every later call, when the call returns.
 */
public interface SpanIndex extends SpanQueries, AutoCloseable {

  /**
   * A document to index.
   *
   * @param sequence its place in the order of acceptance, 1 to 2³¹ − 1
   * @param tokens ids, each 0 to vocabulary size − 1; not empty
   */
  record Document(long sequence, int[] tokens) {}

  /**
   * Where a stretch of tokens occurs.
   *
   * @param occurrences how often, exactly
   * @param documentCount in how many documents, exactly
   * @param documents their sequences, rising, as many as were asked for
   */
  record Occurrences(long occurrences, long documentCount, long[] documents) {}

  /**
   * How the index is.
   *
   * @param documents active documents
   * @param retracted retracted documents still on disk
   * @param tokens of the active documents
   * @param segments how many
   * @param bytes on disk
   * @param refused files that were refused on opening, each with its reason; the index goes on
   *     without them, and what they held is missing until it is rebuilt
   * @param warnings what went wrong behind the scenes and loses nothing, such as a failed merge;
   *     gone once it went well
   */
  record State(
      long documents,
      long retracted,
      long tokens,
      int segments,
      long bytes,
      List<String> refused,
      List<String> warnings) {
    public State {
      refused = List.copyOf(refused);
      warnings = List.copyOf(warnings);
    }

    /** Without warnings. */
    public State(
        long documents,
        long retracted,
        long tokens,
        int segments,
        long bytes,
        List<String> refused) {
      this(documents, retracted, tokens, segments, bytes, refused, List.of());
    }
  }

  /**
   * A file of the index.
   *
   * @param name within the index's directory
   * @param digest SHA-256 that the file ends with, of everything before it
   */
  record StoredFile(String name, Hash256 digest) {}

  /**
   * What a purge did.
   *
   * @param removed the files that held retracted text and are replaced; one that {@code held} does
   *     not name is gone from the directory
   * @param written the files that took their place; fewer where nothing active was left
   * @param held files in the directory that may still hold retracted text: a reader has an older
   *     view of it open (it goes when the last of them is closed), it was refused as damaged, or it
   *     could not be deleted (both go at the latest with the opening after no manifest names them).
   *     Empty when no file of the index holds any
   */
  record Purge(List<StoredFile> removed, List<StoredFile> written, List<String> held) {
    public Purge {
      removed = List.copyOf(removed);
      written = List.copyOf(written);
      held = List.copyOf(held);
    }
  }

  /**
   * What an erasure did, and what anyone who has the documents and the directory can check.
   *
   * @param erased the documents that were in a file of the index, active or retracted, rising
   * @param purge the files that were rewritten without them, and those that could not be removed
   * @param stretches how many stretches of the documents were looked for afterwards, of 8 tokens or
   *     as many as the document has: all that do not overlap, or 8192 evenly spread, but for those
   *     that active documents hold as well, and for documents of fewer than 4 tokens
   * @param searched the files of the directory, each with the SHA-256 of all its bytes as they were
   *     read for that; none when no document was there
   * @param found names of those in which one of the stretches stands, be it as plain bytes or as a
   *     segment's form encodes them
   */
  record Erasure(
      List<Long> erased,
      Purge purge,
      int stretches,
      List<StoredFile> searched,
      List<String> found) {
    public Erasure {
      erased = List.copyOf(erased);
      searched = List.copyOf(searched);
      found = List.copyOf(found);
    }

    /** Whether no file of the index can hold the documents any more. */
    public boolean complete() {
      return purge.held().isEmpty() && found.isEmpty();
    }
  }

  /**
   * Adds documents: all or none.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} for a sequence that is there already or a
   *     token out of range, {@link io.openledger.api.ErrorCode#INDEX_IO}
   */
  void append(List<Document> documents);

  /** Takes a document away; false when it is not there (any more). */
  boolean retract(long sequence);

  /**
   * Takes a document away and adds the one that replaces it, in one change: a reader sees the old
   * one or the new one, never both and never neither, and so does whoever opens the index after a
   * crash.
   *
   * @param replacement under a sequence of its own
   * @return false when the old one is not there (any more); then nothing is added
   * @throws io.openledger.api.OpenLedgerException as {@link #append}
   */
  boolean supersede(long oldSequence, Document replacement);

  /**
   * Rewrites every segment that holds retracted text, so that no file of the index has it any more,
   * and returns when the new files are durable and the old ones are unlinked. A segment at a time:
   * it needs at most the largest segment again on disk, and the time of sorting what it keeps.
   *
   * <p>What is promised is about files. Unlinking does not overwrite blocks: a file system or a
   * device may keep their content until it uses them again, and so may snapshots and backups. Where
   * that matters, the directory belongs on an encrypted volume.
   *
   * @return what was rewritten, and what could not be removed yet
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#INDEX_IO};
   *     nothing is lost, segments that were rewritten before the failure stay so
   */
  Purge purge();

  /**
   * Takes documents away and their text out of every file of the index: {@link #retract} of all in
   * one change, then {@link #purge} of the files that hold them and of those alone, then a search
   * for them in every file that is there. Documents that were retracted before are erased too, and
   * so is other retracted text that repeats them. Questions and changes go on meanwhile. What is
   * promised is promised as by {@link #purge}.
   *
   * @param sequences of the documents; those that no file has are passed over
   * @return what was done and what shows it
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#INDEX_IO}; the
   *     documents may be retracted and not yet erased: call again
   */
  Erasure erase(long... sequences);

  /**
   * Rewrites what there is as few segments, without retracted documents and all of the form that
   * the index was opened in, and returns when that is durable. Questions and changes go on
   * meanwhile; what is added or retracted after the call may stay as it is. Without it the index
   * merges by itself, less thoroughly.
   *
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#INDEX_IO};
   *     nothing is lost, what was merged before the failure stays so
   */
  void merge();

  /**
   * The tokens of an active document; empty when it is not there.
   *
   * @throws UnsupportedOperationException when the index does not give them back
   */
  default Optional<int[]> tokens(long sequence) {
    throw new UnsupportedOperationException(getClass().getName() + " gives no tokens back");
  }

  /**
   * The index as it is now, as if some documents were not in it. Nothing that is appended,
   * retracted or merged later shows. Holds the files that it reads; close it soon.
   *
   * @param sequences of the documents that do not count; those that are not there are ignored
   */
  View without(long[] sequences);

  /** How the index is. */
  State state();

  /** How many segments there are of each form; empty when the engine does not tell. */
  default Map<IndexForm, Integer> forms() {
    return Map.of();
  }

  /** Releases files and mappings. Durable content stays. */
  @Override
  void close();
}
