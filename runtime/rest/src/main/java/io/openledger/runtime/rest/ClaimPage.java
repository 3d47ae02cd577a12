package io.openledger.runtime.rest;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.util.Map;

/** {@code /claim}: the page on which a contributor claims with the browser's own wallet. */
@Path("claim")
public class ClaimPage {

  private static final Map<String, String> FILES =
      Map.of(
          "page.html", "text/html;charset=UTF-8",
          "claim.js", "text/javascript;charset=UTF-8",
          "proof.js", "text/javascript;charset=UTF-8",
          "claim.css", "text/css;charset=UTF-8");

  @GET
  @Path("{file}")
  @Allowed
  public Response file(@PathParam("file") String file) {
    String type = FILES.get(file);
    if (type == null) {
      throw new NotFoundException();
    }
    return PageFile.of("claim/" + file, type);
  }
}
