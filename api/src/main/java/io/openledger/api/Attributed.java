package io.openledger.api;

import io.openledger.api.provenance.Receipt;
import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Marks a boundary of attribution: every model call made while the method runs is recorded,
 * attributed under the declared policy, and paid for.
 *
 * <p>On a class it applies to every business method; on a method it replaces what the class
 * declares. A boundary that is entered inside another one is a boundary of its own: its receipts
 * are visible to both.
 *
 * <p><b>Transactions.</b> Receipts and rewards are written to the server's data source. When a JTA
 * transaction is active they join it: they commit or roll back together with the caller's work.
 * Without one, each model call commits on its own.
 *
 * <p><b>Receipts</b> of the boundary are had from an injected {@link AttributionContext}, or from
 * the method's result when it returns {@link Result}:
 *
 * <pre>{@code
 * @Attributed(model = "clause-desk", datanets = "clauses")
 * public Attributed.Result<String> draft(String opening) {
 *   return Attributed.Result.of(model.complete(Prompt.text(opening)).text());
 * }
 * }</pre>
 */
@InterceptorBinding
@Inherited
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Attributed {

  /**
   * The model that an unqualified {@code @Inject AttributedModel} means inside the boundary; empty:
   * the server's default model.
   */
  @Nonbinding
  String model() default "";

  /**
   * The datanets whose contributions may be credited; empty: every datanet that the caller has the
   * {@link io.openledger.api.datanet.DatanetRight#ATTRIBUTE} right to.
   */
  @Nonbinding
  String[] datanets() default {};

  /** The policy by name; empty: the server's default policy. */
  @Nonbinding
  String policy() default "";

  /** What happens to an answer that cannot be attributed. */
  @Nonbinding
  AttributionMode mode() default AttributionMode.REQUIRED;

  /**
   * A method's value together with the receipts of the model calls that the method made, in call
   * order.
   *
   * <p>A method returns {@link #of(Object)}; the interceptor replaces it by one that carries the
   * receipts. Immutable, and safe for any thread when {@code T} is.
   *
   * @param value what the method computed
   * @param receipts one for each model call, in call order; empty outside a boundary
   * @param <T> the type of the value
   */
  record Result<T>(T value, List<Receipt> receipts) {

    public Result {
      Objects.requireNonNull(value, "value");
      receipts = List.copyOf(receipts);
    }

    /** A value to which the interceptor has yet to bind receipts. */
    public static <T> Result<T> of(T value) {
      return new Result<>(value, List.of());
    }

    /** The receipt of the last model call, if there was one. */
    public Optional<Receipt> receipt() {
      return receipts.isEmpty() ? Optional.empty() : Optional.of(receipts.get(receipts.size() - 1));
    }
  }
}
