package io.openledger.samples.clausedesk;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** That an application needs the API and Jakarta EE, and nothing of the runtime. */
class ArchitectureTest {

  private static final ArchRule API_ALONE =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "jakarta..",
              "org.eclipse.microprofile.config..",
              "org.jspecify..",
              "io.openledger.api",
              "io.openledger.api.attribution",
              "io.openledger.api.datanet",
              "io.openledger.api.model",
              "io.openledger.api.provenance",
              "io.openledger.api.reward",
              "io.openledger.samples.clausedesk");

  @Test
  void theApplicationIsWrittenAgainstTheApiAlone() {
    JavaClasses application =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.openledger.samples.clausedesk");
    assertThat(application).isNotEmpty();
    API_ALONE.check(application);
  }

  @Test
  void theRuleFindsWhatReachesElsewhere() {
    JavaClasses outsider = new ClassFileImporter().importClasses(ArchitectureTest.class);
    assertThat(API_ALONE.evaluate(outsider).hasViolation()).isTrue();
  }
}
