package io.openledger.runtime.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Attributed;
import io.openledger.api.AttributionContext;
import io.openledger.api.AttributionMode;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.Receipt;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Stereotype;
import jakarta.enterprise.inject.Typed;
import jakarta.inject.Inject;
import jakarta.interceptor.InterceptorBinding;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.weld.environment.se.WeldContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BoundaryTest {

  private static final Prompt PROMPT = Prompt.text("p");

  private static WeldContainer cdi;

  @ApplicationScoped
  @Attributed(model = "of-class", datanets = "everything")
  static class Desk {
    @Inject AttributedModel model;
    @Inject AttributionContext context;
    @Inject Inner inner;

    String byClass() {
      return model.complete(PROMPT).text();
    }

    @Attributed(
        model = "of-method",
        datanets = {"b", "a"},
        policy = "cheap",
        mode = AttributionMode.BEST_EFFORT)
    Boundary byMethod() {
      return Boundary.current().orElseThrow();
    }

    @Attributed
    String methodReplacesTheWholeOfTheClass() {
      return model.complete(PROMPT).text();
    }

    Attributed.Result<String> twice() {
      model.complete(PROMPT);
      return Attributed.Result.of(model.complete(PROMPT).text());
    }

    Attributed.Result<List<Receipt>> nested() {
      model.complete(PROMPT);
      Attributed.Result<String> of = inner.draft();
      assertThat(of.value()).endsWith("/of-inner");
      assertThat(context.receipts()).hasSize(2);
      model.complete(PROMPT);
      return Attributed.Result.of(of.receipts());
    }

    String fails() throws IOException {
      model.complete(PROMPT);
      throw new IOException("as it was thrown");
    }

    List<Receipt> seen() {
      Receipt made = model.complete(PROMPT).receipt();
      assertThat(context.active()).isTrue();
      assertThat(context.lastReceipt()).contains(made);
      return context.receipts();
    }
  }

  @Dependent
  static class Inner {
    @Inject AttributedModel model;

    @Attributed(model = "of-inner")
    Attributed.Result<String> draft() {
      return Attributed.Result.of(model.complete(PROMPT).text());
    }
  }

  @Dependent
  @Typed(Heir.class)
  static class Heir extends Desk {}

  @Stereotype
  @Attributed(model = "of-stereotype")
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @interface Drafting {}

  @Drafting
  @Dependent
  static class Stereotyped {
    @Inject AttributedModel model;

    String draft() {
      return model.complete(PROMPT).text();
    }
  }

  @InterceptorBinding
  @Attributed(model = "of-binding")
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  @interface Bound {}

  @Dependent
  static class ByBinding {
    @Inject AttributedModel model;

    @Bound
    String draft() {
      return model.complete(PROMPT).text();
    }

    String outside() {
      return model.complete(PROMPT).text();
    }
  }

  @BeforeAll
  static void start() {
    OpenLedgerServers.publish(Optional.of(new RecordingServer("s")));
    cdi = Containers.start(Desk.class, Inner.class, Heir.class, Stereotyped.class, ByBinding.class);
  }

  @AfterAll
  static void stop() {
    cdi.close();
    OpenLedgerServers.publish(Optional.empty());
  }

  @AfterEach
  void noBoundaryIsLeftBehind() {
    assertThat(Boundary.current()).isEmpty();
  }

  private static Desk desk() {
    return cdi.select(Desk.class).get();
  }

  @Test
  void unqualifiedModelIsTheBoundarys() {
    assertThat(desk().byClass()).isEqualTo("s/clause-desk/of-class");
  }

  @Test
  void methodsAnnotationSaysAllOfTheBoundary() {
    Boundary boundary = desk().byMethod();
    assertThat(boundary.model()).contains(new ModelId("of-method"));
    assertThat(boundary.datanets()).isEqualTo(Set.of(new DatanetId("a"), new DatanetId("b")));
    assertThat(boundary.policy()).contains("cheap");
    assertThat(boundary.mode()).isEqualTo(AttributionMode.BEST_EFFORT);
  }

  @Test
  void methodsAnnotationReplacesTheClasss() {
    assertThat(desk().methodReplacesTheWholeOfTheClass()).isEqualTo("s/clause-desk/default");
  }

  @Test
  void classsAnnotationIsInherited() {
    assertThat(cdi.select(Heir.class).get().byClass()).isEqualTo("s/clause-desk/of-class");
  }

  @Test
  void stereotypeMayCarryTheAnnotation() {
    assertThat(cdi.select(Stereotyped.class).get().draft()).endsWith("/of-stereotype");
  }

  @Test
  void anotherInterceptorBindingMayCarryTheAnnotation() {
    ByBinding bean = cdi.select(ByBinding.class).get();
    assertThat(bean.draft()).endsWith("/of-binding");
    assertThat(bean.outside()).endsWith("/default");
  }

  @Test
  void resultCarriesReceiptsInCallOrder() {
    Attributed.Result<String> result = desk().twice();
    assertThat(result.value()).endsWith("/of-class");
    assertThat(result.receipts()).hasSize(2).doesNotHaveDuplicates();
    assertThat(result.receipt()).contains(result.receipts().get(1));
  }

  @Test
  void receiptsOfANestedBoundaryAreVisibleToBoth() {
    Attributed.Result<List<Receipt>> result = desk().nested();
    assertThat(result.value()).hasSize(1);
    assertThat(result.receipts()).hasSize(3);
    assertThat(result.receipts().get(1)).isEqualTo(result.value().get(0));
  }

  @Test
  void contextShowsTheReceiptsSoFar() {
    assertThat(desk().seen()).hasSize(1);
  }

  @Test
  void contextIsEmptyOutside() {
    AttributionContext context = cdi.select(AttributionContext.class).get();
    assertThat(context.active()).isFalse();
    assertThat(context.receipts()).isEmpty();
    assertThat(context.lastReceipt()).isEmpty();
  }

  @Test
  void exceptionPassesUnchangedAndTheBoundaryIsLeft() {
    assertThatThrownBy(desk()::fails)
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("as it was thrown");
  }
}
