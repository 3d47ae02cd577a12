package io.openledger.runtime.model;

import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.TokenScore;
import io.openledger.api.spi.ServingEngine;
import org.jspecify.annotations.Nullable;

/** Keeps what a caller's listener throws, ends the generation, and gives it back afterwards. */
final class GuardedListener implements ServingEngine.Listener {

  private final AnswerListener listener;
  private @Nullable Throwable thrown;
  private boolean asked;
  private boolean heard;

  GuardedListener(AnswerListener listener) {
    this.listener = listener;
  }

  @Override
  public boolean onText(String delta) {
    try {
      if (thrown == null && !delta.isEmpty()) {
        heard = true;
        listener.onText(delta);
      }
    } catch (Throwable e) {
      thrown = e;
    }
    return thrown == null;
  }

  @Override
  public void onScore(TokenScore score) {
    try {
      if (thrown == null) {
        listener.onScore(score);
      }
    } catch (Throwable e) {
      thrown = e;
    }
  }

  @Override
  public boolean cancelled() {
    try {
      asked |= thrown != null || listener.cancelled();
      return asked;
    } catch (Throwable e) {
      thrown = e;
      return true;
    }
  }

  /** Whether it was the listener who ended the generation. */
  boolean ended() {
    return asked;
  }

  /** Whether there was any text. */
  boolean heard() {
    return heard;
  }

  /** Throws what the listener threw, if it did. */
  void rethrow() {
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
    if (thrown != null) {
      throw new IllegalStateException("a listener threw a checked exception", thrown);
    }
  }
}
