package io.openledger.rollup.endpoints;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.EndpointState;
import io.openledger.chain.connector.rpc.Endpoints;
import io.openledger.chain.connector.rpc.FinalBlock;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.rollup.EndpointAdministration;
import io.openledger.runtime.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The endpoints with the rights of one caller: all of them for an administrator, none for others.
 */
record CallerEndpoints(
    Store store,
    Endpoints endpoints,
    Map<String, String> addresses,
    EndpointRows rows,
    EndpointKeeper keeper,
    Caller caller)
    implements EndpointAdministration {

  private void requireAdministrator() {
    if (!caller.is(Role.ADMIN)) {
      throw new OpenLedgerException(
          ErrorCode.FORBIDDEN,
          "a caller without the role " + Role.ADMIN.label(),
          Role.ADMIN.label(),
          "ask an administrator");
    }
  }

  @Override
  public Standing standing() {
    requireAdministrator();
    List<Decision> decisions =
        store.join("reading decisions", c -> rows.decisions(c, MOST_DECISIONS));
    return new Standing(
        endpoints.chainId(),
        endpoints.quorum(),
        endpoints.settled().map(b -> new Block(b.number(), b.hash())),
        endpoints.finalityDispute(),
        endpoints.states().stream().map(this::endpoint).toList(),
        decisions);
  }

  private Endpoint endpoint(EndpointState s) {
    Optional<Long> head = s.head().map(BlockHeader::number);
    return new Endpoint(
        s.name(),
        addresses.getOrDefault(s.name(), ""),
        Status.valueOf(s.status().name()),
        s.detail(),
        head.isPresent() ? OptionalLong.of(head.get()) : OptionalLong.empty(),
        s.lag(),
        s.lastError(),
        s.failures(),
        s.contradictions(),
        s.since(),
        s.retryIn());
  }

  @Override
  public Standing lift(String endpoint) {
    requireAdministrator();
    List<String> names = endpoints.states().stream().map(EndpointState::name).toList();
    if (!names.contains(endpoint)) {
      throw OpenLedgerException.invalidText(
          "endpoint", endpoint, "one of " + String.join(", ", names));
    }
    keeper.load();
    // at once, whatever becomes of the caller's transaction: endpoints have none
    store.requiresNew(
        "lifting an endpoint",
        c -> {
          rows.lift(c, endpoint, caller.tenant());
          return true;
        });
    keeper.look();
    return standing();
  }

  @Override
  public Standing acceptFinality() {
    requireAdministrator();
    keeper.load();
    BlockHeader told =
        endpoints
            .unaccepted()
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.CHAIN_REFUSED,
                        "what endpoints call final follows from what was final",
                        "finality that is disputed",
                        "nothing is to be accepted; look at the endpoints again"));
    FinalBlock now = FinalBlock.of(told);
    String subject = now + endpoints.settled().map(b -> " in place of " + b).orElse("");
    store.requiresNew(
        "accepting what is final",
        c -> {
          rows.accept(c, now, subject, caller.tenant());
          return true;
        });
    keeper.look();
    return standing();
  }
}
