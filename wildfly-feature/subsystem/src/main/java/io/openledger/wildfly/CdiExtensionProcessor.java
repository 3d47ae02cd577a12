package io.openledger.wildfly;

import io.openledger.runtime.cdi.OpenLedgerExtension;
import org.jboss.as.controller.capability.CapabilityServiceSupport;
import org.jboss.as.server.deployment.Attachments;
import org.jboss.as.server.deployment.DeploymentPhaseContext;
import org.jboss.as.server.deployment.DeploymentUnit;
import org.jboss.as.server.deployment.DeploymentUnitProcessor;
import org.jboss.as.weld.WeldCapability;

/**
 * Registers the portable extension with the CDI container of each deployment that uses the API. It
 * is registered by instance because the application does not see its class.
 */
final class CdiExtensionProcessor implements DeploymentUnitProcessor {

  @Override
  public void deploy(DeploymentPhaseContext context) {
    DeploymentUnit unit = context.getDeploymentUnit();
    if (!unit.hasAttachment(ApiDependencyProcessor.USES_API)) {
      return;
    }
    CapabilityServiceSupport capabilities =
        unit.getAttachment(Attachments.CAPABILITY_SERVICE_SUPPORT);
    capabilities
        .getOptionalCapabilityRuntimeAPI(WildFlyCapabilities.WELD, WeldCapability.class)
        .filter(weld -> weld.isPartOfWeldDeployment(unit))
        .ifPresent(weld -> weld.registerExtensionInstance(new OpenLedgerExtension(), unit));
  }
}
