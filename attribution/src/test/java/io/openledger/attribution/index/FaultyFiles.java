package io.openledger.attribution.index;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A disk that fails, or a process that dies, at a chosen step. Dead means that nothing more reaches
 * the disk, clean-up included.
 */
final class FaultyFiles extends IndexFiles {

  /** What happens before a file is written. */
  @FunctionalInterface
  interface Gate {
    void pass(String name) throws IOException;
  }

  private final AtomicInteger steps = new AtomicInteger();
  private volatile int failAt = Integer.MAX_VALUE;
  private volatile boolean dies;
  private volatile boolean torn;
  private volatile boolean forced = true;
  private volatile Gate gate = name -> {};

  FaultyFiles(Path directory) {
    super(directory);
  }

  /** Without waiting for the medium, which a process that only seems to die does not need. */
  FaultyFiles unforced() {
    forced = false;
    return this;
  }

  @Override
  void force(FileChannel channel) throws IOException {
    if (forced) {
      super.force(channel);
    }
  }

  /** Steps from now on: 0 is the next. */
  void fail(int step, boolean deadly, boolean tearing) {
    steps.set(0);
    failAt = step;
    dies = deadly;
    torn = tearing;
  }

  int steps() {
    return steps.get();
  }

  /** From now on; the gate may wait, throw or count. */
  void gate(Gate before) {
    gate = before;
  }

  private boolean failsNow() {
    int now = steps.getAndIncrement();
    return now == failAt || (dies && now > failAt);
  }

  private void step() throws IOException {
    if (failsNow()) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  void write(String name, Content content) throws IOException {
    gate.pass(name);
    if (failsNow()) {
      if (torn) {
        super.write(name, out -> out.write(new byte[100]));
      }
      throw new IOException("No space left on device");
    }
    super.write(name, content);
  }

  @Override
  void rename(String from, String to) throws IOException {
    step();
    super.rename(from, to);
  }

  @Override
  void syncDirectory() throws IOException {
    step();
    super.syncDirectory();
  }

  @Override
  void delete(String name) throws IOException {
    step();
    super.delete(name);
  }
}
