package io.openledger.runtime.rest;

import io.openledger.api.model.ModelId;
import io.openledger.runtime.AdapterAdministration;
import io.openledger.runtime.AdapterAdministration.Access;
import io.openledger.runtime.AdapterAdministration.Adapter;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /api/adapters}: adapters with their owners, grants, versions and slots. */
@Path("api/adapters")
@Produces(MediaType.APPLICATION_JSON)
public class AdaptersResource {

  private static final String ZIP = "application/zip";

  @GET
  @Allowed
  public Response list(
      @Context SecurityContext user,
      @QueryParam("limit") @Nullable String limit,
      @QueryParam("after") @Nullable String after) {
    return Json.ok(AdapterPage.of(adapters(user), limit, after, AdapterJson::of));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.ADMIN)
  public Response register(@Context SecurityContext user, @Context UriInfo uri, InputStream body) {
    JsonFields json = Bodies.json(body, Bodies.LARGE);
    ModelId id = new ModelId(json.requiredText("id"));
    Access access = AdapterJson.access(json);
    Optional<String> builder = json.text("builder");
    json.requireAllRead();
    return created(uri, adapters(user).registerFolder(id, access, builder));
  }

  @GET
  @Path("{adapter}")
  @Allowed
  public Response get(@Context SecurityContext user, @PathParam("adapter") String name) {
    return Json.ok(AdapterJson.of(adapters(user).get(new ModelId(name))));
  }

  @POST
  @Path("{adapter}")
  @Consumes(ZIP)
  @Allowed(Role.BUILDER)
  public Response upload(
      @Context SecurityContext user,
      @Context UriInfo uri,
      @PathParam("adapter") String name,
      @QueryParam("builder") @Nullable String builder,
      InputStream body) {
    Adapter made = upload(user, name, body, false, builder);
    return Json.answer(
        Response.created(uri.getAbsolutePath()),
        MediaType.APPLICATION_JSON,
        AdapterJson.of(made).build());
  }

  @PUT
  @Path("{adapter}")
  @Consumes(ZIP)
  @Allowed(Role.BUILDER)
  public Response replace(
      @Context SecurityContext user,
      @PathParam("adapter") String name,
      @QueryParam("builder") @Nullable String builder,
      InputStream body) {
    return Json.ok(AdapterJson.of(upload(user, name, body, true, builder)));
  }

  private static Adapter upload(
      SecurityContext user,
      String name,
      InputStream body,
      boolean replace,
      @Nullable String builder) {
    return adapters(user)
        .upload(
            new ModelId(name),
            body,
            replace,
            new Access(Optional.empty(), Set.of()),
            Parameters.optional(builder));
  }

  @DELETE
  @Path("{adapter}")
  @Allowed(Role.BUILDER)
  public Response unregister(@Context SecurityContext user, @PathParam("adapter") String name) {
    adapters(user).unregister(new ModelId(name));
    return Response.noContent().build();
  }

  @POST
  @Path("{adapter}/reload")
  @Allowed(Role.ADMIN)
  public Response reload(@Context SecurityContext user, @PathParam("adapter") String name) {
    return Json.ok(AdapterJson.of(adapters(user).reloadFolder(new ModelId(name))));
  }

  @PUT
  @Path("{adapter}/access")
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed(Role.BUILDER)
  public Response grant(
      @Context SecurityContext user, @PathParam("adapter") String name, InputStream body) {
    JsonFields json = Bodies.json(body, Bodies.LARGE);
    Access access = AdapterJson.access(json);
    json.requireAllRead();
    return Json.ok(AdapterJson.of(adapters(user).grant(new ModelId(name), access)));
  }

  @POST
  @Path("{adapter}/load")
  @Allowed(Role.BUILDER)
  public Response load(@Context SecurityContext user, @PathParam("adapter") String name) {
    return Json.ok(AdapterJson.of(adapters(user).load(new ModelId(name))));
  }

  @POST
  @Path("{adapter}/unload")
  @Allowed(Role.BUILDER)
  public Response unload(@Context SecurityContext user, @PathParam("adapter") String name) {
    boolean unloaded = adapters(user).unload(new ModelId(name));
    return Json.ok(Json.object().add("unloaded", unloaded));
  }

  @PUT
  @Path("{adapter}/pin")
  @Allowed(Role.ADMIN)
  public Response pin(@Context SecurityContext user, @PathParam("adapter") String name) {
    return Json.ok(AdapterJson.of(adapters(user).pin(new ModelId(name), true)));
  }

  @DELETE
  @Path("{adapter}/pin")
  @Allowed(Role.ADMIN)
  public Response unpin(@Context SecurityContext user, @PathParam("adapter") String name) {
    return Json.ok(AdapterJson.of(adapters(user).pin(new ModelId(name), false)));
  }

  private static Response created(UriInfo uri, Adapter made) {
    return Json.answer(
        Response.created(
            uri.getAbsolutePathBuilder().path(made.residency().model().id().value()).build()),
        MediaType.APPLICATION_JSON,
        AdapterJson.of(made).build());
  }

  private static AdapterAdministration adapters(SecurityContext user) {
    return OpenLedgerServers.require().adapters(Callers.of(user));
  }
}
