package io.openledger.wildfly;

import io.openledger.runtime.OpenLedgerServer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jboss.as.controller.OperationContext;
import org.jboss.as.controller.OperationFailedException;
import org.jboss.as.controller.SimpleAttributeDefinition;
import org.jboss.dmr.ModelNode;
import org.wildfly.security.credential.store.CredentialStore;
import org.wildfly.service.descriptor.NullaryServiceDescriptor;
import org.wildfly.subsystem.service.ResourceServiceConfigurator;
import org.wildfly.subsystem.service.ResourceServiceInstaller;
import org.wildfly.subsystem.service.ServiceDependency;
import org.wildfly.subsystem.service.capability.CapabilityServiceInstaller;

/**
 * Turns the management model into the service that runs the feature. The service starts and stops
 * on a thread that may block, so that others go on meanwhile.
 */
final class ServerConfigurator implements ResourceServiceConfigurator {

  // The transaction client knows the server's transaction manager once this has started; the
  // service itself has no value.
  private static final ServiceDependency<Void> TRANSACTIONS =
      ServiceDependency.on(
          NullaryServiceDescriptor.of(WildFlyCapabilities.TRANSACTIONS, Void.class));

  @Override
  public ResourceServiceInstaller configure(OperationContext context, ModelNode model)
      throws OperationFailedException {
    ModelSource source = new ModelSource(explicit(context, model), dataDirectory(context, model));
    ServiceDependency<DataSource> dataSource =
        OpenLedgerSubsystemRegistrar.DATA_SOURCE.resolve(context, model);
    String storeName =
        model.get(OpenLedgerSubsystemRegistrar.CREDENTIAL_STORE.getName()).asStringOrNull();
    ServiceDependency<CredentialStore> store =
        OpenLedgerSubsystemRegistrar.CREDENTIAL_STORE.resolve(context, model);
    Supplier<RunningServer> start =
        () ->
            RunningServer.start(
                source,
                dataSource.get(),
                storeName == null
                    ? CredentialStoreSecrets.NONE
                    : new CredentialStoreSecrets(storeName, store.get()));
    ResourceServiceInstaller server =
        CapabilityServiceInstaller.<RunningServer, OpenLedgerServer>builder(
                OpenLedgerSubsystemRegistrar.CAPABILITY, RunningServer::server, start)
            .requires(List.of(dataSource, store, TRANSACTIONS))
            .blocking()
            .onStop(RunningServer::close)
            .asActive()
            .build();
    return ResourceServiceInstaller.combine(server, MeterServices.beside(context));
  }

  /** What the administrator wrote; what is left out may come from another source. */
  private static Map<ConfigAttribute, String> explicit(OperationContext context, ModelNode model)
      throws OperationFailedException {
    Map<ConfigAttribute, String> values = new EnumMap<>(ConfigAttribute.class);
    for (ConfigAttribute attribute : ConfigAttribute.values()) {
      SimpleAttributeDefinition definition = attribute.definition();
      if (model.hasDefined(definition.getName())) {
        values.put(attribute, definition.resolveModelAttribute(context, model).asString());
      }
    }
    return values;
  }

  private static String dataDirectory(OperationContext context, ModelNode model)
      throws OperationFailedException {
    return ConfigAttribute.DATA_DIRECTORY
        .definition()
        .resolveModelAttribute(context, model)
        .asString();
  }
}
