package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.ChainEvents;
import io.openledger.runtime.rollup.ChainEvents.Event;
import io.openledger.runtime.rollup.ChainEvents.Kind;
import io.openledger.runtime.rollup.Rollups;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/** {@code /api/chain/events}: what the contracts told, as it was read, for administrators. */
@Path("api/chain/events")
@Produces(MediaType.APPLICATION_JSON)
public class ChainEventsResource {

  @GET
  @Allowed(Role.ADMIN)
  public Response list(
      @QueryParam("kind") @Nullable String kind,
      @QueryParam("account") @Nullable String account,
      @QueryParam("offset") @Nullable String offset,
      @QueryParam("limit") @Nullable String limit) {
    OpenLedgerServer server = OpenLedgerServers.require();
    ChainEvents events =
        Rollups.require(server)
            .chainEvents()
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.CHAIN_UNAVAILABLE,
                        "a question for events while none are read",
                        "servers that follow the contracts' events",
                        "configure the chain and its address book"));
    return Json.ok(
        PageJson.of(
            events.list(
                Parameters.optional(kind).map(k -> Parameters.constant("kind", k, Kind.class)),
                Parameters.optional(account).map(server::parseAddress),
                Parameters.offset(offset),
                Parameters.limit(limit)),
            ChainEventsResource::json));
  }

  // subjects are numbers, hashes and keys of printable characters: never a proposer's text
  private static JsonObjectBuilder json(Event e) {
    JsonObjectBuilder json =
        Json.object()
            .add("contract", e.contract())
            .add("event", e.event())
            .add("time", e.time().toString())
            .add("block", e.block())
            .add("transaction", "0x" + e.transaction().hex())
            .add("final", e.settled());
    e.subject().ifPresent(subject -> json.add("subject", subject));
    e.account().ifPresent(account -> json.add("account", account.value()));
    e.amount().ifPresent(amount -> json.add("amount", amount.toString()));
    return json;
  }
}
