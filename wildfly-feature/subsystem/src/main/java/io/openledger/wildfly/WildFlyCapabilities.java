package io.openledger.wildfly;

/** The names of WildFly's capabilities that are relied on. */
final class WildFlyCapabilities {

  /** One data source; its service's value is a {@link javax.sql.DataSource} that enlists in JTA. */
  static final String DATA_SOURCE = "org.wildfly.data-source";

  /** One credential store; its service's value is Elytron's {@code CredentialStore}. */
  static final String CREDENTIAL_STORE = "org.wildfly.security.credential-store";

  /** CDI of deployments. */
  static final String WELD = "org.wildfly.weld";

  /** From when on the transaction client knows the server's transaction manager. */
  static final String TRANSACTIONS = "org.wildfly.transactions.global-default-local-provider";

  /** MicroProfile Config, with the sources that its subsystem adds. */
  static final String MICROPROFILE_CONFIG = "org.wildfly.microprofile.config";

  private WildFlyCapabilities() {}
}
