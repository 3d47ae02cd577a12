package io.openledger.runtime.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeSet;

/**
 * Puts off what must wait for the requests that run now, such as removing files that they may still
 * read. A request that begins later is not waited for: it cannot know of them. Which adapter a
 * request asks does not matter, so that a version that it may be given between our look and the
 * engine's is waited for, too. Safe for any thread; what was put off runs on the thread of the last
 * request that it waited for.
 */
final class RunningRequests {

  private record Later(long before, Runnable task) {}

  private final TreeSet<Long> running = new TreeSet<>();
  private final Deque<Later> waiting = new ArrayDeque<>();
  private long next;

  /** A request that runs; closing it ends it. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  /** Begins one. */
  synchronized Running begin() {
    long ticket = next++;
    running.add(ticket);
    return () -> end(ticket);
  }

  private void end(long ticket) {
    Deque<Runnable> due = new ArrayDeque<>();
    synchronized (this) {
      running.remove(ticket);
      // in the order of their tickets, because each was given the next one
      while (!waiting.isEmpty()
          && (running.isEmpty() || running.first() >= waiting.getFirst().before())) {
        due.add(waiting.removeFirst().task());
      }
    }
    due.forEach(Runnable::run);
  }

  /** Runs a task when all requests that run now have ended; at once when none does. */
  void afterThose(Runnable task) {
    synchronized (this) {
      if (!running.isEmpty()) {
        waiting.add(new Later(next, task));
        return;
      }
    }
    task.run();
  }
}
