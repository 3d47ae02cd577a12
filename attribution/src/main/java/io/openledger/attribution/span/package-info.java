/**
 * Span evidence: which stretches of a text stand verbatim in contributions, and what they are
 * worth.
 *
 * <p>{@link io.openledger.attribution.span.SpanTracer} works on views of {@code .index} and on
 * {@code api}; it knows no files. Tests: {@code mvn -pl attribution test -Dtest='Span*'} against a
 * brute-force twin and the project's fixture.
 */
@NullMarked
package io.openledger.attribution.span;

import org.jspecify.annotations.NullMarked;
