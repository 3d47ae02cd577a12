package io.openledger.rollup.epochs;

import io.openledger.api.OpenLedgerException;
import java.time.Duration;

/**
 * How roots are posted.
 *
 * @param distributor the contract
 * @param fund whether a root brings the coins that it promises and that are not there yet; without
 *     it somebody else puts them in, and roots that are not covered wait
 * @param every how often the chain is looked at, 1 second to 1 hour
 */
public record RootSettings(Deployed distributor, boolean fund, Duration every) {

  public RootSettings {
    if (every.compareTo(Duration.ofSeconds(1)) < 0 || every.compareTo(Duration.ofHours(1)) > 0) {
      throw OpenLedgerException.invalid("interval of looks at the chain", every, "PT1S to PT1H");
    }
  }
}
