package io.openledger.chain.cli;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.SendLimits;
import java.math.BigDecimal;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What a transaction may cost: options of every command that sends one. */
@SuppressWarnings("NullAway.Init") // picocli sets them
final class FeeOptions {

  private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000);

  @Option(
      names = "--max-fee-per-gas",
      paramLabel = "GWEI",
      defaultValue = "100",
      description = "The most that a unit of gas may ever cost; default ${DEFAULT-VALUE}.")
  private BigDecimal gwei;

  @Option(
      names = "--patience",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Until a fee is raised, 1 to 3600; default ${DEFAULT-VALUE}.")
  private int patience;

  SendLimits limits() {
    if (gwei.signum() <= 0 || gwei.compareTo(MOST) > 0 || gwei.scale() > 9) {
      throw OpenLedgerException.invalid(
          "--max-fee-per-gas", gwei, "above 0 to 1000000, with at most 9 decimals");
    }
    if (patience < 1 || patience > 3600) {
      throw OpenLedgerException.invalid("--patience", patience, "1 to 3600 seconds");
    }
    return new SendLimits(
        new Wei(gwei.movePointRight(9).toBigIntegerExact()),
        SendLimits.USUAL.poll(),
        Duration.ofSeconds(patience));
  }
}
