package io.openledger.wildfly;

import java.util.Iterator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jboss.as.controller.capability.CapabilityServiceSupport;
import org.jboss.as.server.deployment.AttachmentKey;
import org.jboss.as.server.deployment.Attachments;
import org.jboss.as.server.deployment.DeploymentPhaseContext;
import org.jboss.as.server.deployment.DeploymentUnit;
import org.jboss.as.server.deployment.DeploymentUnitProcessingException;
import org.jboss.as.server.deployment.DeploymentUnitProcessor;
import org.jboss.as.server.deployment.module.ModuleDependency;
import org.jboss.as.server.deployment.module.ModuleSpecification;
import org.jboss.modules.Module;
import org.jboss.modules.ModuleLoadException;
import org.jboss.modules.ModuleLoader;
import org.jboss.modules.Resource;
import org.jboss.modules.filter.PathFilters;
import org.wildfly.service.ServiceDependency;

/**
 * Gives the API to the deployments that use it, and lets them wait until the feature runs. Other
 * deployments are left as they are.
 */
final class ApiDependencyProcessor implements DeploymentUnitProcessor {

  /** Present on deployments that use the API. */
  static final AttachmentKey<Boolean> USES_API = AttachmentKey.create(Boolean.class);

  private static final String CLASS = ".class";

  @Override
  public void deploy(DeploymentPhaseContext context) throws DeploymentUnitProcessingException {
    DeploymentUnit unit = context.getDeploymentUnit();
    ModuleLoader loader = Module.getBootModuleLoader();
    if (!new ApiUse(apiClasses(loader)).in(unit)) {
      return;
    }
    unit.putAttachment(USES_API, Boolean.TRUE);
    ModuleSpecification modules = unit.getAttachment(Attachments.MODULE_SPECIFICATION);
    modules.addSystemDependency(
        ModuleDependency.Builder.of(loader, OpenLedgerModules.API).setExport(true).build());
    // Weld lets a deployment inject a bean only when its module depends on the bean's module.
    ModuleDependency runtime =
        ModuleDependency.Builder.of(loader, OpenLedgerModules.RUNTIME).build();
    if (!unit.getName().equals(RestDeployment.NAME)) {
      // keeps our classes, and what they bring along, out of applications' sight; REST is ours
      runtime.addImportFilter(PathFilters.acceptAll(), false);
    }
    modules.addSystemDependency(runtime);

    CapabilityServiceSupport capabilities =
        unit.getAttachment(Attachments.CAPABILITY_SERVICE_SUPPORT);
    context.requires(
        ServiceDependency.on(
            capabilities.getCapabilityServiceName(OpenLedgerSubsystemRegistrar.CAPABILITY_NAME)));
  }

  @Override
  public void undeploy(DeploymentUnit unit) {
    unit.removeAttachment(USES_API);
  }

  private static Set<String> apiClasses(ModuleLoader loader)
      throws DeploymentUnitProcessingException {
    try {
      Iterator<Resource> resources =
          loader.loadModule(OpenLedgerModules.API).iterateResources(PathFilters.acceptAll());
      Stream<Resource> all =
          StreamSupport.stream(((Iterable<Resource>) () -> resources).spliterator(), false);
      return all.map(Resource::getName)
          .filter(name -> name.startsWith("io/openledger/api/") && name.endsWith(CLASS))
          .map(name -> name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
          .collect(Collectors.toUnmodifiableSet());
    } catch (ModuleLoadException e) {
      throw new DeploymentUnitProcessingException(
          "the server's module " + OpenLedgerModules.API + " cannot be loaded", e);
    }
  }
}
