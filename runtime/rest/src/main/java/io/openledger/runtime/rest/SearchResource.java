package io.openledger.runtime.rest;

import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.Purpose;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/search}: contributions by what they say. By {@code POST} too, for what is too long
 * for a URL, or should not stand in the access logs of servers and proxies.
 */
@Path("api/search")
@Produces(MediaType.APPLICATION_JSON)
public class SearchResource {

  private static final int LISTED = 20;

  @GET
  @Allowed
  public Response find(
      @Context SecurityContext user,
      @QueryParam("phrase") List<String> phrases,
      @QueryParam("datanet") List<String> datanets,
      @QueryParam("purpose") @Nullable String purpose,
      @QueryParam("limit") @Nullable String limit) {
    DatanetScope scope =
        new DatanetScope(
            datanets.stream().map(DatanetId::new).collect(Collectors.toSet()),
            Parameters.optional(purpose)
                .map(p -> Parameters.constant("purpose", p, Purpose.class))
                .orElse(Purpose.ATTRIBUTE));
    int listed =
        limit == null
            ? LISTED
            : (int) Parameters.whole("limit", limit, 0, DatanetSearch.MOST_LISTED);
    return answer(user, new DatanetSearch(phrases, scope, listed));
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Allowed
  public Response ask(@Context SecurityContext user, InputStream body) {
    JsonFields json = Bodies.json(body, Bodies.LARGE);
    List<String> phrases = json.texts("phrases");
    DatanetScope scope = SearchJson.scope(json);
    int listed = json.integer("limit").orElse(LISTED);
    json.requireAllRead();
    return answer(user, new DatanetSearch(phrases, scope, listed));
  }

  private static Response answer(SecurityContext user, DatanetSearch search) {
    return Json.ok(
        SearchJson.of(
            search, OpenLedgerServers.require().datanets(Callers.of(user)).search(search)));
  }
}
