package io.openledger.wildfly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.runtime.config.ConfigKey;
import io.openledger.runtime.rollup.OutboxFigure;
import java.io.InputStream;
import java.io.StringReader;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.jboss.as.controller.AttributeDefinition;
import org.jboss.as.controller.OperationFailedException;
import org.jboss.as.controller.registry.AttributeAccess;
import org.jboss.dmr.ModelNode;
import org.jboss.dmr.ValueExpression;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.xml.sax.SAXException;

class ManagementModelTest {

  @Test
  void everyAttributeIsDescribedAndNothingElseIs() throws Exception {
    Properties descriptions = new Properties();
    try (InputStream in = getClass().getResourceAsStream("LocalDescriptions.properties")) {
      descriptions.load(in);
    }
    Set<String> expected =
        Stream.concat(OpenLedgerSubsystemRegistrar.attributes().stream(), metrics().stream())
            .map(a -> "openledger." + a.getName())
            .collect(Collectors.toCollection(HashSet::new));
    expected.addAll(Set.of("openledger", "openledger.add", "openledger.remove"));
    assertThat(descriptions.stringPropertyNames()).isEqualTo(expected);
    for (ConfigAttribute attribute : ConfigAttribute.values()) {
      assertThat(descriptions.getProperty("openledger." + attribute))
          .contains("Key: " + attribute.key().key() + ".");
    }
  }

  @Test
  void everyMetricIsReadNeverWrittenAndHasANameOfItsOwn() {
    assertThat(ServingMetrics.attributes()).hasSizeGreaterThan(30);
    assertThat(OutboxMetrics.attributes()).hasSize(OutboxFigure.ALL.size()).isNotEmpty();
    for (AttributeDefinition metric : metrics()) {
      assertThat(metric.getFlags()).contains(AttributeAccess.Flag.STORAGE_RUNTIME);
      assertThat(metric.getFlags())
          .containsAnyOf(AttributeAccess.Flag.COUNTER_METRIC, AttributeAccess.Flag.GAUGE_METRIC);
    }
    assertThat(
            Stream.concat(OpenLedgerSubsystemRegistrar.attributes().stream(), metrics().stream())
                .map(AttributeDefinition::getName))
        .doesNotHaveDuplicates();
  }

  private static List<AttributeDefinition> metrics() {
    return Stream.concat(ServingMetrics.attributes().stream(), OutboxMetrics.attributes().stream())
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void attributeHasTheDefaultOfItsKey(ConfigAttribute attribute) {
    ModelNode byDefault = attribute.definition().getDefaultValue();
    if (attribute == ConfigAttribute.DATA_DIRECTORY) {
      assertThat(byDefault.asString()).isEqualTo(ConfigAttribute.DEFAULT_DATA_DIRECTORY);
    } else if (byDefault != null) {
      assertThat(byDefault.asString()).isEqualTo(attribute.key().defaultValue());
    } else {
      // a default in words cannot be a value
      assertThat(
              attribute == ConfigAttribute.EPOCH_INTERVAL
                  || Set.of(ConfigKey.Type.PATH, ConfigKey.Type.NAME)
                      .contains(attribute.key().type()))
          .isTrue();
    }
    assertThat(attribute.definition().isAllowExpression()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "slots, 0, 1 to 4096",
    "slots, 4097, 1 to 4096",
    "max-rank, 513, 1 to 512",
    "threads, -1, 0 to 1024",
    "fee-per-answer, -1, 0 to 2^256 - 1",
    "fee-per-answer, one, 0 to 2^256 - 1",
    "device, tpu, 'cpu, cuda or auto'",
    "model-weights, int2, 'stored, int8, int4 or nf4'",
    "prefix-cache-size, 4398046511105, 0 to 4398046511104",
    "epoch-interval, tomorrow, PT1S to P366D",
    "model-name, Not A Name, 1 to 64 of a-z",
    "max-contribution-size, 16777217, 1 to 16777216"
  })
  void refusesAValueOutOfItsRangeSayingWhatIsAllowed(String name, String value, String allowed) {
    AttributeDefinition attribute = attribute(name);
    ModelNode node = new ModelNode();
    if (value.matches("-?\\d+") && attribute.getType() == org.jboss.dmr.ModelType.INT) {
      node.set(Integer.parseInt(value));
    } else {
      node.set(value);
    }
    assertThatThrownBy(() -> attribute.getValidator().validateParameter(name, node))
        .isInstanceOf(OperationFailedException.class)
        .hasMessageContaining("OPENLEDGER-6001")
        .hasMessageContaining(value)
        .hasMessageContaining(allowed);
  }

  @ParameterizedTest
  @CsvSource({"slots, 4096", "epoch-interval, PT0S", "model-name, speeches-3m", "fee-per-token, 0"})
  void acceptsAValueAtItsLimit(String name, String value) throws Exception {
    attribute(name).getValidator().validateParameter(name, new ModelNode(value));
  }

  @Test
  void judgesAnExpressionOnlyWhenItIsResolved() throws Exception {
    ModelNode expression = new ModelNode(new ValueExpression("${env.SLOTS}"));
    attribute("slots").getValidator().validateParameter("slots", expression);
  }

  @Test
  void schemaAcceptsEveryAttributeOfTheModelAndNoOther() throws Exception {
    Schema schema = schema();
    StringBuilder all = new StringBuilder("<subsystem xmlns='urn:wildfly:openledger:1.0'");
    for (AttributeDefinition attribute : OpenLedgerSubsystemRegistrar.attributes()) {
      all.append(' ').append(attribute.getXmlName()).append("='${x:1}'");
    }
    schema.newValidator().validate(new StreamSource(new StringReader(all + "/>")));
    assertThatThrownBy(
            () ->
                schema
                    .newValidator()
                    .validate(new StreamSource(new StringReader(all + " slot='1'/>"))))
        .isInstanceOf(SAXException.class)
        .hasMessageContaining("slot");
  }

  @Test
  void schemaHasTheNamespaceOfTheCurrentVersion() {
    assertThat(OpenLedgerSubsystemSchema.CURRENT.getNamespace().getUri())
        .isEqualTo("urn:wildfly:openledger:1.0");
  }

  private static Schema schema() throws SAXException {
    return SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(ManagementModelTest.class.getResource("/schema/wildfly-openledger_1_0.xsd"));
  }

  private static AttributeDefinition attribute(String name) {
    return OpenLedgerSubsystemRegistrar.attributes().stream()
        .filter(a -> a.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
