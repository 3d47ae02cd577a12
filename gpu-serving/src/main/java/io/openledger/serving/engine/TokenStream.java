package io.openledger.serving.engine;

import io.openledger.api.model.FinishReason;
import io.openledger.serving.adapter.HostTier;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one request, handed from the scheduler to the caller. It holds no more than the
 * context has room for: a slow caller delays neither the scheduler nor its batch mates.
 */
final class TokenStream {

  /** Something to read, how likely a prompt's token was, a token, or the end. */
  sealed interface Event permits Fetch, Prompted, Token, End {}

  /**
   * The caller is to read its adapter into host memory, on its own thread: the scheduler never
   * waits for a disk.
   *
   * @param claim on the adapter
   * @param told when it is done, or why it failed
   */
  record Fetch(HostTier.Claim claim, Consumer<Optional<RuntimeException>> told) implements Event {

    /** Reads, unless another request for the same adapter does. */
    void run() {
      Optional<RuntimeException> failure = Optional.empty();
      try {
        claim.load();
      } catch (RuntimeException e) {
        failure = Optional.of(e);
      } catch (OutOfMemoryError e) {
        failure = Optional.of(Admission.noMemory(claim.adapter(), e));
      } finally {
        told.accept(failure);
      }
    }
  }

  /**
   * The next of the prompt's tokens, where they are scored; all come before the first token.
   *
   * @param likelihood how likely it was
   */
  record Prompted(Likelihood likelihood) implements Event {}

  /**
   * One more token.
   *
   * @param id of the vocabulary
   * @param likelihood how likely it was; null where nobody asked
   */
  record Token(int id, @Nullable Likelihood likelihood) implements Event {}

  /**
   * No more tokens.
   *
   * @param reason why, unless it failed
   * @param failure what failed
   */
  record End(FinishReason reason, @Nullable RuntimeException failure) implements Event {}

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Runnable whenCancelled;
  private volatile boolean cancelled;
  private volatile boolean complete;
  private volatile long admittedNanos = -1;

  /**
   * @param whenCancelled called on the caller's thread when it wants no more
   */
  TokenStream(Runnable whenCancelled) {
    this.whenCancelled = whenCancelled;
  }

  /** Called by the scheduler. */
  void push(Event event) {
    events.add(event);
  }

  /** Called by the scheduler when the request leaves the queue. */
  void admitted(long nanos) {
    admittedNanos = nanos;
  }

  /** When the request left the queue; −1 before. */
  long admittedNanos() {
    return admittedNanos;
  }

  /** The next event, or null when there is none for so long. */
  @Nullable Event poll(long milliseconds) throws InterruptedException {
    return events.poll(milliseconds, TimeUnit.MILLISECONDS);
  }

  /** Ends the request within one step. */
  void cancel() {
    cancelled = true;
    whenCancelled.run();
  }

  /** Ends the request as {@link #cancel} does, but because its answer is complete. */
  void complete() {
    complete = true;
    cancel();
  }

  /** Whether the caller has all that it wanted. */
  boolean isComplete() {
    return complete;
  }

  boolean cancelled() {
    return cancelled;
  }
}
