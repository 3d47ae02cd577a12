package io.openledger.runtime.rest;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * {@code /claim}: the page on which a contributor claims with the browser's own wallet. Its files
 * are in the war's classes and served here, because the resources have the root of the context.
 * Scripts and styles come from this server alone and none is inline; no other page may frame it, so
 * that nobody's click on a claim is borrowed.
 */
@Path("claim")
public class ClaimPage {

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Map<String, String> FILES =
      Map.of(
          "page.html", "text/html;charset=UTF-8",
          "claim.js", "text/javascript;charset=UTF-8",
          "proof.js", "text/javascript;charset=UTF-8",
          "claim.css", "text/css;charset=UTF-8");

  @GET
  @Path("{file}")
  @Allowed
  public Response file(@PathParam("file") String file) throws IOException {
    String type = FILES.get(file);
    if (type == null) {
      throw new NotFoundException();
    }
    try (InputStream in = ClaimPage.class.getResourceAsStream("claim/" + file)) {
      if (in == null) {
        throw new NotFoundException();
      }
      return Response.ok(in.readAllBytes(), type)
          .header("Content-Security-Policy", POLICY)
          .header("X-Content-Type-Options", "nosniff")
          .header("Referrer-Policy", "no-referrer")
          .header("Cross-Origin-Opener-Policy", "same-origin")
          .header("Cache-Control", "no-cache")
          .build();
    }
  }
}
