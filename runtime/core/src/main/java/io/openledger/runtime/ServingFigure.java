package io.openledger.runtime;

import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * One figure that is published of the serving engine: its name, what it counts, and how it is read
 * from a status. {@link ServingFigures#ALL} is the one list from which every form is made, the text
 * for Prometheus and the meters of each server's own registry, so that a figure has one name.
 */
public sealed interface ServingFigure {

  /** What every name begins with. */
  String PREFIX = "openledger_serving_";

  /** In words joined by underscores, without prefix, unit and ending. */
  String name();

  /** One sentence. */
  String help();

  /** What it is measured in. */
  Unit unit();

  /** The whole name by Prometheus' conventions, such as {@code openledger_serving_queue_seconds}. */
  default String textName() {
    return PREFIX + name() + (unit() == Unit.NONE ? "" : "_" + unit().text());
  }

  /** What a figure is measured in. */
  enum Unit {
    NONE(""),
    SECONDS("seconds"),
    BYTES("bytes");

    private final String text;

    Unit(String text) {
      this.text = text;
    }

    /** Its name; empty for {@link #NONE}. */
    public String text() {
      return text;
    }
  }

  /**
   * One number, or several that a label tells apart.
   *
   * @param counts whether it only grows while the engine is open
   * @param label the label's name; empty: one sample without a label
   */
  record Numbers(
      String name, String help, Unit unit, boolean counts, String label, List<Sample> samples)
      implements ServingFigure {

    public Numbers {
      samples = List.copyOf(samples);
      if (samples.isEmpty() || label.isEmpty() && samples.size() > 1) {
        throw new IllegalArgumentException(name + ": " + samples.size() + " samples, no label");
      }
    }

    @Override
    public String textName() {
      return ServingFigure.super.textName() + (counts ? "_total" : "");
    }
  }

  /**
   * A number under the label's value.
   *
   * @param label the value; empty where the figure has no label
   */
  record Sample(String label, ToLongFunction<ServingStatus> value) {}

  /** How often which values were seen. */
  record Values(
      String name, String help, Unit unit, Function<ServingStatus, Distribution> distribution)
      implements ServingFigure {

    /** How many of the values do not exceed a bound of the buckets; infinity: all. */
    public long atMost(ServingStatus status, double bound) {
      Distribution d = distribution.apply(status);
      long below = 0;
      for (int i = 0; i < d.bounds().size() && d.bounds().get(i) <= bound; i++) {
        below += d.counts().get(i);
      }
      return bound == Double.POSITIVE_INFINITY ? d.count() : below;
    }

    /** The upper bounds of all buckets; the last one is infinity. */
    public List<Double> bounds(ServingStatus status) {
      List<Double> bounds = new java.util.ArrayList<>(distribution.apply(status).bounds());
      bounds.add(Double.POSITIVE_INFINITY);
      return List.copyOf(bounds);
    }

    /** A bound as the value of the label {@code le}. */
    public static String le(double bound) {
      return bound == Double.POSITIVE_INFINITY ? "+Inf" : Double.toString(bound);
    }
  }
}
