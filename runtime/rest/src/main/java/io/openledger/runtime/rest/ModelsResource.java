package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.Names;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code /v1/models}: the base model and its adapters. */
@Path("v1/models")
@Produces(MediaType.APPLICATION_JSON)
public class ModelsResource {

  @GET
  @Allowed(Role.USER)
  public Response list(@Context SecurityContext user) {
    Map<ModelId, String> owners = new HashMap<>();
    List<ModelInfo> all = models(user).list();
    if (all.size() > 1) {
      adapters(user)
          .list()
          .forEach(a -> owners.put(a.residency().model().id(), a.residency().access().owner()));
    }
    return Json.ok(
        Json.object()
            .add("object", "list")
            .add(
                "data",
                Json.array(all, m -> ModelJson.openAi(m, owners.getOrDefault(m.id(), "")))));
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
    String owner =
        info.parent().isEmpty() ? "" : adapters(user).get(info.id()).residency().access().owner();
    return Json.ok(ModelJson.openAi(info, owner));
  }

  private static AdapterAdministration adapters(SecurityContext user) {
    return OpenLedgerServers.require().adapters(Callers.of(user));
  }

  private static ModelRegistry models(SecurityContext user) {
    return OpenLedgerServers.require().models(Callers.of(user));
  }
}
