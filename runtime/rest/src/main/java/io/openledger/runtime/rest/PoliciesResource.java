package io.openledger.runtime.rest;

import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Policy;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.json.JsonObjectBuilder;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/policies}: the configured policies with all their rules, and the hash that a
 * deployment or a proposal names one by. The hash is over the version too, so it is told for the
 * version that is asked for.
 */
@Path("api/policies")
@Produces(MediaType.APPLICATION_JSON)
public class PoliciesResource {

  @GET
  @Allowed
  public Response policies(@QueryParam("version") @Nullable String version) {
    int at = version == null ? 1 : (int) Parameters.whole("version", version, 1, Integer.MAX_VALUE);
    return Json.ok(
        Json.object()
            .add("version", at)
            .add(
                "items",
                Json.array(OpenLedgerServers.require().configuredPolicies(), p -> of(at(p, at)))));
  }

  private static Policy at(Policy p, int version) {
    return new Policy(
        p.name(),
        version,
        p.feePerAnswer(),
        p.feePerToken(),
        p.feeSplit(),
        p.thresholds(),
        p.nearDuplicateBasisPoints());
  }

  private static JsonObjectBuilder of(Policy p) {
    JsonObjectBuilder split = Json.object();
    for (FeeRole role : FeeRole.values()) {
      split.add(role.name(), p.feeSplit().of(role));
    }
    return Json.object()
        .add("name", p.name())
        .add("hash", p.hash().hex())
        .add("feePerAnswer", p.feePerAnswer().toString())
        .add("feePerToken", p.feePerToken().toString())
        .add("feeSplit", split)
        .add("minimumTokens", p.thresholds().minimumTokens())
        .add("minimumMillibits", p.thresholds().minimumMillibits())
        .add("listedContributions", p.thresholds().listedContributions())
        .add("wholeWords", p.thresholds().wholeWords())
        .add("listedBasisPoints", p.thresholds().listedBasisPoints())
        .add("nearDuplicateBasisPoints", p.nearDuplicateBasisPoints());
  }
}
