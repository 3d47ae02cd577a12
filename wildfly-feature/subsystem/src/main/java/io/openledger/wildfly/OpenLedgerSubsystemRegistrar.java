package io.openledger.wildfly;

import io.openledger.runtime.OpenLedgerServer;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jboss.as.controller.AttributeDefinition;
import org.jboss.as.controller.ResourceDefinition;
import org.jboss.as.controller.SimpleAttributeDefinition;
import org.jboss.as.controller.SimpleAttributeDefinitionBuilder;
import org.jboss.as.controller.SubsystemRegistration;
import org.jboss.as.controller.SubsystemResourceRegistration;
import org.jboss.as.controller.capability.RuntimeCapability;
import org.jboss.as.controller.descriptions.ParentResourceDescriptionResolver;
import org.jboss.as.controller.descriptions.SubsystemResourceDescriptionResolver;
import org.jboss.as.controller.registry.AttributeAccess;
import org.jboss.as.controller.registry.ManagementResourceRegistration;
import org.jboss.as.controller.registry.RuntimePackageDependency;
import org.jboss.as.server.DeploymentProcessorTarget;
import org.jboss.as.server.deployment.Phase;
import org.jboss.dmr.ModelNode;
import org.jboss.dmr.ModelType;
import org.wildfly.security.credential.store.CredentialStore;
import org.wildfly.service.descriptor.NullaryServiceDescriptor;
import org.wildfly.service.descriptor.UnaryServiceDescriptor;
import org.wildfly.subsystem.resource.ManagementResourceRegistrar;
import org.wildfly.subsystem.resource.ManagementResourceRegistrationContext;
import org.wildfly.subsystem.resource.ResourceDescriptor;
import org.wildfly.subsystem.resource.SubsystemResourceDefinitionRegistrar;
import org.wildfly.subsystem.resource.capability.CapabilityReference;
import org.wildfly.subsystem.resource.capability.CapabilityReferenceAttributeDefinition;
import org.wildfly.subsystem.resource.operation.ResourceOperationRuntimeHandler;

/**
 * Registers {@code /subsystem=openledger}: its attributes, its capability {@value
 * #CAPABILITY_NAME}, the service behind it and its deployment processors.
 */
final class OpenLedgerSubsystemRegistrar implements SubsystemResourceDefinitionRegistrar {

  static final String CAPABILITY_NAME = "io.openledger.server";

  static final SubsystemResourceRegistration REGISTRATION =
      SubsystemResourceRegistration.of("openledger");

  static final ParentResourceDescriptionResolver RESOLVER =
      new SubsystemResourceDescriptionResolver(
          REGISTRATION.getName(), OpenLedgerSubsystemRegistrar.class);

  /** The running feature. Deployments that use the API wait for it. */
  static final RuntimeCapability<Void> CAPABILITY =
      RuntimeCapability.Builder.of(
              NullaryServiceDescriptor.of(CAPABILITY_NAME, OpenLedgerServer.class))
          .addRequirements(
              WildFlyCapabilities.WELD,
              WildFlyCapabilities.TRANSACTIONS,
              WildFlyCapabilities.MICROPROFILE_CONFIG)
          .build();

  // A reference to a capability can have neither a default nor an expression: the server checks it
  // before anything is resolved. The Galleon layer says OpenLedgerDS.
  static final CapabilityReferenceAttributeDefinition<DataSource> DATA_SOURCE =
      new CapabilityReferenceAttributeDefinition.Builder<>(
              "data-source",
              CapabilityReference.builder(
                      CAPABILITY,
                      UnaryServiceDescriptor.of(WildFlyCapabilities.DATA_SOURCE, DataSource.class))
                  .build())
          .setRequired(true)
          .setFlags(AttributeAccess.Flag.RESTART_ALL_SERVICES)
          .build();

  /** Where the key that signs for the rollup may be; nothing else is read from it. */
  static final CapabilityReferenceAttributeDefinition<CredentialStore> CREDENTIAL_STORE =
      new CapabilityReferenceAttributeDefinition.Builder<>(
              "credential-store",
              CapabilityReference.builder(
                      CAPABILITY,
                      UnaryServiceDescriptor.of(
                          WildFlyCapabilities.CREDENTIAL_STORE, CredentialStore.class))
                  .build())
          .setRequired(false)
          .setFlags(AttributeAccess.Flag.RESTART_ALL_SERVICES)
          .build();

  static final SimpleAttributeDefinition REST =
      new SimpleAttributeDefinitionBuilder("rest", ModelType.BOOLEAN, true)
          .setAllowExpression(true)
          .setDefaultValue(ModelNode.TRUE)
          .setFlags(AttributeAccess.Flag.RESTART_ALL_SERVICES)
          .build();

  static List<AttributeDefinition> attributes() {
    List<AttributeDefinition> all = new ArrayList<>();
    for (ConfigAttribute attribute : ConfigAttribute.values()) {
      all.add(attribute.definition());
    }
    all.add(DATA_SOURCE);
    all.add(CREDENTIAL_STORE);
    all.add(REST);
    return List.copyOf(all);
  }

  @Override
  public ManagementResourceRegistration register(
      SubsystemRegistration parent, ManagementResourceRegistrationContext context) {
    ManagementResourceRegistration registration =
        parent.registerSubsystemModel(ResourceDefinition.builder(REGISTRATION, RESOLVER).build());
    ResourceDescriptor descriptor =
        ResourceDescriptor.builder(RESOLVER)
            .addCapability(CAPABILITY)
            .addAttributes(attributes())
            .withRuntimeHandler(
                ResourceOperationRuntimeHandler.configureService(new ServerConfigurator()))
            .withAddResourceOperationTransformation(RestDeployment::after)
            .withDeploymentChainContributor(OpenLedgerSubsystemRegistrar::processors)
            .build();
    ManagementResourceRegistrar.of(descriptor).register(registration);
    if (context.isRuntimeOnlyRegistrationValid()) {
      ServingMetrics.register(registration);
      OutboxMetrics.register(registration);
    }
    registration.registerAdditionalRuntimePackages(
        RuntimePackageDependency.required(OpenLedgerModules.API),
        RuntimePackageDependency.required(OpenLedgerModules.RUNTIME),
        RuntimePackageDependency.required(OpenLedgerModules.REST));
    return registration;
  }

  private static void processors(DeploymentProcessorTarget target) {
    // after the processors that read manifests and descriptors, before modules are made
    target.addDeploymentProcessor(
        REGISTRATION.getName(), Phase.DEPENDENCIES, 0x1950, new ApiDependencyProcessor());
    // where other subsystems register their CDI extensions
    target.addDeploymentProcessor(
        REGISTRATION.getName(), Phase.POST_MODULE, 0x0F90, new CdiExtensionProcessor());
  }
}
