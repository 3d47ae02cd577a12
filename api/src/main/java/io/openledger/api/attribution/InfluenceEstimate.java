package io.openledger.api.attribution;

import io.openledger.api.Names;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;

/**
 * How much training on a contribution is estimated to have raised the likelihood of the answer.
 *
 * @param contribution which contribution
 * @param nats the estimated change of the answer's log-probability, in nats; below zero: it was
 *     hindered
 * @param method the estimator by name, of the form {@link Names#FORM}
 */
public record InfluenceEstimate(ContributionId contribution, double nats, String method)
    implements Evidence {

  public InfluenceEstimate {
    Names.require("estimator", method);
    if (!Double.isFinite(nats)) {
      throw OpenLedgerException.invalid("influence", nats, "a finite number of nats");
    }
  }
}
