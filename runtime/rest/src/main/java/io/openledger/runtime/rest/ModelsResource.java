package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.Names;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.ModelRegistry;
import io.openledger.runtime.AdapterAdministration;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/models}: the base model and its adapters. */
@Path("v1/models")
@Produces(MediaType.APPLICATION_JSON)
public class ModelsResource {

  @GET
  @Allowed(Role.USER)
  public Response list(
      @Context SecurityContext user,
      @QueryParam("limit") @Nullable String limit,
      @QueryParam("after") @Nullable String after) {
    List<ModelInfo> all = models(user).list();
    int first = Parameters.optional(after).map(a -> behind(all, new ModelId(a))).orElse(0);
    int left = all.size() - first;
    // without a limit all of them, as OpenAI's clients expect it
    int most = limit == null ? left : (int) Parameters.whole("limit", limit, 1, AdapterPage.MOST);
    List<ModelInfo> shown = all.subList(first, first + Math.min(most, left));
    AdapterAdministration adapters = adapters(user);
    return Json.ok(
        Json.object()
            .add("object", "list")
            .add("data", Json.array(shown, m -> ModelJson.openAi(m, owner(adapters, m))))
            .add("has_more", first + shown.size() < all.size()));
  }

  /** The base model comes first, then adapters by name. */
  private static int behind(List<ModelInfo> all, ModelId name) {
    if (all.isEmpty() || all.get(0).id().equals(name)) {
      return all.isEmpty() ? 0 : 1;
    }
    int first = 1;
    while (first < all.size() && all.get(first).id().compareTo(name) <= 0) {
      first++;
    }
    return first;
  }

  private static String owner(AdapterAdministration adapters, ModelInfo model) {
    if (model.parent().isEmpty()) {
      return "";
    }
    try {
      return adapters.get(model.id()).residency().access().owner();
    } catch (OpenLedgerException e) {
      return ""; // taken away a moment ago
    }
  }

  @GET
  @Path("{model}")
  @Allowed(Role.USER)
  public Response get(@Context SecurityContext user, @PathParam("model") String name) {
    ModelInfo info =
        models(user)
            .find(GenerationRequest.model(name))
            .orElseThrow(
                () ->
                    new RequestException(
                        ErrorCode.MODEL_UNKNOWN,
                        "model",
                        "model " + name,
                        "models of this server: " + Names.FORM,
                        "take a name from /openledger/v1/models"));
    return Json.ok(ModelJson.openAi(info, owner(adapters(user), info)));
  }

  private static AdapterAdministration adapters(SecurityContext user) {
    return OpenLedgerServers.require().adapters(Callers.of(user));
  }

  private static ModelRegistry models(SecurityContext user) {
    return OpenLedgerServers.require().models(Callers.of(user));
  }
}
