package io.openledger.serving.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program to measure beside ours: a command that decodes and prints {@code tokens_per_second N}.
 *
 * @param command its words; prompt and number of tokens are put behind them
 * @param target what ours is to reach, as a ratio
 */
record OtherProgram(List<String> command, double target) {

  private static final Pattern FIGURE = Pattern.compile("tokens_per_second ([0-9.]+)");
  private static final int MINUTES = 5;

  OtherProgram {
    command = List.copyOf(command);
  }

  /** It ended without a figure. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  /** Tokens a second that one run says. */
  double run(String prompt, int tokens) throws IOException, InterruptedException, Failed {
    List<String> words = new ArrayList<>(command);
    words.add(prompt);
    words.add(String.valueOf(tokens));
    Process process;
    try {
      process = new ProcessBuilder(words).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new Failed(String.valueOf(e.getMessage()));
    }
    String said;
    try (InputStream output = process.getInputStream()) {
      said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new Failed("no end after " + MINUTES + " minutes");
    }
    Matcher figure = FIGURE.matcher(said);
    if (process.exitValue() != 0 || !figure.find()) {
      String[] lines = said.strip().split("\n", -1);
      throw new Failed("exit code " + process.exitValue() + ", " + lines[lines.length - 1]);
    }
    return Double.parseDouble(figure.group(1));
  }
}
