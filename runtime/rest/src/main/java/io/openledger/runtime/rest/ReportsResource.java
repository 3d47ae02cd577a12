package io.openledger.runtime.rest;

import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.Variant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code /api/reports/{receipt}}: the provenance report, in the form that was asked for. */
@Path("api/reports")
public class ReportsResource {

  @GET
  @Path("{receipt}")
  @Produces({MediaType.APPLICATION_JSON, "text/csv", MediaType.TEXT_HTML})
  @Allowed({Role.USER, Role.COMPLIANCE})
  public Response get(
      @Context SecurityContext user,
      @Context Request request,
      @PathParam("receipt") String receipt,
      @QueryParam("format") @Nullable String asked) {
    ReportFormat format =
        Parameters.optional(asked)
            .map(f -> Parameters.constant("format", f, ReportFormat.class))
            .orElseGet(() -> negotiated(request));
    ReceiptId id = new ReceiptId(receipt);
    byte[] report = OpenLedgerServers.require().reports(Callers.of(user)).export(id, format);
    String disposition = format == ReportFormat.HTML ? "inline" : "attachment";
    return Response.ok(report)
        .type(MediaType.valueOf(format.mediaType()).withCharset("UTF-8"))
        .header(HttpHeaders.VARY, HttpHeaders.ACCEPT)
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            disposition + "; filename=\"openledger-report-" + id + "." + format.extension() + "\"")
        // the page shows titles and names that contributors chose: nothing in it may run
        .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
        .build();
  }

  private static ReportFormat negotiated(Request request) {
    Variant best =
        request.selectVariant(
            Arrays.stream(ReportFormat.values())
                .map(f -> new Variant(MediaType.valueOf(f.mediaType()), (String) null, null))
                .toList());
    return Arrays.stream(ReportFormat.values())
        .filter(f -> best != null && best.getMediaType().toString().equals(f.mediaType()))
        .findFirst()
        .orElse(ReportFormat.JSON);
  }
}
