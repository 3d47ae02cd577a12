package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.LeafData;
import io.openledger.api.reward.RewardLedger;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import io.openledger.runtime.rollup.EpochsOnChain;
import io.openledger.runtime.rollup.Rollups;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** {@code /api/ledger/epochs}: closed epochs and the proofs against them. */
@Path("api/ledger/epochs")
@Produces(MediaType.APPLICATION_JSON)
public class EpochsResource {

  @GET
  @Allowed
  public Response epochs(
      @Context SecurityContext user, @QueryParam("limit") @Nullable String limit) {
    return Json.ok(
        Json.object()
            .add(
                "items", Json.array(ledger(user).epochs(Parameters.limit(limit)), LedgerJson::of)));
  }

  /** What the chain has of the epochs of a range. */
  @GET
  @Path("postings")
  @Allowed
  public Response postings(
      @QueryParam("from") @Nullable String from, @QueryParam("to") @Nullable String to) {
    long first = from == null ? 1 : Parameters.whole("from", from, 1, Long.MAX_VALUE - 1000);
    long last = to == null ? first + 1000 : Parameters.whole("to", to, first, first + 1000);
    return Json.ok(
        Json.object().add("items", Json.array(onChain().postings(first, last), PostingJson::of)));
  }

  /** Posts the newest epoch now. */
  @POST
  @Path("postings")
  @Allowed(Role.ADMIN)
  public Response post(@Context SecurityContext user) {
    return Json.ok(PostingJson.of(onChain().post(Callers.of(user))));
  }

  /** The published amounts, as a file. */
  @GET
  @Path("{epoch}/leaves")
  @Produces(MediaType.APPLICATION_OCTET_STREAM)
  @Allowed
  public Response leaves(@Context SecurityContext user, @PathParam("epoch") String epoch) {
    LeafData data = ledger(user).leafData(Parameters.whole("epoch", epoch, 1, Long.MAX_VALUE));
    InputStream file;
    try {
      // opened at once: a file that is removed as an old one stays readable to who has it open
      file = Files.newInputStream(data.file());
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "the file of epoch " + epoch + " was removed meanwhile",
          "a file that is there",
          "ask again: it is written anew",
          e);
    }
    return Response.ok(file, MediaType.APPLICATION_OCTET_STREAM)
        .header("Content-Length", data.bytes())
        .header("Content-Disposition", "attachment; filename=\"epoch-" + data.epoch() + ".leaves\"")
        .header(
            "Repr-Digest",
            "sha-256=:" + Base64.getEncoder().encodeToString(data.digest().toBytes()) + ":")
        .tag(data.digest().hex())
        .build();
  }

  /** Closes the epoch now. */
  @POST
  @Allowed(Role.ADMIN)
  public Response close(@Context SecurityContext user) {
    return Json.ok(LedgerJson.of(ledger(user).closeEpoch()));
  }

  @GET
  @Path("{epoch}/proofs/{account}")
  @Allowed
  public Response proof(
      @Context SecurityContext user,
      @PathParam("epoch") String epoch,
      @PathParam("account") String account) {
    return Json.ok(
        LedgerJson.of(
            ledger(user)
                .proof(
                    Parameters.whole("epoch", epoch, 1, Long.MAX_VALUE),
                    AccountId.parse(account))));
  }

  private static EpochsOnChain onChain() {
    return Rollups.require(OpenLedgerServers.require())
        .epochs()
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.CHAIN_UNAVAILABLE,
                    "a server that posts no roots",
                    "servers with the contract RewardDistributor",
                    "have an administrator attach it"));
  }

  private static RewardLedger ledger(SecurityContext user) {
    return OpenLedgerServers.require().ledger(Callers.of(user));
  }
}
