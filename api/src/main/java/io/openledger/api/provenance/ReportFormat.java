package io.openledger.api.provenance;

/** How a report is written. */
public enum ReportFormat {
  /** Canonical JSON (RFC 8785): the same report is the same bytes. */
  JSON("application/json", "json"),
  /** One line a credit (RFC 4180), for spreadsheets. */
  CSV("text/csv", "csv"),
  /** One self-contained page for people. */
  HTML("text/html", "html");

  private final String mediaType;
  private final String extension;

  ReportFormat(String mediaType, String extension) {
    this.mediaType = mediaType;
    this.extension = extension;
  }

  /** Without parameters; the text is UTF-8. */
  public String mediaType() {
    return mediaType;
  }

  /** Of a file's name, without the dot. */
  public String extension() {
    return extension;
  }
}
