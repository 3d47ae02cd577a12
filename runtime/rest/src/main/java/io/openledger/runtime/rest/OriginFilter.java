package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a page of another site has a browser send. A browser that has the credentials of a
 * user adds them to such a request as well; for what a form can send it asks nobody before (a
 * "simple request" of the Fetch standard, section 3.2). Programs that are no browsers send neither
 * of the header fields that are looked at.
 */
@Provider
@Priority(Priorities.AUTHENTICATION)
public class OriginFilter implements ContainerRequestFilter {

  @Override
  public void filter(ContainerRequestContext request) {
    if (request.getMethod().equals(HttpMethod.POST)
        && formsCanSend(request.getMediaType())
        && ofAnotherSite(request)) {
      throw new RequestException(
          ErrorCode.FORBIDDEN,
          null,
          "a request that a page of another site had a browser send",
          "requests of this server's own pages, and of programs that are no browsers",
          "leave that page; nothing was done");
    }
  }

  private static boolean formsCanSend(@Nullable MediaType type) {
    return type == null
        || type.isCompatible(MediaType.APPLICATION_FORM_URLENCODED_TYPE)
        || type.isCompatible(MediaType.MULTIPART_FORM_DATA_TYPE)
        || type.isCompatible(MediaType.TEXT_PLAIN_TYPE);
  }

  /** By what browsers say of themselves; where that is over plain HTTP, they name the origin. */
  private static boolean ofAnotherSite(ContainerRequestContext request) {
    String site = request.getHeaderString("Sec-Fetch-Site");
    if (site != null) {
      return !site.equals("same-origin") && !site.equals("none");
    }
    String origin = request.getHeaderString("Origin");
    return origin != null && !of(origin).equals(request.getHeaderString(HttpHeaders.HOST));
  }

  /** Host and port of an origin, as they stand in the field Host; empty for one that has none. */
  private static String of(String origin) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority == null ? "" : authority;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
