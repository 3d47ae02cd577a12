package io.openledger.serving.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
 * @param most how long a run may take
 */
record OtherProgram(List<String> command, double target, Duration most) {

  private static final Pattern FIGURE = Pattern.compile("tokens_per_second ([0-9.]+)");
  private static final Duration MOST = Duration.ofMinutes(5);
  private static final int TOLD = 1 << 16;

  OtherProgram {
    command = List.copyOf(command);
  }

  /** Five minutes a run. */
  OtherProgram(List<String> command, double target) {
    this(command, target, MOST);
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
    // To a file: reading would wait for the program's end as long as that takes.
    Path output = Files.createTempFile("openledger-against", ".txt");
    try {
      return figure(words, output);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private double figure(List<String> words, Path output)
      throws IOException, InterruptedException, Failed {
    Process process;
    try {
      process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      throw new Failed(String.valueOf(e.getMessage()));
    }
    try {
      if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new Failed("no end after " + most.toSeconds() + " seconds");
      }
    } finally {
      process.destroyForcibly();
    }
    String said = end(output);
    Matcher figure = FIGURE.matcher(said);
    if (process.exitValue() != 0 || !figure.find()) {
      String[] lines = said.strip().split("\n", -1);
      throw new Failed("exit code " + process.exitValue() + ", " + lines[lines.length - 1]);
    }
    return Double.parseDouble(figure.group(1));
  }

  /** The last of what it said. */
  private static String end(Path output) throws IOException {
    try (FileChannel channel = FileChannel.open(output)) {
      long from = Math.max(0, channel.size() - TOLD);
      ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - from));
      while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) >= 0) {
        // to the end
      }
      return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }
  }
}
