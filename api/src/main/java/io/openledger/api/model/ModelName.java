package io.openledger.api.model;

import jakarta.enterprise.util.Nonbinding;
import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Injects one model by name: {@code @Inject @ModelName("clause-desk") AttributedModel model}.
 *
 * <p>The model need not be loaded when the bean is made; each call looks it up.
 */
@Qualifier
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.TYPE})
public @interface ModelName {

  /** The model's name. */
  @Nonbinding
  String value();
}
