package io.openledger.rollup.governance;

import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.Finality;
import java.util.Set;

/**
 * How governance is read and by whom it is used.
 *
 * @param finality how settled what is shown must be; steps are checked in the newest block
 * @param applications that may act with the server's key, besides administrators
 */
public record GovernanceSettings(Finality finality, Set<String> applications) {

  /** The newest block, no application. */
  public static final GovernanceSettings USUAL = new GovernanceSettings(Finality.UNSAFE, Set.of());

  public GovernanceSettings {
    applications = Set.copyOf(applications);
    if (applications.size() > 100) {
      throw OpenLedgerException.invalid(
          "number of applications that govern", applications.size(), "at most 100");
    }
  }
}
