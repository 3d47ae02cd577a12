package io.openledger.runtime.provenance;

import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.DatanetSnapshot;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.Wei;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The report as one page for people: no script, no link to anything outside but to the proofs on
 * the server it comes from, fit for paper. The look lies in {@code report.css} beside this class.
 * Everything that comes from outside is escaped.
 */
final class HtmlReport {

  private static final int HUES = 10;
  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final ReportData data;
  private final Receipt.Body body;
  private final List<ContributionId> order;
  private final StringBuilder html = new StringBuilder();

  private HtmlReport(ReportData data) {
    this.data = data;
    this.body = data.receipt().body();
    this.order = order(data);
  }

  static String write(ReportData data) {
    return new HtmlReport(data).page();
  }

  // colours and numbers follow the answer's text: the contribution of the first span is number 1
  private static List<ContributionId> order(ReportData data) {
    List<ContributionId> order = new ArrayList<>();
    for (SpanMatch span : data.receipt().body().attribution().spans()) {
      ContributionId most = span.mostCredited();
      if (!order.contains(most)) {
        order.add(most);
      }
    }
    data.contributions().keySet().stream().filter(id -> !order.contains(id)).forEach(order::add);
    return order;
  }

  private String page() {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
        .append("Provenance report ")
        .append(data.receipt().id())
        .append("</title>\n<style>\n")
        .append(style())
        .append("</style>\n</head>\n<body>\n");
    header();
    html.append("<main>\n");
    figures();
    answer();
    sources();
    credits();
    facts();
    html.append("</main>\n<footer>Attributed by OpenLedger. Every number on this page is in the")
        .append(" report's canonical JSON, from which anyone can check it.</footer>\n")
        .append("</body>\n</html>\n");
    return html.toString();
  }

  private void header() {
    html.append("<header>\n<p class=\"kicker\">Provenance report</p>\n<h1>What shaped this answer,")
        .append(" and who is owed for it</h1>\n<p class=\"sub\">")
        .append(escape(body.model().id().value()))
        .append(escape(together()))
        .append(" answered ")
        .append(escape(body.payer()))
        .append(" on <time datetime=\"")
        .append(body.at())
        .append("\">")
        .append(WHEN.format(body.at().truncatedTo(ChronoUnit.SECONDS)))
        .append("</time></p>\n</header>\n");
  }

  /** The adapters that answered together on the model; nothing where it answered by itself. */
  private String together() {
    return body.adapters().isEmpty()
        ? ""
        : body.adapters().stream()
            .map(a -> a.weight() + " " + a.id())
            .collect(Collectors.joining(", ", " with ", ""));
  }

  private void figures() {
    int tokens = body.attribution().tokens();
    int covered = body.attribution().coveredTokens();
    long percent = tokens == 0 ? 0 : Math.round(100.0 * covered / tokens);
    html.append("<section class=\"figures\" aria-label=\"At a glance\">\n");
    boolean attributed = body.status() == Receipt.Status.ATTRIBUTED;
    figure(
        attributed ? percent + " %" : "none",
        attributed ? "of the answer stands in contributions" : "not attributed, not charged");
    figure(Integer.toString(sourcesCited().size()), "contributions credited or cited");
    figure(open(body.fee()), "OPEN, the whole fee");
    figure(
        data.receipt().link().map(l -> "#" + l.number()).orElse("pending"),
        "place in the chain of receipts");
    html.append("</section>\n");
    body.reason()
        .ifPresent(
            reason ->
                html.append("<p class=\"warning\"><strong>Not attributed.</strong> ")
                    .append(escape(reason))
                    .append("</p>\n"));
  }

  private void figure(String value, String label) {
    html.append("<div><strong>").append(escape(value)).append("</strong><span>");
    html.append(escape(label)).append("</span></div>\n");
  }

  private List<ContributionId> sourcesCited() {
    return order.stream().filter(data.contributions()::containsKey).toList();
  }

  private void answer() {
    html.append("<section>\n<h2>The answer</h2>\n");
    Optional<String> answer = data.answer();
    if (answer.isEmpty()) {
      html.append("<p class=\"quiet\">The server does not keep texts. SHA-256 of the answer:")
          .append(" <code>")
          .append(body.answerHash())
          .append("</code></p>\n</section>\n");
      return;
    }
    html.append("<blockquote class=\"answer\">");
    marked(answer.get());
    html.append("</blockquote>\n<p class=\"quiet\">Coloured stretches stand word for word in a")
        .append(" contribution; the number names the one below that most of a stretch is credited")
        .append(" to. Where stretches overlap, the longest is shown.");
    int unlisted = body.attribution().unlisted().spans();
    if (unlisted > 0) {
      html.append(" Not shown, and credited all the same: ")
          .append(unlisted)
          .append(unlisted == 1 ? " stretch" : " stretches")
          .append(" with less information.");
    }
    html.append("</p>\n</section>\n");
  }

  // Spans may overlap. Each character is shown as part of the longest span that covers it, the
  // earlier
  // one if equal: the same choice that credits are split by.
  private void marked(String text) {
    List<SpanMatch> spans = body.attribution().spans();
    int[] owner = new int[text.length()];
    for (int i = 0; i < spans.size(); i++) {
      SpanMatch span = spans.get(i);
      for (int at = span.start(); at < Math.min(span.end(), text.length()); at++) {
        int other = owner[at] - 1;
        if (other < 0 || spans.get(other).tokens() < span.tokens()) {
          owner[at] = i + 1;
        }
      }
    }
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && owner[end] == owner[at]) {
        end++;
      }
      String part = escape(text.substring(at, end));
      html.append(owner[at] == 0 ? part : mark(spans.get(owner[at] - 1), part));
      at = end;
    }
  }

  private String mark(SpanMatch span, String part) {
    ContributionId id = span.mostCredited();
    int number = order.indexOf(id);
    String title =
        Optional.ofNullable(data.contributions().get(id)).map(Contribution::title).orElse("");
    return "<mark class=\"h"
        + number % HUES
        + "\" title=\""
        + escape(title)
        + "\">"
        + part
        + "<sup>"
        + (number + 1)
        + "</sup></mark>";
  }

  private void sources() {
    if (data.contributions().isEmpty()) {
      return;
    }
    html.append("<section>\n<h2>Contributions</h2>\n<div class=\"scroll\"><table>\n<thead><tr>")
        .append("<th scope=\"col\">No.</th><th scope=\"col\">Contribution</th>")
        .append("<th scope=\"col\">Contributors and shares</th><th scope=\"col\">Licence</th>")
        .append("<th scope=\"col\" class=\"n\">Information</th></tr></thead>\n<tbody>\n");
    for (ContributionId id : sourcesCited()) {
      Optional.ofNullable(data.contributions().get(id)).ifPresent(c -> source(id, c));
    }
    html.append("</tbody>\n</table></div>\n</section>\n");
  }

  private void source(ContributionId id, Contribution c) {
    int number = order.indexOf(id);
    long millibits =
        Stream.concat(
                body.attribution().spans().stream().flatMap(s -> s.credits().stream()),
                body.attribution().unlisted().credits().stream())
            .filter(credit -> credit.contribution().equals(id))
            .mapToLong(SpanCredit::millibits)
            .sum();
    html.append("<tr><td><span class=\"chip h")
        .append(number % HUES)
        .append("\">")
        .append(number + 1)
        .append("</span></td><td><strong>")
        .append(escape(c.title()))
        .append("</strong>");
    if (c.status() == Contribution.Status.RETRACTED) {
      html.append(" <em>since retracted</em>");
    } else if (c.status() == Contribution.Status.ERASED) {
      html.append(" <em>since erased</em>");
    }
    c.nearDuplicateOf()
        .ifPresent(o -> html.append(" <em>repeats ").append(escape(o.toString())).append("</em>"));
    html.append("<br><span class=\"quiet\">")
        .append(escape(id.toString()))
        .append(c.source().map(s -> " · " + escape(s)).orElse(""))
        .append(c.date().map(d -> " · " + d).orElse(""))
        .append("</span><br><code>")
        .append(c.status() == Contribution.Status.ERASED ? "" : c.sha256())
        .append("</code></td><td>")
        .append(c.contributors().stream().map(this::share).collect(Collectors.joining("<br>")))
        .append("</td><td>")
        .append(escape(c.licence().spdx()))
        .append("</td><td class=\"n\">")
        .append(millibits == 0 ? "–" : BigDecimal.valueOf(millibits / 100, 1) + " bits")
        .append("</td></tr>\n");
  }

  private String share(ContributorShare share) {
    BigDecimal percent = BigDecimal.valueOf(share.basisPoints(), 2).stripTrailingZeros();
    return escape(share.contributor().value())
        + " <span class=\"quiet\">"
        + percent.toPlainString()
        + " %</span>";
  }

  private void credits() {
    if (body.credits().isEmpty()) {
      return;
    }
    html.append("<section>\n<h2>Credits</h2>\n<div class=\"scroll\"><table>\n<thead><tr>")
        .append("<th scope=\"col\">To</th><th scope=\"col\">For</th>")
        .append("<th scope=\"col\" class=\"n\">OPEN</th><th scope=\"col\" class=\"n\">wei</th>")
        .append("</tr></thead>\n<tbody>\n");
    for (Credit credit : body.credits()) {
      html.append("<tr><td>")
          .append(escape(credit.account().toString()))
          .append("</td><td>")
          .append(credit.contribution().map(this::reference).orElse(role(credit.role())))
          .append("</td><td class=\"n\">")
          .append(open(credit.amount()))
          .append("</td><td class=\"n\">")
          .append(credit.amount())
          .append("</td></tr>\n");
    }
    html.append("</tbody>\n<tfoot><tr><th scope=\"row\" colspan=\"2\">Together, the fee</th>")
        .append("<td class=\"n\">")
        .append(open(body.fee()))
        .append("</td><td class=\"n\">")
        .append(body.fee())
        .append("</td></tr></tfoot>\n</table></div>\n</section>\n");
  }

  private String reference(ContributionId id) {
    int number = order.indexOf(id);
    return "<span class=\"chip h"
        + number % HUES
        + "\">"
        + (number + 1)
        + "</span> "
        + Optional.ofNullable(data.contributions().get(id))
            .map(c -> escape(c.title()))
            .orElse(escape(id.toString()));
  }

  private static String role(FeeRole role) {
    return switch (role) {
      case CONTRIBUTORS -> "contribution";
      case ADAPTER_BUILDER -> "building the adapter";
      case BASE_MODEL_PUBLISHER -> "publishing the base model";
      case NODE_OPERATOR -> "running the server";
      case TREASURY -> "treasury";
      case STAKERS -> "stakers";
    };
  }

  private void facts() {
    html.append("<section>\n<h2>To check it</h2>\n<dl>\n");
    fact("Receipt", data.receipt().id().value());
    fact("Receipt hash", data.receipt().hash().hex());
    Optional<Receipt.Link> link = data.receipt().link();
    fact("Chain link", link.map(l -> l.value().hex()).orElse("not linked yet"));
    link.ifPresent(l -> fact("Link before", l.previous().hex()));
    fact("Answer hash", body.answerHash().hex());
    fact("Prompt hash", body.promptHash().hex());
    fact(
        "Model",
        body.model().id()
            + body.model().parent().map(p -> " on " + p).orElse("")
            + ", "
            + body.model().digest());
    for (Receipt.AdapterPart a : body.adapters()) {
      fact(
          "Adapter " + a.id(),
          "weight "
              + a.weight()
              + ", version "
              + a.version()
              + ", built by "
              + a.builder()
              + ", "
              + a.digest());
    }
    fact(
        "Policy",
        body.policy().name()
            + ", version "
            + body.policy().version()
            + ", "
            + body.policy().hash());
    fact(
        "Tokens",
        body.usage().promptTokens() + " read, " + body.usage().completionTokens() + " generated");
    for (DatanetSnapshot s : body.attribution().datanets()) {
      fact(
          "Datanet " + s.datanet(),
          "version "
              + s.version()
              + ", "
              + s.active()
              + " of "
              + s.accepted()
              + " contributions active, root "
              + s.root());
    }
    html.append("</dl>\n<p class=\"quiet\">The receipt hash is the SHA-256 of the receipt's")
        .append(" canonical JSON (RFC 8785); the chain link is the SHA-256 of the link before and")
        .append(" the receipt hash. A verbatim match is evidence of where words stand, not of what")
        .append(" caused them.</p>\n");
    proofs();
    html.append("</section>\n");
  }

  // relative to where REST offers this page; the id is a UUID, so nothing is to be escaped
  private void proofs() {
    if (!body.attribution().spans().isEmpty()) {
      html.append("<p class=\"quiet\">Each coloured stretch can be proved to who holds nothing but")
          .append(" the root of the datanet's words: <a href=\"")
          .append(data.receipt().id())
          .append("/proofs\">proofs</a>, at the server that gave this page.</p>\n");
    }
  }

  private void fact(String name, String value) {
    html.append("<div><dt>").append(escape(name)).append("</dt><dd>");
    html.append(escape(value)).append("</dd></div>\n");
  }

  private static String open(Wei wei) {
    BigDecimal open = wei.toOpen().stripTrailingZeros();
    return open.signum() == 0 ? "0" : open.toPlainString();
  }

  static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        case '\'' -> safe.append("&#39;");
        default -> safe.append(Character.isISOControl(c) && c != '\n' && c != '\t' ? '\uFFFD' : c);
      }
    }
    return safe.toString();
  }

  private static String style() {
    try (InputStream in = HtmlReport.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IllegalStateException("report.css is missing from the module");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
