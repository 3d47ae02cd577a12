package io.openledger.attribution.index;

import io.openledger.api.Hash256;
import java.io.IOException;
import java.io.OutputStream;

/** A sorted segment that is to be written. */
interface SegmentContent {

  /** How many bytes the file will have. */
  long fileLength();

  /** Writes the file; returns the digest that its last 32 bytes hold. */
  Hash256 write(OutputStream to) throws IOException;
}
