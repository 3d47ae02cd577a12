package io.openledger.runtime.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Attributed;
import io.openledger.api.datanet.DatanetHandle;
import io.openledger.api.datanet.DatanetName;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelName;
import io.openledger.runtime.Boundary;
import jakarta.enterprise.concurrent.Asynchronous;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.context.SessionScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.inject.Inject;
import java.io.Serializable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jboss.weld.environment.se.WeldContainer;
import org.junit.jupiter.api.Test;

class DeploymentChecksTest {

  @Dependent
  static class BadModelName {
    @Inject
    @ModelName("Bad Name")
    AttributedModel model;
  }

  @Dependent
  static class BadModelNameOfInstance {
    @Inject
    @ModelName("")
    Instance<AttributedModel> model;
  }

  @Dependent
  static class BadDatanetName {
    @Inject
    BadDatanetName(@DatanetName("-x") DatanetHandle datanet) {
      datanet.id();
    }
  }

  @Dependent
  @Attributed(model = "UPPER")
  static class BadBoundaryModel {
    void work() {}
  }

  @Dependent
  static class BadBoundaryDatanet {
    @Attributed(datanets = {"fine", "not fine"})
    void work() {}
  }

  @Dependent
  static class BadBoundaryPolicy {
    @Attributed(policy = "..x")
    void work() {}
  }

  @Dependent
  static class Later {
    @Attributed
    CompletionStage<String> work() {
      return CompletableFuture.completedFuture("x");
    }
  }

  @Dependent
  @Attributed
  static class LaterByClass {
    Future<String> work() {
      return CompletableFuture.completedFuture("x");
    }
  }

  @Dependent
  static class Unreachable {
    @Attributed
    private void work() {}

    void use() {
      work();
    }
  }

  @Dependent
  static class Elsewhere {
    @Attributed
    @Asynchronous
    CompletableFuture<Boolean> work() {
      return Asynchronous.Result.complete(Boundary.current().isPresent());
    }
  }

  @SessionScoped
  @Attributed
  static class Passivating implements Serializable {
    private static final long serialVersionUID = 1L;
    @Inject AttributedModel model;

    @Inject
    @ModelName("named")
    AttributedModel named;
  }

  @Test
  void refusesAModelNameThatIsNone() {
    refused(BadModelName.class, "'Bad Name'", "BadModelName.model");
  }

  @Test
  void refusesAnEmptyModelNameAtAnInstance() {
    refused(BadModelNameOfInstance.class, "model is ''", "BadModelNameOfInstance.model");
  }

  @Test
  void refusesADatanetNameThatIsNoneAtAConstructor() {
    refused(BadDatanetName.class, "'-x'", "BadDatanetName");
  }

  @Test
  void refusesABoundaryOnAModelThatCannotExist() {
    refused(BadBoundaryModel.class, "'UPPER'", "BadBoundaryModel");
  }

  @Test
  void refusesABoundaryOnADatanetThatCannotExist() {
    refused(BadBoundaryDatanet.class, "'not fine'", "work()");
  }

  @Test
  void refusesABoundaryUnderAPolicyThatCannotExist() {
    refused(BadBoundaryPolicy.class, "'..x'", "work()");
  }

  @Test
  void refusesAMethodWhoseWorkGoesOnAfterTheBoundary() {
    refused(Later.class, "returns a CompletionStage", "Later.work()");
    refused(LaterByClass.class, "returns a Future", "LaterByClass.work()");
  }

  @Test
  void refusesAMethodThatIsNeverIntercepted() {
    refused(Unreachable.class, "private or static", "Unreachable.work()");
  }

  @Test
  void acceptsAMethodThatTheContainerRunsElsewhereAsAWhole() {
    try (WeldContainer cdi = Containers.start(Elsewhere.class)) {
      assertThat(cdi.select(Elsewhere.class).get()).isNotNull();
    }
  }

  @Test
  void acceptsBeansThatPassivate() {
    try (WeldContainer cdi = Containers.start(Passivating.class)) {
      assertThat(cdi.getBeanManager().getBeans(Passivating.class)).hasSize(1);
    }
  }

  private static void refused(Class<?> bean, String what, String where) {
    assertThatThrownBy(() -> Containers.start(bean).close())
        .isInstanceOf(DefinitionException.class)
        .hasMessageContaining("OPENLEDGER-1001".repeat(what.startsWith("'") ? 1 : 0))
        .hasMessageContaining(what)
        .hasMessageContaining(where);
  }
}
