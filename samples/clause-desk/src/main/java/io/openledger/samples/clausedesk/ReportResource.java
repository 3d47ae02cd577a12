package io.openledger.samples.clausedesk;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.provenance.ProvenanceReports;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.provenance.ReportFormat;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;

/** The provenance report of an answer, as a file. */
@Path("report")
@ApplicationScoped
public class ReportResource {

  @Inject ProvenanceReports reports;

  /** Downloads the report of a receipt as {@code json}, {@code csv} or {@code html}. */
  @GET
  @Path("{receipt}")
  public Response report(
      @PathParam("receipt") String receipt,
      @QueryParam("format") @DefaultValue("json") String format) {
    ReceiptId id = new ReceiptId(receipt);
    ReportFormat wanted =
        Arrays.stream(ReportFormat.values())
            .filter(one -> one.extension().equals(format))
            .findFirst()
            .orElseThrow(
                () ->
                    OpenLedgerException.invalid(
                        "format", format.length() + " characters", "json, csv or html"));
    String file = "provenance-" + id + "." + wanted.extension();
    return Response.ok(reports.export(id, wanted))
        .type(wanted.mediaType() + ";charset=UTF-8")
        // always a file: the page of a report has styles of its own, which this site's policy bars
        .header("Content-Disposition", "attachment; filename=\"" + file + "\"")
        .build();
  }
}
