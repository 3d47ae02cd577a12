package io.openledger.runtime.rest;

import io.openledger.runtime.Caller;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Who may call a resource method. A method without it is open to nobody. Our own annotation because
 * {@code jakarta.annotation.security} is honoured on JAX-RS resources by some servers only.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Allowed {

  /** Any one of these is enough; empty: any role of ours. An admin need not be named. */
  Caller.Role[] value() default {};

  /** Whether it is also for whoever pays, without credentials; the method sees to that. */
  boolean payers() default false;
}
