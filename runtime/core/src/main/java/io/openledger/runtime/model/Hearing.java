package io.openledger.runtime.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.TokenScore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Whether anybody has heard text of a call's answers, and what their deadline means then.
 *
 * <p>An answer that nobody has heard any of is refused when its time is over, and costs nothing.
 * One that is heard while it is made is ended there instead, and is charged as far as it got: else
 * whoever sets a deadline just before the end would have the text for nothing. Answers of one call
 * are recorded together or not at all, so one that is heard decides for all. Safe for the threads
 * that generate.
 */
final class Hearing {

  private static final Duration ENDLESS = Duration.ofDays(3650);

  private enum State {
    /** Nobody has heard anything, and there is time. */
    UNHEARD,
    /** The call is charged, however it goes on. */
    HEARD,
    /** The call is refused: nobody hears anything any more. */
    LATE
  }

  private final List<? extends AnswerListener> listeners;
  private final LongSupplier nanoTime;
  private final long called;
  private final boolean silent;
  private final AtomicReference<State> state = new AtomicReference<>(State.UNHEARD);

  /** Of a call that begins now. */
  Hearing(List<? extends AnswerListener> listeners, LongSupplier nanoTime) {
    this.listeners = listeners;
    this.nanoTime = nanoTime;
    this.called = nanoTime.getAsLong();
    this.silent = listeners.stream().allMatch(each -> each == AnswerListener.SILENT);
  }

  /** The deadline that the engine is to keep: none where it depends on what was heard. */
  Optional<Duration> engines(Optional<Duration> deadline) {
    return silent ? deadline : Optional.empty();
  }

  /** The listeners, each with its prompt's deadline. */
  List<? extends AnswerListener> listeners(List<Prompt> prompts) {
    return silent
        ? listeners
        : IntStream.range(0, prompts.size())
            .mapToObj(i -> new Timed(listeners.get(i), prompts.get(i).handling().deadline()))
            .toList();
  }

  /** Ends the call without a charge, if nobody has heard anything; nobody will then. */
  boolean refuses() {
    return state.compareAndSet(State.UNHEARD, State.LATE) || state.get() == State.LATE;
  }

  /** Passes on what may be heard; ends or refuses its answer in time. */
  private final class Timed implements AnswerListener {
    private final AnswerListener listener;
    private final Optional<Duration> deadline;

    Timed(AnswerListener listener, Optional<Duration> deadline) {
      this.listener = listener;
      this.deadline = deadline.filter(each -> each.compareTo(ENDLESS) < 0);
    }

    @Override
    public void onText(String delta) {
      if (listener == AnswerListener.SILENT) {
        return;
      }
      state.compareAndSet(State.UNHEARD, State.HEARD);
      if (state.get() == State.HEARD) {
        listener.onText(delta);
      }
    }

    @Override
    public void onScore(TokenScore score) {
      listener.onScore(score);
    }

    @Override
    public boolean followsEvidence() {
      return listener.followsEvidence();
    }

    @Override
    public void onEvidence(List<SpanMatch> spans) {
      if (state.get() == State.HEARD) {
        listener.onEvidence(spans);
      }
    }

    @Override
    public boolean cancelled() {
      if (deadline.isEmpty() || nanoTime.getAsLong() - called < deadline.get().toNanos()) {
        return listener.cancelled();
      }
      if (refuses()) {
        throw new OpenLedgerException(
            ErrorCode.DEADLINE_EXCEEDED,
            "the request took longer than " + deadline.get(),
            "an answer before its deadline",
            "ask again later, ask for fewer tokens, or allow more time");
      }
      return true;
    }
  }
}
