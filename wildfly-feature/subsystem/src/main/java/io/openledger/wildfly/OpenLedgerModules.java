package io.openledger.wildfly;

/** The names of our modules on the server. */
final class OpenLedgerModules {

  /** What applications see. */
  static final String API = "io.openledger.api";

  /** Where the beans behind the API live. */
  static final String RUNTIME = "io.openledger.runtime";

  /** Holds the war with REST. */
  static final String REST = "io.openledger.rest";

  private OpenLedgerModules() {}
}
