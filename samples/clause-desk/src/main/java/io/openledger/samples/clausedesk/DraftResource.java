package io.openledger.samples.clausedesk;

import io.openledger.api.Attributed;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.provenance.Receipt;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Drafts, as a stream of JSON lines: {@code text} with each piece of text as it is written, {@code
 * evidence} with spans of it as they become certain, then {@code final} with spans, receipt and
 * credits, once they are committed; or {@code error} with a problem.
 */
@Path("draft")
@ApplicationScoped
public class DraftResource {

  private static final String JSON_LINES = "application/x-ndjson";

  @Inject Drafting drafting;
  @Inject DatanetRepository datanets;

  /** Drafts that are being written; true once somebody asked to stop one. */
  private final ConcurrentMap<UUID, Boolean> running = new ConcurrentHashMap<>();

  /** Begins a draft. A request that is refused is refused before the stream begins. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces({JSON_LINES, Problems.MEDIA_TYPE})
  public Response draft(String body) {
    DraftRequest request = DraftRequest.parse(body);
    StreamingOutput lines = out -> write(request, out);
    return Response.ok(lines, JSON_LINES).build();
  }

  /** Ends a draft within one token. What was written is attributed and charged. */
  @DELETE
  @Path("{draft}")
  public Response stop(@PathParam("draft") String draft) {
    return running.replace(DraftRequest.id(draft), true) == null
        ? Response.status(Response.Status.NOT_FOUND).build()
        : Response.noContent().build();
  }

  private void write(DraftRequest request, OutputStream out) throws IOException {
    if (running.putIfAbsent(request.draft(), false) != null) {
      line(
          out,
          error(OpenLedgerException.invalid("draft", "the name of one that runs", "a new UUID")));
      return;
    }
    try {
      long began = System.nanoTime();
      Attributed.Result<Drafting.Draft> result =
          drafting.draft(request, new Lines(out, request.draft()));
      long millis = (System.nanoTime() - began) / 1_000_000;
      Receipt receipt = result.receipt().orElse(result.value().answer().receipt());
      line(out, new DraftView(datanets).of(result.value(), receipt, millis));
    } catch (UncheckedIOException gone) {
      // the reader went away: the transaction was rolled back and nobody is left to be told
      throw gone.getCause();
    } catch (RuntimeException failure) {
      line(out, error(Problems.of(failure)));
    } finally {
      running.remove(request.draft());
    }
  }

  private static JsonObject error(OpenLedgerException refusal) {
    return Json.createObjectBuilder()
        .add("type", "error")
        .add("problem", Problems.body(refusal))
        .build();
  }

  private static void line(OutputStream out, JsonObject line) throws IOException {
    out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Writes each piece of text as a line, at once. */
  private final class Lines implements AnswerListener {

    private final OutputStream out;
    private final UUID draft;

    Lines(OutputStream out, UUID draft) {
      this.out = out;
      this.draft = draft;
    }

    @Override
    public void onText(String delta) {
      try {
        line(out, Json.createObjectBuilder().add("type", "text").add("delta", delta).build());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean followsEvidence() {
      return true;
    }

    @Override
    public void onEvidence(List<SpanMatch> spans) {
      try {
        line(out, new DraftView(datanets).preview(spans));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public boolean cancelled() {
      return running.getOrDefault(draft, true);
    }
  }
}
