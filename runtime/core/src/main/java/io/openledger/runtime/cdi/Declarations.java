package io.openledger.runtime.cdi;

import io.openledger.api.Attributed;
import jakarta.enterprise.inject.Stereotype;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which declaration applies to which method of one application.
 *
 * <p>Filled at deployment from what the container says about each bean, because another extension
 * may have added the annotation there. Instances that are no beans (a message-driven bean, say) are
 * read by reflection when they are first intercepted. Safe for any thread.
 */
final class Declarations {

  private record Key(Class<?> target, Method method) {}

  private final Map<Key, Declaration> known = new ConcurrentHashMap<>();

  /** Keeps what applies to a method of a bean. */
  void put(Class<?> bean, Method method, Declaration declaration) {
    known.put(new Key(bean, method), declaration);
  }

  /** What applies: the method's own annotation, else the class's, inherited ones included. */
  Declaration of(Class<?> target, Method method) {
    // a container intercepts by a subclass of the bean's class
    for (Class<?> type = target; type != null; type = type.getSuperclass()) {
      Declaration found = known.get(new Key(type, method));
      if (found != null) {
        return found;
      }
    }
    return known.computeIfAbsent(new Key(target, method), Declarations::reflect);
  }

  private static Declaration reflect(Key key) {
    return find(Arrays.asList(key.method.getAnnotations()))
        .or(() -> find(Arrays.asList(key.target.getAnnotations())))
        .map(Declaration::of)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    key.method + " is intercepted but nothing on it or its class is @Attributed"));
  }

  /**
   * The annotation itself, or the one on a stereotype or interceptor binding among the annotations,
   * to any depth.
   */
  static Optional<Attributed> find(Collection<? extends Annotation> annotations) {
    return find(annotations, new HashSet<>());
  }

  private static Optional<Attributed> find(
      Collection<? extends Annotation> annotations, Set<Class<?>> seen) {
    for (Annotation annotation : annotations) {
      if (annotation instanceof Attributed attributed) {
        return Optional.of(attributed);
      }
    }
    for (Annotation annotation : annotations) {
      Class<? extends Annotation> type = annotation.annotationType();
      boolean carries =
          type.isAnnotationPresent(Stereotype.class)
              || type.isAnnotationPresent(InterceptorBinding.class);
      if (carries && seen.add(type)) {
        Optional<Attributed> found = find(List.of(type.getAnnotations()), seen);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }
}
