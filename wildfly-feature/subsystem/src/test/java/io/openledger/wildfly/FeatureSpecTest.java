package io.openledger.wildfly;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jboss.as.controller.AttributeDefinition;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The feature specification is written by hand; the management model is what it must say. */
class FeatureSpecTest {

  private static final Path PACK = Path.of("..", "feature-pack", "src", "main", "resources");

  /** Parameters that Galleon needs and the model does not have. */
  private static final List<String> ADDRESS = List.of("host", "profile", "subsystem", "extension");

  @Test
  void specNamesExactlyTheAttributesOfTheModel() throws Exception {
    List<String> named =
        elements(spec(), "param").stream()
            .map(e -> e.getAttribute("name"))
            .filter(n -> !ADDRESS.contains(n))
            .toList();
    assertThat(named).containsExactlyInAnyOrderElementsOf(names());
    String operation = annotation(spec(), "op-params");
    assertThat(operation.split(",")).containsExactlyInAnyOrderElementsOf(names());
  }

  @Test
  void specRequiresExactlyWhatTheModelRequires() throws Exception {
    List<String> required =
        elements(spec(), "param").stream()
            .filter(e -> !ADDRESS.contains(e.getAttribute("name")))
            .filter(e -> !e.getAttribute("nillable").equals("true"))
            .map(e -> e.getAttribute("name"))
            .toList();
    List<String> ofTheModel =
        OpenLedgerSubsystemRegistrar.attributes().stream()
            .filter(AttributeDefinition::isRequired)
            .map(AttributeDefinition::getName)
            .toList();
    assertThat(required)
        .containsExactlyInAnyOrderElementsOf(ofTheModel)
        .containsExactly("data-source");
  }

  @Test
  void specProvidesAndRequiresTheCapabilitiesOfTheModel() throws Exception {
    List<String> provided = capabilities("provides");
    assertThat(provided)
        .containsExactly("$profile." + OpenLedgerSubsystemRegistrar.CAPABILITY.getName());
    List<String> expected = new ArrayList<>();
    OpenLedgerSubsystemRegistrar.CAPABILITY
        .getRequirements()
        .forEach(name -> expected.add("$profile." + name));
    expected.add("$profile." + WildFlyCapabilities.DATA_SOURCE + ".$data-source");
    expected.add("$profile." + WildFlyCapabilities.CREDENTIAL_STORE + ".$credential-store");
    assertThat(capabilities("requires")).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void layerSetsOnlyAttributesThatExistAndAllThatAreRequired() throws Exception {
    Document layer = parse(PACK.resolve("layers/standalone/openledger/layer-spec.xml"));
    Element feature =
        elements(layer, "feature").stream()
            .filter(e -> e.getAttribute("spec").equals("subsystem.openledger"))
            .findFirst()
            .orElseThrow();
    NodeList params = feature.getElementsByTagName("param");
    List<String> set = new ArrayList<>();
    for (int i = 0; i < params.getLength(); i++) {
      set.add(((Element) params.item(i)).getAttribute("name"));
    }
    assertThat(names()).containsAll(set);
    assertThat(set).contains("data-source");
  }

  @Test
  void everyModuleThatTheSubsystemNamesIsInThePack() {
    for (String module :
        List.of(OpenLedgerModules.API, OpenLedgerModules.RUNTIME, OpenLedgerModules.REST)) {
      Path file =
          PACK.resolve("modules/system/layers/base")
              .resolve(module.replace('.', '/'))
              .resolve("main/module.xml");
      assertThat(file).isRegularFile();
      assertThat(file).content().contains("name=\"" + module + "\"");
    }
  }

  @Test
  void warIsCopiedToWhereTheSubsystemLooksForIt() throws Exception {
    String tasks =
        Files.readString(PACK.resolve("packages/io.openledger.rest/pm/wildfly/tasks.xml"));
    assertThat(tasks).contains("io/openledger/rest/main/deployments/" + RestDeployment.NAME + "\"");
  }

  private static List<String> names() {
    return OpenLedgerSubsystemRegistrar.attributes().stream()
        .map(AttributeDefinition::getName)
        .toList();
  }

  private static List<String> capabilities(String parent) throws Exception {
    Element element = elements(spec(), parent).get(0);
    NodeList list = element.getElementsByTagName("capability");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < list.getLength(); i++) {
      names.add(((Element) list.item(i)).getAttribute("name"));
    }
    return names;
  }

  private static String annotation(Document spec, String name) {
    return elements(spec, "elem").stream()
        .filter(e -> e.getAttribute("name").equals(name))
        .map(e -> e.getAttribute("value"))
        .collect(Collectors.joining());
  }

  private static Document spec() throws Exception {
    return parse(PACK.resolve("features/subsystem.openledger/spec.xml"));
  }

  private static Document parse(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
  }

  private static List<Element> elements(Document document, String tag) {
    NodeList list = document.getElementsByTagName(tag);
    List<Element> all = new ArrayList<>();
    for (int i = 0; i < list.getLength(); i++) {
      all.add((Element) list.item(i));
    }
    return all;
  }
}
