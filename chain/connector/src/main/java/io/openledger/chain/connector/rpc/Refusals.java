package io.openledger.chain.connector.rpc;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.tx.RevertReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What callers are told when the chain does not answer, or answers with no. */
final class Refusals {

  private static final RevertReason REASON = new RevertReason(List.of());

  private Refusals() {}

  static OpenLedgerException unavailable(RpcException e) {
    return unavailable(String.valueOf(e.getMessage()), e);
  }

  static OpenLedgerException unavailable(String what, @Nullable Throwable cause) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_UNAVAILABLE,
        what,
        "an endpoint of the chain that answers",
        "nothing is lost; look at the state of the endpoints, and try again",
        cause);
  }

  static OpenLedgerException disputed(String what) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_DISPUTED,
        what,
        "endpoints of which enough say the same",
        "nothing is taken for settled; find out which endpoint is wrong, and set it right or aside");
  }

  /**
   * What a JSON-RPC error means that every honest node gives. The contract's own errors are told by
   * selector; whoever knows the ABI asks {@link JsonRpcError#returned} of the cause.
   */
  static OpenLedgerException refused(RpcException e) {
    byte[] returned = e.error().returned();
    String why = returned.length == 0 ? e.error().message() : REASON.describe(returned);
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        "the chain refuses: " + why,
        "a call that its contract accepts",
        "correct what is asked of the contract",
        e);
  }
}
