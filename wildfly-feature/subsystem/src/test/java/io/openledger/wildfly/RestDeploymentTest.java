package io.openledger.wildfly;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.jboss.dmr.ModelNode;
import org.junit.jupiter.api.Test;

class RestDeploymentTest {

  @Test
  void isNeitherCopiedNorWrittenToTheConfiguration() {
    ModelNode add = RestDeployment.operation(Path.of("/modules/openledger-rest.war"));
    assertThat(add.get("persistent").asBoolean()).isFalse();
    assertThat(add.get("enabled").asBoolean()).isTrue();
    ModelNode content = add.get("content").get(0);
    assertThat(content.get("path").asString()).isEqualTo("/modules/openledger-rest.war");
    assertThat(content.get("archive").asBoolean()).isTrue();
    assertThat(content.keys()).containsExactlyInAnyOrder("path", "archive");
  }

  @Test
  void entersTheModelWholeSoThatNobodyReadsItWithoutItsRuntimeName() {
    ModelNode model =
        RestDeployment.resource(RestDeployment.operation(Path.of("/modules/openledger-rest.war")))
            .getModel();
    assertThat(model.get("name").asString()).isEqualTo("openledger-rest.war");
    assertThat(model.get("runtime-name").asString()).isEqualTo("openledger-rest.war");
    assertThat(model.get("enabled").asBoolean()).isTrue();
    assertThat(model.get("persistent").asBoolean()).isFalse();
    assertThat(model.get("content").asList()).hasSize(1);
    assertThat(model.hasDefined("owner")).isTrue();
  }

  @Test
  void saysWhoDeployedIt() {
    ModelNode add = RestDeployment.operation(Path.of("/modules/openledger-rest.war"));
    assertThat(add.get("owner").asPropertyList())
        .singleElement()
        .satisfies(
            p -> {
              assertThat(p.getName()).isEqualTo("subsystem");
              assertThat(p.getValue().asString()).isEqualTo("openledger");
            });
  }
}
