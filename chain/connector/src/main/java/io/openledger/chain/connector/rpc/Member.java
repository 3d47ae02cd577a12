package io.openledger.chain.connector.rpc;

import io.openledger.chain.connector.rpc.EndpointState.Status;
import io.openledger.chain.connector.rpc.HttpService.Pending;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint among others, and what is known of it. Back-off is counted in monotonic time; the
 * wall clock is for showing alone. Safe for any number of threads.
 */
final class Member {

  /** An endpoint that asks for more patience is asked again all the same. */
  private static final Duration LONGEST_PATIENCE = Duration.ofMinutes(10);

  private final Node node;
  private final EndpointSettings settings;
  private final LongSupplier nanos;
  private final Clock clock;

  private Status status = Status.UNKNOWN;
  private Optional<String> detail = Optional.empty();
  private Optional<BlockHeader> head = Optional.empty();
  private Optional<String> lastError = Optional.empty();
  private Instant since;
  private Duration backOff;
  private long lag;
  private long failures;
  private long contradictions;
  private long finalSeen = -1;
  private long retryAt;
  private long chainAskedAt;
  private boolean chainKnown;
  private boolean probed;

  Member(Node node, EndpointSettings settings, LongSupplier nanos, Clock clock) {
    this.node = node;
    this.settings = settings;
    this.nanos = nanos;
    this.clock = clock;
    this.since = clock.instant();
    this.backOff = settings.backOff();
    this.retryAt = nanos.getAsLong();
  }

  String name() {
    return node.name();
  }

  <T> Pending<T> begin(Question<T> question) throws RpcException {
    return node.begin(question);
  }

  RpcException slow(Question<?> question) {
    return node.slow(question);
  }

  /** Whether questions go to it. */
  synchronized boolean up() {
    return status == Status.UP || status == Status.LATE;
  }

  /** Whether it may be asked for what is newest. */
  synchronized boolean fresh() {
    return status == Status.UP;
  }

  synchronized boolean reached(long block) {
    return head.isPresent() && head.get().number() >= block;
  }

  synchronized Optional<BlockHeader> head() {
    return head;
  }

  /** Whether {@link #due} would be true. */
  synchronized boolean mayBeDue() {
    return !up() && status != Status.ASIDE && retryAt - nanos.getAsLong() <= 0;
  }

  /** Whether a look at it is due although it is not up; the next one is a back-off away then. */
  synchronized boolean due() {
    if (!mayBeDue()) {
      return false;
    }
    retryAt = nanos.getAsLong() + backOff.toNanos();
    probed = true;
    return true;
  }

  /** Whether its chain's id must be asked for: at first, after each failure, and once a minute. */
  synchronized boolean chainDue() {
    return !chainKnown || nanos.getAsLong() - chainAskedAt > Duration.ofMinutes(1).toNanos();
  }

  synchronized void chain(long id, long expected) {
    chainKnown = id == expected;
    chainAskedAt = nanos.getAsLong();
    if (!chainKnown) {
      leave(
          Status.WRONG_CHAIN,
          "it is of chain " + id + ", not " + expected + ": correct its address or the chain's id",
          settings.longestBackOff());
    }
  }

  synchronized void head(BlockHeader seen) {
    head = Optional.of(seen);
    if (status != Status.ASIDE && chainKnown) {
      probed = false;
      backOff = settings.backOff();
      if (!up()) {
        become(Status.UP, Optional.empty());
      }
    }
  }

  /** Compares its head with what enough others have reached. */
  synchronized void compare(long number, Instant time) {
    if (!up() || head.isEmpty()) {
      return;
    }
    BlockHeader own = head.get();
    lag = Math.max(0, number - own.number());
    boolean late = lag > settings.lagBlocks() || own.time().plus(settings.lagTime()).isBefore(time);
    if (late != (status == Status.LATE)) {
      become(
          late ? Status.LATE : Status.UP,
          late
              ? Optional.of("its newest block is " + own.number() + " of " + own.time())
              : Optional.empty());
    }
  }

  /** Takes note of an error; one that speaks against the endpoint leaves it alone for a while. */
  synchronized void failed(RpcException e) {
    lastError = Optional.ofNullable(e.getMessage());
    if (!e.againstEndpoint()) {
      return;
    }
    failures++;
    chainKnown = false;
    if (status == Status.ASIDE) {
      return;
    }
    boolean throttled = e.kind() == RpcException.Kind.THROTTLED;
    Duration wait = backOff;
    if (throttled && e.retryAfter().isPresent()) {
      Duration told = e.retryAfter().get();
      wait = told.compareTo(LONGEST_PATIENCE) > 0 ? LONGEST_PATIENCE : told;
      wait = wait.compareTo(backOff) < 0 ? backOff : wait;
    }
    // questions that were on their way together fail together: that is one failure
    if (up() || probed) {
      probed = false;
      Duration doubled = backOff.multipliedBy(2);
      backOff =
          doubled.compareTo(settings.longestBackOff()) > 0 ? settings.longestBackOff() : doubled;
      leave(throttled ? Status.THROTTLED : Status.DOWN, "asked again on its own", wait);
    }
  }

  /** Takes note of what it calls final. */
  synchronized void callsFinal(long number) {
    finalSeen = Math.max(finalSeen, number);
  }

  /**
   * Takes note that it was outvoted.
   *
   * @param about the block that it is about, if that is final. An endpoint that calls it final,
   *     too, is put aside; one that does not may only be late, or still on a branch that is given
   *     up
   */
  synchronized void contradicted(String what, OptionalLong about) {
    contradictions++;
    lastError = Optional.of("endpoint " + name() + ": " + what);
    if (about.isPresent() && about.getAsLong() <= finalSeen) {
      aside(what);
    }
  }

  synchronized void aside(String why) {
    become(
        Status.ASIDE,
        Optional.of(why + "; find out why, then lift it or take it out of the configuration"));
  }

  /** Asks it again as if it were new. */
  synchronized void lift() {
    finalSeen = -1;
    chainKnown = false;
    backOff = settings.backOff();
    leave(Status.UNKNOWN, "lifted", Duration.ZERO);
  }

  private void leave(Status next, String why, Duration wait) {
    retryAt = nanos.getAsLong() + wait.toNanos();
    become(next, Optional.of(why));
  }

  private void become(Status next, Optional<String> why) {
    if (next != status) {
      since = clock.instant();
      status = next;
    }
    detail = why;
  }

  synchronized EndpointState state() {
    long left = retryAt - nanos.getAsLong();
    boolean waits = !up() && status != Status.ASIDE;
    @Nullable Duration retryIn = waits ? Duration.ofNanos(Math.max(0, left)) : null;
    return new EndpointState(
        name(),
        status,
        detail,
        head,
        lag,
        lastError,
        failures,
        contradictions,
        since,
        Optional.ofNullable(retryIn));
  }
}
