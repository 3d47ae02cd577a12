package io.openledger.runtime;

import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

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

  /**
   * The whole name by Prometheus' conventions, such as {@code openledger_serving_queue_seconds}.
   */
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

  /**
   * How often which values were seen.
   *
   * @param bounds upper bounds of buckets, for registries that must know them before the engine is
   *     there; growing
   */
  record Values(
      String name,
      String help,
      Unit unit,
      List<Double> bounds,
      Function<ServingStatus, Distribution> distribution)
      implements ServingFigure {

    public Values {
      bounds = List.copyOf(bounds);
    }

    /**
     * How many of the values do not exceed a bound, as far as the engine's buckets tell: exact
     * where the engine has a bucket with that bound, else those of the buckets below it. Infinity:
     * all.
     */
    public long atMost(ServingStatus status, double bound) {
      Distribution d = distribution.apply(status);
      if (bound == Double.POSITIVE_INFINITY) {
        return d.count();
      }
      long below = 0;
      for (int i = 0; i < d.bounds().size() && d.bounds().get(i) <= bound; i++) {
        below += d.counts().get(i);
      }
      return below;
    }

    /** Bounds, and infinity after them. */
    public static List<Double> andInfinity(List<Double> bounds) {
      return Stream.concat(bounds.stream(), Stream.of(Double.POSITIVE_INFINITY)).toList();
    }

    /** A bound as the value of the label {@code le}. */
    public static String le(double bound) {
      return bound == Double.POSITIVE_INFINITY ? "+Inf" : Double.toString(bound);
    }
  }
}
