package io.openledger.api.datanet;

import jakarta.enterprise.util.Nonbinding;
import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Injects one datanet by name: {@code @Inject @DatanetName("clauses") DatanetHandle clauses}.
 *
 * <p>The datanet need not exist when the bean is made; each call looks it up.
 */
@Qualifier
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.TYPE})
public @interface DatanetName {

  /** The datanet's name. */
  @Nonbinding
  String value();
}
