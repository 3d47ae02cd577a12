package io.openledger.runtime.model;

import io.openledger.api.BusyException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** How many uploads are taken at once, in all and of one tenant. Safe for any thread. */
final class UploadGate {

  /** About the time that an upload of some ten MB takes. */
  private static final Duration RETRY = Duration.ofSeconds(5);

  private final int most;
  private final int perTenant;
  private final Map<String, Integer> within = new HashMap<>();
  private int all;

  UploadGate(int most, int perTenant) {
    this.most = most;
    this.perTenant = perTenant;
  }

  /** A place within; closing it gives it back. */
  interface Pass extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Lets an upload in.
   *
   * @throws BusyException when as many are under way as there may be
   */
  synchronized Pass enter(String tenant) {
    int own = within.getOrDefault(tenant, 0);
    if (own >= perTenant) {
      throw new BusyException(
          "one upload more, while " + own + " of yours are under way",
          "at most " + perTenant + " at once of one tenant",
          RETRY);
    }
    if (all >= most) {
      throw new BusyException(
          "one upload more, while " + all + " are under way",
          "at most " + most + " at once",
          RETRY);
    }
    all++;
    within.put(tenant, own + 1);
    return () -> leave(tenant);
  }

  private synchronized void leave(String tenant) {
    all--;
    within.computeIfPresent(tenant, (t, count) -> count == 1 ? null : count - 1);
  }
}
