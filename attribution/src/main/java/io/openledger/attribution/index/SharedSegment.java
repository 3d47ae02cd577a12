package io.openledger.attribution.index;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A segment and who still reads it: unmapped, and deleted when a merge replaced it, as soon as the
 * last snapshot that holds it lets go.
 */
final class SharedSegment {

  private final Segment segment;
  private final String file;
  private final IndexFiles files;
  private final AtomicInteger holders = new AtomicInteger();
  private volatile boolean obsolete;

  SharedSegment(Segment segment, String file, IndexFiles files) {
    this.segment = segment;
    this.file = file;
    this.files = files;
  }

  Segment segment() {
    return segment;
  }

  String file() {
    return file;
  }

  /** Called only while another holder holds it, or before anyone does. */
  void hold() {
    holders.incrementAndGet();
  }

  /** No committed manifest names it any more. */
  void obsolete() {
    obsolete = true;
  }

  void release() {
    if (holders.decrementAndGet() > 0) {
      return;
    }
    segment.close();
    if (obsolete) {
      try {
        files.delete(file);
      } catch (IOException e) {
        // the next opening removes it: no manifest names it
        System.getLogger(SharedSegment.class.getName())
            .log(System.Logger.Level.DEBUG, "replaced segment is left for the next opening", e);
      }
    }
  }
}
