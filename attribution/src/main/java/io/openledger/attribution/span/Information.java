package io.openledger.attribution.span;

import io.openledger.attribution.index.SpanView;
import java.util.Collection;

/**
 * What tokens are worth: −log₂ of their unigram probability over some datanets together, in
 * thousandths of a bit, rounded for each token by itself so that sums are integers and the same in
 * any order. {@link StrictMath} because people are paid from these digits: the same on every
 * machine.
 */
final class Information {

  private final Collection<SpanView> views;
  private final long total;

  Information(Collection<SpanView> views) {
    this.views = views;
    this.total = views.stream().mapToLong(SpanView::totalTokens).sum();
  }

  /** 0 for a token that occurs nowhere: it lies in no match. */
  long millibits(int token) {
    long count = views.stream().mapToLong(view -> view.unigram(token)).sum();
    return count == 0
        ? 0
        : Math.round(1000 * StrictMath.log((double) total / count) / StrictMath.log(2));
  }
}
