package io.openledger.runtime.rest;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.TokenScore;
import io.openledger.runtime.rollup.Admission;
import java.util.List;

/** Ends an answer whose price is no longer held back: it could not be charged. */
record HeldListener(AnswerListener inner, Admission.Admitted call) implements AnswerListener {

  static List<HeldListener> all(List<? extends AnswerListener> listeners, Admission.Admitted call) {
    return listeners.stream().map(listener -> new HeldListener(listener, call)).toList();
  }

  @Override
  public void onText(String delta) {
    inner.onText(delta);
  }

  @Override
  public void onScore(TokenScore score) {
    inner.onScore(score);
  }

  @Override
  public boolean followsEvidence() {
    return inner.followsEvidence();
  }

  @Override
  public void onEvidence(List<SpanMatch> spans) {
    inner.onEvidence(spans);
  }

  @Override
  public boolean cancelled() {
    return inner.cancelled() || !call.held();
  }
}
