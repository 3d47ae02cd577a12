package io.openledger.serving.cli;

import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar on the terminal: standard error, so that standard output stays what was asked for.
 * Where there is no terminal, a line now and then.
 */
final class Bar implements AutoCloseable {

  private static final int TERMINAL_MILLIS = 200;
  private static final int FILE_MILLIS = 10_000;

  private final ProgressBar bar;

  private Bar(ProgressBar bar) {
    this.bar = bar;
  }

  /** A bar up to a number of units; 0 where it is not known. */
  static Bar of(String task, String unit, long size, long most) {
    boolean terminal = System.console() != null;
    ProgressBarBuilder builder =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(most > 0 ? most : -1)
            .setUnit(unit, size)
            .showSpeed()
            .setUpdateIntervalMillis(terminal ? TERMINAL_MILLIS : FILE_MILLIS);
    if (!terminal) {
      builder
          .setStyle(ProgressBarStyle.ASCII)
          .setConsumer(new DelegatingProgressBarConsumer(System.err::println, 100));
    }
    return new Bar(builder.build());
  }

  void step(long units) {
    bar.stepBy(units);
  }

  void say(String what) {
    bar.setExtraMessage(" " + what);
  }

  @Override
  public void close() {
    bar.close();
  }
}
