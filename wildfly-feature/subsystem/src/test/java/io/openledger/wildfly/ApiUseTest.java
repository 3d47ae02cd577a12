package io.openledger.wildfly;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Attributed;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelName;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.jar.Attributes;
import org.jboss.jandex.Index;
import org.jboss.jandex.Indexer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiUseTest {

  private final ApiUse use =
      new ApiUse(
          Set.of(
              Attributed.class.getName(),
              AttributedModel.class.getName(),
              ModelName.class.getName()));

  @ParameterizedTest
  @ValueSource(
      classes = {
        AnnotatedMethod.class,
        AnnotatedClass.class,
        Field.class,
        QualifiedParameter.class,
        InsideAMethodBody.class
      })
  void findsAClassThatMentionsTheApi(Class<?> user) throws IOException {
    assertThat(use.in(index(user))).isTrue();
  }

  @Test
  void leavesOtherDeploymentsAlone() throws IOException {
    assertThat(use.in(index(NoUse.class))).isFalse();
    assertThat(use.in(index(NoUse.class, Field.class))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'io.openledger.api', true",
    "'org.slf4j, io.openledger.api export services', true",
    "'io.openledger.api2', false",
    "'io.openledger.runtime', false"
  })
  void readsTheManifestsDependencies(String value, boolean uses) {
    Attributes manifest = new Attributes();
    manifest.putValue("Dependencies", value);
    assertThat(ApiUse.dependsOnApi(manifest)).isEqualTo(uses);
  }

  @Test
  void manifestWithoutDependenciesUsesNothing() {
    assertThat(ApiUse.dependsOnApi(new Attributes())).isFalse();
  }

  private static Index index(Class<?>... classes) throws IOException {
    Indexer indexer = new Indexer();
    for (Class<?> type : classes) {
      String resource = type.getName().replace('.', '/') + ".class";
      try (InputStream in = type.getClassLoader().getResourceAsStream(resource)) {
        indexer.index(in);
      }
    }
    return indexer.complete();
  }

  static class AnnotatedMethod {
    @Attributed
    void ask() {}
  }

  @Attributed
  static class AnnotatedClass {}

  static class Field {
    AttributedModel model;
  }

  static class QualifiedParameter {
    QualifiedParameter(@ModelName("clauses") Object model) {}
  }

  static class InsideAMethodBody {
    Object lookUp() throws Exception {
      return AttributedModel.class;
    }
  }

  static class NoUse {
    String text = "io.openledger.api.Attributed";
  }
}
