package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.Rollups;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;

/** {@code /api/receipts/{receipt}}. */
@Path("api/receipts")
@Produces(MediaType.APPLICATION_JSON)
public class ReceiptsResource {

  @GET
  @Path("{receipt}")
  @Allowed({Role.USER, Role.COMPLIANCE})
  public Response get(@Context SecurityContext user, @PathParam("receipt") String receipt) {
    return Json.ok(ReceiptJson.of(receipt(user, receipt)));
  }

  /** That the receipt is among those whose root is on the chain. */
  @GET
  @Path("{receipt}/anchor")
  @Allowed({Role.USER, Role.COMPLIANCE})
  public Response anchor(@Context SecurityContext user, @PathParam("receipt") String receipt) {
    Receipt found = receipt(user, receipt);
    return Json.ok(
        PostingJson.of(
            Rollups.require(OpenLedgerServers.require())
                .epochs()
                .orElseThrow(
                    () ->
                        new OpenLedgerException(
                            ErrorCode.CHAIN_UNAVAILABLE,
                            "a server that anchors no receipts",
                            "servers with the contract AttributionAnchor",
                            "have an administrator attach it"))
                .prove(found)));
  }

  private static Receipt receipt(SecurityContext user, String receipt) {
    ReceiptId id = new ReceiptId(receipt);
    return OpenLedgerServers.require()
        .reports(Callers.of(user))
        .receipt(id)
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.RECEIPT_UNKNOWN,
                    "receipt " + id,
                    "receipts of your own answers; all, with the compliance role",
                    "take the id from the answer"));
  }
}
