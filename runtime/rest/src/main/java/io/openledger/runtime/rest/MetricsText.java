package io.openledger.runtime.rest;

import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import io.openledger.runtime.ServingFigure;
import io.openledger.runtime.ServingFigures;
import io.openledger.runtime.rollup.OutboxFigure;
import io.openledger.runtime.rollup.OutboxFigures;

/**
 * The engine's status, and the outbox's figures, in the text format of Prometheus, version 0.0.4:
 * names with a unit, counters that end in {@code _total}, histograms whose buckets add up.
 */
final class MetricsText {

  static final String TYPE = "text/plain;version=0.0.4;charset=utf-8";

  private final StringBuilder out = new StringBuilder();

  private MetricsText() {}

  static String of(ServingStatus s) {
    MetricsText text = new MetricsText();
    for (ServingFigure figure : ServingFigures.ALL) {
      if (figure instanceof ServingFigure.Numbers numbers) {
        text.numbers(numbers, s);
      } else if (figure instanceof ServingFigure.Values values) {
        text.histogram(values, s);
      }
    }
    return text.out.toString();
  }

  /** The outbox's figures in the same format. */
  static String of(OutboxFigures figures) {
    MetricsText text = new MetricsText();
    for (OutboxFigure figure : OutboxFigure.ALL) {
      String name = figure.textName();
      text.head(name, figure.help(), figure.counts() ? "counter" : "gauge");
      text.line(name, "", "", Long.toString(figure.value().applyAsLong(figures)));
    }
    return text.out.toString();
  }

  private void numbers(ServingFigure.Numbers figure, ServingStatus s) {
    head(figure, figure.counts() ? "counter" : "gauge");
    for (ServingFigure.Sample sample : figure.samples()) {
      line(
          figure.textName(),
          figure.label(),
          sample.label(),
          Long.toString(sample.value().applyAsLong(s)));
    }
  }

  private void histogram(ServingFigure.Values figure, ServingStatus s) {
    head(figure, "histogram");
    String name = figure.textName();
    Distribution d = figure.distribution().apply(s);
    for (double bound : ServingFigure.Values.andInfinity(d.bounds())) {
      line(
          name + "_bucket",
          "le",
          ServingFigure.Values.le(bound),
          Long.toString(figure.atMost(s, bound)));
    }
    line(name + "_sum", "", "", Double.toString(d.sum()));
    line(name + "_count", "", "", Long.toString(d.count()));
  }

  private void head(ServingFigure figure, String type) {
    head(figure.textName(), figure.help(), type);
  }

  private void head(String name, String help, String type) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void line(String name, String label, String value, String number) {
    out.append(name);
    if (!label.isEmpty()) {
      out.append('{').append(label).append("=\"").append(value).append("\"}");
    }
    out.append(' ').append(number).append('\n');
  }
}
