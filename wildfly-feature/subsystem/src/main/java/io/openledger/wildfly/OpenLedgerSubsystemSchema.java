package io.openledger.wildfly;

import org.jboss.as.controller.SubsystemSchema;
import org.jboss.as.controller.persistence.xml.ResourceXMLParticleFactory;
import org.jboss.as.controller.persistence.xml.SubsystemResourceRegistrationXMLElement;
import org.jboss.as.controller.persistence.xml.SubsystemResourceXMLSchema;
import org.jboss.as.controller.xml.VersionedNamespace;
import org.jboss.staxmapper.IntVersion;

/** The versions of the XML form: one element {@code subsystem} with one attribute each. */
enum OpenLedgerSubsystemSchema implements SubsystemResourceXMLSchema<OpenLedgerSubsystemSchema> {
  VERSION_1_0(1, 0);

  static final OpenLedgerSubsystemSchema CURRENT = VERSION_1_0;

  private final VersionedNamespace<IntVersion, OpenLedgerSubsystemSchema> namespace;
  private final ResourceXMLParticleFactory factory = ResourceXMLParticleFactory.newInstance(this);

  OpenLedgerSubsystemSchema(int major, int minor) {
    namespace =
        SubsystemSchema.createSubsystemURN(
            OpenLedgerSubsystemRegistrar.REGISTRATION.getName(), new IntVersion(major, minor));
  }

  @Override
  public VersionedNamespace<IntVersion, OpenLedgerSubsystemSchema> getNamespace() {
    return namespace;
  }

  @Override
  public SubsystemResourceRegistrationXMLElement getSubsystemXMLElement() {
    return factory
        .subsystemElement(OpenLedgerSubsystemRegistrar.REGISTRATION)
        .addAttributes(OpenLedgerSubsystemRegistrar.attributes())
        .build();
  }
}
