package io.openledger.rollup;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was opened, in its order, to be closed in the other: at the end, or when a later step fails.
 * One thread opens; any may close.
 */
final class Opened implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Opened.class.getName());

  private final Deque<AutoCloseable> resources = new ArrayDeque<>();

  /** Takes over a resource, and gives it back for use. */
  synchronized <T extends AutoCloseable> T add(T resource) {
    resources.push(resource);
    return resource;
  }

  /** Closes all, the last first; one that cannot be closed holds none of the others up. */
  @Override
  public synchronized void close() {
    while (!resources.isEmpty()) {
      AutoCloseable resource = resources.pop();
      try {
        resource.close();
      } catch (Exception e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "what belongs to the chain was not closed as it should be: " + resource.getClass(),
            e);
      }
    }
  }
}
