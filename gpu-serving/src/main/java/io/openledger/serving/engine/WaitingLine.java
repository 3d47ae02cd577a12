package io.openledger.serving.engine;

import io.openledger.api.BusyException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who waits, and whose turn it is.
 *
 * <ul>
 *   <li>Among tenants, the one that was served least goes first ({@link FairShare}); each step of
 *       priority of its first request is worth {@value #PRIORITY_TOKENS} weighted tokens, so that
 *       urgency gives a bounded head start and never a larger share.
 *   <li>Among one tenant's requests the one of the highest priority, then the earliest; {@value
 *       #AGEING_SECONDS} seconds of waiting weigh as much as one step of priority, so that none
 *       waits for ever.
 * </ul>
 *
 * <p>The line has a limit, and one tenant may hold three quarters of it. Not safe for threads: the
 * scheduler guards it. Finding whose turn it is looks at each waiting tenant's first request, and
 * on past those that cannot go; the rest is logarithmic in the length of the line.
 */
final class WaitingLine {

  static final int PRIORITY_TOKENS = 256;
  static final int AGEING_SECONDS = 10;
  private static final long LONGEST_ESTIMATE = 600;
  private static final double NEWEST = 0.2;

  /** What waits for one tenant. */
  private static final class Tenant {
    final FairShare.Account account;
    final TreeSet<Sequence> requests = new TreeSet<>(WaitingLine::turn);

    Tenant(FairShare.Account account) {
      this.account = account;
    }
  }

  private final int limit;
  private final FairShare shares;
  private final Map<String, Tenant> tenants = new HashMap<>();
  private final TreeSet<Sequence> deadlines =
      new TreeSet<>(
          Comparator.<Sequence, Long>comparing(
                  each -> each.deadline, (a, b) -> Long.compare(a - b, 0))
              .thenComparingLong(each -> each.number));
  private long numbers;
  private int size;
  private double pace;
  private long lastTaken;
  private boolean taken;

  WaitingLine(int limit, FairShare shares) {
    this.limit = limit;
    this.shares = shares;
  }

  private static int turn(Sequence a, Sequence b) {
    long ageing = AGEING_SECONDS * 1_000_000_000L;
    long due = a.called - b.called;
    long headStart = (a.scheduling.priority() - b.scheduling.priority()) * ageing;
    int order = Long.compare(due, headStart);
    return order != 0 ? order : Long.compare(a.number, b.number);
  }

  /**
   * Takes a request in.
   *
   * @throws BusyException when the line or the tenant's part of it is full
   */
  void add(Sequence sequence) {
    String name = sequence.scheduling.tenant();
    @Nullable Tenant tenant = tenants.get(name);
    int own = tenant == null ? 0 : tenant.requests.size();
    int most = Math.max(1, limit - limit / 4);
    if (size >= limit) {
      throw new BusyException(size + " requests are waiting", "at most " + limit, retryAfter(size));
    }
    if (own >= most) {
      throw new BusyException(
          own + " requests of this tenant are waiting",
          "at most " + most + " of one tenant",
          retryAfter(own));
    }
    sequence.number = numbers++;
    FairShare.Account account = shares.enter(name);
    tenants.computeIfAbsent(name, n -> new Tenant(account)).requests.add(sequence);
    if (sequence.hasDeadline()) {
      deadlines.add(sequence);
    }
    size++;
  }

  /** As long as the last admissions took for as many, 1 s to {@value #LONGEST_ESTIMATE} s. */
  private Duration retryAfter(int before) {
    double seconds = Math.ceil(pace * before / 1e9);
    return Duration.ofSeconds((long) Math.max(1, Math.min(LONGEST_ESTIMATE, seconds)));
  }

  /**
   * Whose turn it is.
   *
   * @param able who can go now
   */
  @Nullable Sequence first(Predicate<Sequence> able) {
    @Nullable Sequence first = null;
    long least = 0;
    for (Tenant tenant : tenants.values()) {
      @Nullable Sequence candidate = first(tenant, able);
      if (candidate != null) {
        long key =
            tenant.account.served() - (long) candidate.scheduling.priority() * PRIORITY_TOKENS;
        if (first == null || key < least || key == least && candidate.number < first.number) {
          first = candidate;
          least = key;
        }
      }
    }
    return first;
  }

  private static @Nullable Sequence first(Tenant tenant, Predicate<Sequence> able) {
    for (Sequence each : tenant.requests) {
      if (able.test(each)) {
        return each;
      }
    }
    return null;
  }

  /** Whether it waits here. */
  boolean contains(Sequence sequence) {
    @Nullable Tenant tenant = tenants.get(sequence.scheduling.tenant());
    return tenant != null && tenant.requests.contains(sequence);
  }

  /** A request's turn has come. False: it was taken out meanwhile. */
  boolean take(Sequence sequence, long now) {
    if (!remove(sequence)) {
      return false;
    }
    if (taken && size > 0) {
      pace = pace == 0 ? now - lastTaken : (1 - NEWEST) * pace + NEWEST * (now - lastTaken);
    }
    taken = true;
    lastTaken = now;
    return true;
  }

  /** Takes a request out. False: it does not wait. */
  boolean remove(Sequence sequence) {
    String name = sequence.scheduling.tenant();
    @Nullable Tenant tenant = tenants.get(name);
    if (tenant == null || !tenant.requests.remove(sequence)) {
      return false;
    }
    if (tenant.requests.isEmpty()) {
      tenants.remove(name);
    }
    shares.leave(name);
    deadlines.remove(sequence);
    size--;
    return true;
  }

  /** Takes out those whose deadline has passed. */
  List<Sequence> expired(long now) {
    List<Sequence> late = new ArrayList<>();
    while (!deadlines.isEmpty() && deadlines.first().late(now)) {
      Sequence sequence = deadlines.first();
      remove(sequence);
      late.add(sequence);
    }
    return late;
  }

  /** Takes out all. */
  List<Sequence> clear() {
    List<Sequence> all = new ArrayList<>();
    tenants.values().forEach(tenant -> all.addAll(tenant.requests));
    all.forEach(this::remove);
    return all;
  }

  int size() {
    return size;
  }
}
