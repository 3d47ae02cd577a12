package io.openledger.runtime.rest;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;

/**
 * {@code /governance}: a page that shows what {@code /api/governance} says. It loads nothing from
 * elsewhere, runs no script that is not its own, and puts every text of the chain into the page as
 * text.
 */
@Path("governance")
public class GovernancePage {

  @GET
  @Produces("text/html")
  @Allowed
  public Response page(@Context UriInfo uri) {
    if (uri.getPath().endsWith("/")) {
      // the page names its files relative to itself
      String path = uri.getAbsolutePath().toString();
      return Response.seeOther(URI.create(path.substring(0, path.length() - 1))).build();
    }
    return file("index.html", "text/html;charset=UTF-8");
  }

  @GET
  @Path("page.js")
  @Produces("text/javascript")
  @Allowed
  public Response script() {
    return file("page.js", "text/javascript;charset=UTF-8");
  }

  @GET
  @Path("page.css")
  @Produces("text/css")
  @Allowed
  public Response style() {
    return file("page.css", "text/css;charset=UTF-8");
  }

  private static Response file(String name, String type) {
    return PageFile.of("governance/" + name, type);
  }
}
