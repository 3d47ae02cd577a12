package io.openledger.wildfly;

import org.jboss.as.controller.OperationContext;
import org.jboss.as.controller.PathAddress;
import org.jboss.as.controller.PathElement;
import org.jboss.as.controller.descriptions.ModelDescriptionConstants;
import org.wildfly.subsystem.service.ResourceServiceInstaller;

/**
 * Looks whether this server has Micrometer. Names none of its classes, which are not there
 * otherwise.
 */
final class MeterServices {

  private static final PathElement MICROMETER =
      PathElement.pathElement(ModelDescriptionConstants.SUBSYSTEM, "micrometer");

  private MeterServices() {}

  /** What publishes the engine's figures; nothing where the subsystem micrometer is not. */
  static ResourceServiceInstaller beside(OperationContext context) {
    // services are made when the whole model is there, in whatever order subsystems were added
    return context.readResourceFromRoot(PathAddress.EMPTY_ADDRESS, false).hasChild(MICROMETER)
        ? PublishedMeters.installer()
        : ResourceServiceInstaller.NONE;
  }
}
