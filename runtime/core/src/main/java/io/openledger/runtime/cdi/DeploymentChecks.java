package io.openledger.runtime.cdi;

import io.openledger.api.Attributed;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetName;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelName;
import jakarta.enterprise.inject.spi.Annotated;
import jakarta.enterprise.inject.spi.AnnotatedMethod;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.DefinitionException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;

/** What is refused when an application is deployed, so that it need not fail when it is used. */
final class DeploymentChecks {

  private static final List<Class<?>> LATER =
      List.of(CompletionStage.class, Future.class, Flow.Publisher.class);

  // These run the whole method, and the boundary with it, on the other thread. By name, because a
  // server need not have either.
  private static final Set<String> ELSEWHERE =
      Set.of("jakarta.enterprise.concurrent.Asynchronous", "jakarta.ejb.Asynchronous");

  private DeploymentChecks() {}

  /** Refuses a qualifier whose value has not the form of a name. */
  static void names(Collection<Annotation> qualifiers, Object where) {
    for (Annotation qualifier : qualifiers) {
      try {
        if (qualifier instanceof ModelName model) {
          new ModelId(model.value());
        } else if (qualifier instanceof DatanetName datanet) {
          new DatanetId(datanet.value());
        }
      } catch (OpenLedgerException e) {
        throw refused(message(e), where);
      }
    }
  }

  /** Reads what applies to each method of a bean, and refuses what cannot work. */
  static void boundaries(AnnotatedType<?> type, Declarations into) {
    Optional<Declaration> ofClass = declared(type, type.getJavaClass());
    for (AnnotatedMethod<?> annotated : type.getMethods()) {
      Method method = annotated.getJavaMember();
      Optional<Declaration> own = declared(annotated, method);
      boolean business =
          (method.getModifiers() & (Modifier.PRIVATE | Modifier.STATIC)) == 0
              && method.getDeclaringClass() != Object.class;
      if (own.isPresent() && !business) {
        throw refused(
            "@Attributed on a method that is private or static, which CDI does not intercept; make"
                + " it a method that other beans can call",
            method);
      }
      own.or(() -> ofClass)
          .filter(d -> business)
          .ifPresent(
              declaration -> {
                requireFinished(annotated, type);
                into.put(type.getJavaClass(), method, declaration);
              });
    }
  }

  private static Optional<Declaration> declared(Annotated annotated, Object where) {
    try {
      return Declarations.find(annotated.getAnnotations()).map(Declaration::of);
    } catch (OpenLedgerException e) {
      throw refused(message(e) + " (@" + Attributed.class.getSimpleName() + ")", where);
    }
  }

  private static void requireFinished(AnnotatedMethod<?> annotated, AnnotatedType<?> type) {
    Method method = annotated.getJavaMember();
    boolean later = LATER.stream().anyMatch(l -> l.isAssignableFrom(method.getReturnType()));
    if (later && !elsewhere(annotated) && !elsewhere(type)) {
      throw refused(
          "@Attributed on a method that returns a "
              + method.getReturnType().getSimpleName()
              + ", whose work goes on after the boundary was left and would be neither recorded nor"
              + " paid; return the value itself, or add @Asynchronous of Jakarta Concurrency,"
              + " inside which the boundary is entered on the thread that does the work",
          method);
    }
  }

  private static boolean elsewhere(Annotated annotated) {
    return annotated.getAnnotations().stream()
        .anyMatch(a -> ELSEWHERE.contains(a.annotationType().getName()));
  }

  private static String message(OpenLedgerException e) {
    return String.valueOf(e.getMessage());
  }

  private static DefinitionException refused(String what, Object where) {
    return new DefinitionException(what + " [" + where + "]");
  }
}
