package io.openledger.wildfly;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.jboss.as.controller.OperationContext;
import org.jboss.as.controller.OperationFailedException;
import org.jboss.as.controller.OperationStepHandler;
import org.jboss.as.controller.PathAddress;
import org.jboss.as.controller.PathElement;
import org.jboss.as.controller.descriptions.ModelDescriptionConstants;
import org.jboss.as.controller.operations.common.Util;
import org.jboss.as.controller.registry.Resource;
import org.jboss.dmr.ModelNode;
import org.jboss.logging.Logger;
import org.jboss.modules.Module;
import org.jboss.modules.ModuleLoadException;

/**
 * Deploys REST with the subsystem: a war that lies in the server's module {@code
 * io.openledger.rest} is added to the deployments while the server boots, unmanaged and not
 * persistent. So it is in no configuration file and in no content repository, follows the installed
 * version, and can be undeployed by hand until the next start, or for good with {@code rest=false}.
 */
final class RestDeployment {

  static final String NAME = "openledger-rest.war";

  static final PathAddress ADDRESS =
      PathAddress.pathAddress(PathElement.pathElement(ModelDescriptionConstants.DEPLOYMENT, NAME));

  private static final int ATTEMPTS = 200;
  private static final long PAUSE_NANOS = 5_000_000;

  private static final Logger LOG = Logger.getLogger(RestDeployment.class);

  private RestDeployment() {}

  /** The subsystem's {@code add}, followed by the deployment. */
  static OperationStepHandler after(OperationStepHandler add) {
    return (context, operation) -> {
      add.execute(context, operation);
      // An add on a running server needs a reload anyway, and so comes here again. Only a server
      // deploys; a host controller just keeps the model.
      if (context.isBooting()
          && context.getProcessType().isServer()
          && wanted(context, operation)) {
        addDeployment(context);
      }
    };
  }

  private static boolean wanted(OperationContext context, ModelNode operation)
      throws OperationFailedException {
    return OpenLedgerSubsystemRegistrar.REST.resolveModelAttribute(context, operation).asBoolean();
  }

  /**
   * Adds the deployment whole, then deploys it.
   *
   * <p>Not with the server's {@code add}, which adds a resource first and fills it then: subsystems
   * are added in parallel, and the deployment scanner, deploying what lies in its directory at the
   * same time, reads the runtime names of all deployments. One that has none yet ends the boot
   * ({@code WFLYCTL0155}).
   */
  private static void addDeployment(OperationContext context) throws OperationFailedException {
    ModelNode add = operation(war());
    context.addStep(
        add,
        (step, operation) -> {
          step.addResource(PathAddress.EMPTY_ADDRESS, resource(add));
          deploy(step);
        },
        OperationContext.Stage.MODEL);
  }

  /** The deployment as the model keeps it: not written to the configuration. */
  static Resource resource(ModelNode add) {
    Resource resource = Resource.Factory.create(true);
    ModelNode model = resource.getModel();
    model.get(ModelDescriptionConstants.NAME).set(NAME);
    for (String attribute :
        new String[] {
          ModelDescriptionConstants.RUNTIME_NAME,
          ModelDescriptionConstants.CONTENT,
          ModelDescriptionConstants.ENABLED,
          ModelDescriptionConstants.PERSISTENT,
          ModelDescriptionConstants.OWNER
        }) {
      model.get(attribute).set(add.get(attribute));
    }
    return resource;
  }

  private static void deploy(OperationContext step) throws OperationFailedException {
    ModelNode deploy = Util.createEmptyOperation(ModelDescriptionConstants.DEPLOY, ADDRESS);
    OperationStepHandler handler =
        step.getRootResourceRegistration()
            .getOperationHandler(ADDRESS, ModelDescriptionConstants.DEPLOY);
    for (int left = ATTEMPTS; ; left--) {
      try {
        handler.execute(step, deploy);
        return;
      } catch (OperationFailedException e) {
        // the other way round: this may have read one that the scanner has yet to fill
        if (left == 0) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  static ModelNode operation(Path war) {
    ModelNode add = Util.createAddOperation(ADDRESS);
    ModelNode content = new ModelNode();
    content.get(ModelDescriptionConstants.PATH).set(war.toString());
    content.get(ModelDescriptionConstants.ARCHIVE).set(true);
    add.get(ModelDescriptionConstants.CONTENT).add(content);
    add.get(ModelDescriptionConstants.RUNTIME_NAME).set(NAME);
    add.get(ModelDescriptionConstants.ENABLED).set(true);
    add.get(ModelDescriptionConstants.PERSISTENT).set(false);
    // the model shows who deployed it
    add.get(ModelDescriptionConstants.OWNER)
        .add(
            ModelDescriptionConstants.SUBSYSTEM,
            OpenLedgerSubsystemRegistrar.REGISTRATION.getName());
    return add;
  }

  private static Path war() throws OperationFailedException {
    try {
      URL war =
          Module.getBootModuleLoader().loadModule(OpenLedgerModules.REST).getExportedResource(NAME);
      if (war == null) {
        throw new OperationFailedException(
            "the server's module "
                + OpenLedgerModules.REST
                + " has no "
                + NAME
                + "; install the feature pack again, or set rest=false");
      }
      LOG.debugf("REST is deployed from %s", war);
      return Path.of(war.toURI());
    } catch (ModuleLoadException | URISyntaxException e) {
      throw new OperationFailedException(
          "the server's module "
              + OpenLedgerModules.REST
              + " cannot be loaded; install the feature pack again, or set rest=false",
          e);
    }
  }
}
