package io.openledger.attribution.cli;

import picocli.CommandLine.Option;

/** Which stretches count, for the commands that trace a text. */
final class EvidenceOptions {

  /** Millibits a bit. */
  static final int MILLI = 1000;

  @Option(
      names = "--min-tokens",
      paramLabel = "N",
      defaultValue = "6",
      description = "Shorter stretches are dropped; default ${DEFAULT-VALUE}.")
  private int minimumTokens;

  @Option(
      names = "--min-bits",
      paramLabel = "BITS",
      defaultValue = "40",
      description = "Stretches of commoner words are dropped; default ${DEFAULT-VALUE}.")
  private int minimumBits;

  int minimumTokens() {
    return minimumTokens;
  }

  long minimumMillibits() {
    return (long) MILLI * minimumBits;
  }
}
