package io.openledger.runtime.provenance;

import io.openledger.api.datanet.Contribution;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.reward.Credit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One line a credit (RFC 4180: comma, CRLF, quotes doubled). A cell that a spreadsheet would take
 * for a formula gets an apostrophe in front, for titles are written by strangers.
 */
final class CsvReport {

  private static final List<String> HEADER =
      List.of(
          "receipt",
          "at",
          "payer",
          "model",
          "policy",
          "policy_version",
          "status",
          "role",
          "account",
          "contribution",
          "title",
          "licence",
          "content_sha256",
          "amount_wei",
          "fee_wei",
          "receipt_hash",
          "chain_number",
          "chain_link",
          "adapters");

  private CsvReport() {}

  static String write(ReportData data) {
    StringBuilder csv = new StringBuilder();
    line(csv, HEADER);
    Receipt.Body body = data.receipt().body();
    if (body.credits().isEmpty()) {
      line(csv, cells(data, Optional.empty()));
    }
    body.credits().forEach(credit -> line(csv, cells(data, Optional.of(credit))));
    return csv.toString();
  }

  private static List<String> cells(ReportData data, Optional<Credit> credit) {
    Receipt receipt = data.receipt();
    Receipt.Body body = receipt.body();
    Optional<Contribution> of =
        credit
            .flatMap(Credit::contribution)
            .flatMap(id -> Optional.ofNullable(data.contributions().get(id)));
    return List.of(
        receipt.id().value(),
        body.at().toString(),
        body.payer(),
        body.model().id().value(),
        body.policy().name(),
        Integer.toString(body.policy().version()),
        body.status().name(),
        credit.map(c -> c.role().name()).orElse(""),
        credit.map(c -> c.account().toString()).orElse(""),
        of.map(c -> c.id().toString()).orElse(""),
        of.map(Contribution::title).orElse(""),
        of.map(c -> c.licence().spdx()).orElse(""),
        of.filter(c -> c.status() != Contribution.Status.ERASED)
            .map(c -> c.sha256().hex())
            .orElse(""),
        credit.map(c -> c.amount().toString()).orElse("0"),
        body.fee().toString(),
        receipt.hash().hex(),
        receipt.link().map(l -> Long.toString(l.number())).orElse(""),
        receipt.link().map(l -> l.value().hex()).orElse(""),
        body.adapters().stream().map(CsvReport::adapter).collect(Collectors.joining("; ")));
  }

  /** As it took part. The name comes first: a cell that begins with a minus is a formula. */
  private static String adapter(Receipt.AdapterPart a) {
    return a.id() + " weight " + a.weight() + " version " + a.version() + " by " + a.builder();
  }

  private static void line(StringBuilder csv, List<String> cells) {
    for (int i = 0; i < cells.size(); i++) {
      csv.append(i == 0 ? "" : ",").append(cell(cells.get(i)));
    }
    csv.append("\r\n");
  }

  static String cell(String value) {
    boolean formula = !value.isEmpty() && "=+-@\t\r\n".indexOf(value.charAt(0)) >= 0;
    String safe = formula ? "'" + value : value;
    boolean quoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
