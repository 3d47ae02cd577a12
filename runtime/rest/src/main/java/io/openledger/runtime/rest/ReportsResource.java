package io.openledger.runtime.rest;

import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.api.provenance.SpanProof;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
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
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/reports/{receipt}}: the provenance report, in the form that was asked for; below it
 * {@code /proofs} of its spans.
 */
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

  /** Proofs of the answer's spans, when the server kept its text. */
  @GET
  @Path("{receipt}/proofs")
  @Produces(MediaType.APPLICATION_JSON)
  @Allowed({Role.USER, Role.COMPLIANCE})
  public Response proofs(@Context SecurityContext user, @PathParam("receipt") String receipt) {
    ReceiptId id = new ReceiptId(receipt);
    ProvenanceReports reports = OpenLedgerServers.require().reports(Callers.of(user));
    return proofs(reports, id, reports.proofs(id));
  }

  /** Proofs of the answer's spans, with the text that the server did not keep. */
  @POST
  @Path("{receipt}/proofs")
  @Consumes(MediaType.TEXT_PLAIN)
  @Produces(MediaType.APPLICATION_JSON)
  @Allowed({Role.USER, Role.COMPLIANCE})
  public Response proofsOfText(
      @Context SecurityContext user, @PathParam("receipt") String receipt, InputStream body) {
    ReceiptId id = new ReceiptId(receipt);
    ProvenanceReports reports = OpenLedgerServers.require().reports(Callers.of(user));
    return proofs(reports, id, reports.proofs(id, Bodies.text(body, Bodies.LARGE)));
  }

  private static Response proofs(ProvenanceReports reports, ReceiptId id, List<SpanProof> proofs) {
    // who was given proofs may see the receipt, and receipts stay
    return Json.ok(SpanProofJson.of(reports.receipt(id).orElseThrow(), proofs));
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
