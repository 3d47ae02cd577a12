package io.openledger.rollup.payments;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The calls that this server is answering. Their prices are held back as long as that takes: how
 * long is for whoever reads the answer to say, who may read slowly. A price lapses where nobody
 * renews it any more, because the server died. Safe for any thread.
 *
 * <p>There are as many as the server answers calls at a time.
 */
final class Holds {

  private static final System.Logger LOG = System.getLogger(Holds.class.getName());

  private final Set<AdmittedCall> calls = ConcurrentHashMap.newKeySet();

  void add(AdmittedCall call) {
    calls.add(call);
  }

  void remove(AdmittedCall call) {
    calls.remove(call);
  }

  /** Holds the prices of all of them back anew. One that fails does not keep the others. */
  void renew() {
    for (AdmittedCall call : calls) {
      try {
        call.renew();
      } catch (RuntimeException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "the price of a call under way is renewed in the next round: {0}",
            e.getMessage());
      }
    }
  }
}
