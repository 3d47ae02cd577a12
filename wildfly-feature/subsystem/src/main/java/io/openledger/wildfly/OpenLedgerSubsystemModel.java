package io.openledger.wildfly;

import org.jboss.as.controller.ModelVersion;
import org.jboss.as.controller.SubsystemModel;

/** The versions of the management model. */
enum OpenLedgerSubsystemModel implements SubsystemModel {
  VERSION_1_0_0(1, 0, 0);

  static final OpenLedgerSubsystemModel CURRENT = VERSION_1_0_0;

  private final ModelVersion version;

  OpenLedgerSubsystemModel(int major, int minor, int micro) {
    version = ModelVersion.create(major, minor, micro);
  }

  @Override
  public ModelVersion getVersion() {
    return version;
  }
}
