package io.openledger.serving.cli;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table that {@code serve-bench} prints, row by row, and the same as JSON. */
final class Rows {

  /**
   * One figure beside what it is to be.
   *
   * @param what was measured
   * @param target what it is to reach
   * @param atLeast whether the target is a lower bound
   * @param value the figure; NaN: it could not be measured
   * @param detail how, and of what
   */
  record Row(String what, double target, boolean atLeast, double value, String detail) {
    boolean met() {
      return atLeast ? value >= target : value <= target;
    }
  }

  private final PrintWriter out;
  private final List<Row> rows = new ArrayList<>();

  Rows(PrintWriter out) {
    this.out = out;
    out.printf("%-52s %10s %10s  %-8s %s%n", "", "target", "figure", "", "how");
  }

  /** A figure that is to be at least so much. */
  void atLeast(String what, double target, double value, String detail) {
    add(new Row(what, target, true, value, detail));
  }

  /** A figure that is to be at most so much. */
  void atMost(String what, double target, double value, String detail) {
    add(new Row(what, target, false, value, detail));
  }

  /** What could not be measured, and why. */
  void missing(String what, double target, boolean atLeast, String why) {
    add(new Row(what, target, atLeast, Double.NaN, why));
  }

  private void add(Row row) {
    rows.add(row);
    boolean measured = !Double.isNaN(row.value());
    out.printf(
        Locale.ROOT,
        "%-52s %s %-8s %10s  %-8s %s%n",
        row.what(),
        row.atLeast() ? ">=" : "<=",
        figure(row.target()),
        measured ? figure(row.value()) : "-",
        !measured ? "none" : row.met() ? "met" : "not met",
        row.detail());
    out.flush();
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.3f", value);
  }

  boolean allMet() {
    return rows.stream().allMatch(Row::met);
  }

  /** Everything, with what it was measured on. */
  String json(JsonObject machine) {
    JsonObject root = new JsonObject();
    root.add("machine", machine);
    JsonArray all = new JsonArray();
    for (Row row : rows) {
      JsonObject one = new JsonObject();
      one.addProperty("what", row.what());
      one.addProperty(row.atLeast() ? "atLeast" : "atMost", row.target());
      if (!Double.isNaN(row.value())) {
        one.addProperty("value", row.value());
        one.addProperty("met", row.met());
      }
      one.addProperty("detail", row.detail());
      all.add(one);
    }
    root.add("rows", all);
    return new GsonBuilder().setPrettyPrinting().create().toJson(root);
  }
}
