package io.openledger.wildfly;

import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.as.server.deployment.Attachments;
import org.jboss.as.server.deployment.DeploymentUnit;
import org.jboss.as.server.deployment.annotation.CompositeIndex;
import org.jboss.as.server.deployment.module.ResourceRoot;
import org.jboss.jandex.DotName;
import org.jboss.jandex.Index;

/**
 * Whether a deployment uses the API: one of its classes mentions a class of the API anywhere in its
 * byte code, is annotated with one, or its manifest depends on the API's module. Nobody else gets
 * our modules on the class path.
 */
final class ApiUse {

  private final List<DotName> api;

  /**
   * @param classes every class of the API, by name
   */
  ApiUse(Set<String> classes) {
    api = classes.stream().map(DotName::createSimple).collect(Collectors.toUnmodifiableList());
  }

  /** Whether the deployment, or a library of it, uses the API. */
  boolean in(DeploymentUnit unit) {
    CompositeIndex index = unit.getAttachment(Attachments.COMPOSITE_ANNOTATION_INDEX);
    return (index != null && index.getIndexes().stream().anyMatch(this::in))
        || roots(unit).anyMatch(ApiUse::manifestDependsOnApi);
  }

  /**
   * Jandex keeps, for each class mentioned in a constant pool, who mentions it; annotations are
   * looked up too, because an index that was stored in a jar by an older Jandex lacks the former.
   */
  boolean in(Index index) {
    for (DotName name : api) {
      if (!index.getKnownUsers(name).isEmpty() || !index.getAnnotations(name).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static Stream<ResourceRoot> roots(DeploymentUnit unit) {
    ResourceRoot own = unit.getAttachment(Attachments.DEPLOYMENT_ROOT);
    return own == null
        ? Stream.empty()
        : Stream.concat(
            Stream.of(own), unit.getAttachmentList(Attachments.RESOURCE_ROOTS).stream());
  }

  private static boolean manifestDependsOnApi(ResourceRoot root) {
    Manifest manifest = root.getAttachment(Attachments.MANIFEST);
    return manifest != null && dependsOnApi(manifest.getMainAttributes());
  }

  /** The manifest's entry lists modules, each with flags after a blank, separated by commas. */
  static boolean dependsOnApi(Attributes manifest) {
    String dependencies = manifest.getValue("Dependencies");
    return dependencies != null
        && Stream.of(dependencies.split(",", -1))
            .map(d -> d.strip().split("\\s", 2)[0])
            .anyMatch(OpenLedgerModules.API::equals);
  }
}
