package io.openledger.wildfly;

import org.wildfly.subsystem.SubsystemConfiguration;
import org.wildfly.subsystem.SubsystemExtension;
import org.wildfly.subsystem.SubsystemPersistence;

/** The extension that WildFly loads from the module {@code io.openledger.extension}. */
public final class OpenLedgerSubsystemExtension
    extends SubsystemExtension<OpenLedgerSubsystemSchema> {

  /** For the service loader. */
  public OpenLedgerSubsystemExtension() {
    super(
        SubsystemConfiguration.of(
            OpenLedgerSubsystemRegistrar.REGISTRATION,
            OpenLedgerSubsystemModel.CURRENT,
            OpenLedgerSubsystemRegistrar::new),
        SubsystemPersistence.of(OpenLedgerSubsystemSchema.CURRENT));
  }
}
