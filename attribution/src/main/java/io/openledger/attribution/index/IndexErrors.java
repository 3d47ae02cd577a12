package io.openledger.attribution.index;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.nio.file.Path;

/** How the index says that the disk does not do what is asked. */
final class IndexErrors {

  private IndexErrors() {}

  static OpenLedgerException io(Path directory, String what, IOException cause) {
    return new OpenLedgerException(
        ErrorCode.INDEX_IO,
        what + " in " + directory + " failed: " + cause,
        "a directory that can be written and has space left; what was there before is kept",
        "free space or correct the rights, then call again",
        cause);
  }

  static OpenLedgerException full(Path directory, int segments, Throwable cause) {
    return new OpenLedgerException(
        ErrorCode.INDEX_IO,
        "the index in " + directory + " has " + segments + " segments, merging fails: " + cause,
        "as many segments as searches stay fast with; what was there before is kept",
        "free space on disk or give more heap, then call again",
        cause);
  }

  static OpenLedgerException closed(Path directory) {
    return new OpenLedgerException(
        ErrorCode.INDEX_IO,
        "the index in " + directory + " is closed",
        "calls before close",
        "open it again");
  }

  static OpenLedgerException mismatch(Path directory, String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.INDEX_MISMATCH,
        "the index in " + directory + " was made with " + arrived,
        allowed,
        "rebuild the index with the tokenizer in use, or configure the one that made it");
  }
}
