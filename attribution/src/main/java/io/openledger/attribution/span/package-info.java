/**
 * Span evidence: which stretches of a text stand verbatim in contributions, and what they are
 * worth.
 *
 * <p>The rules, for everybody who compares or reimplements them:
 *
 * <ol>
 *   <li>A match is a stretch of the text that occurs inside one active document. With whole words
 *       it is one that no word of the text crosses an end of. A span is a match that lies in no
 *       longer one, has the thresholds' minimum of tokens and of information, and is not inside one
 *       character.
 *   <li>A token in a span counts once: for the longest span that covers it, the earlier if equal.
 *   <li>It is owned by the earliest document that holds, around it, a match with the minimum of
 *       tokens and twice the minimum of information; where the span it counts for has less, by the
 *       earliest that holds that span. "Earliest" is by sequence within a datanet; over several,
 *       the earliest of each is named, for an index knows no times.
 *   <li>Nothing is ranked here: all spans are found and credited. {@link
 *       io.openledger.api.attribution.TextAttribution#listing} ranks what is listed.
 *   <li>A text whose tokens are not known is read with and without a blank before it.
 * </ol>
 *
 * <p>So what is contributed later takes no token away from an earlier contribution that holds
 * enough around it. Two things no rule on verbatim matches can see: pieces with less than that, and
 * text in which words are changed so often that nothing longer is left; {@code AttackTest} measures
 * both.
 *
 * <p>{@link io.openledger.attribution.span.SpanTracer} works on views of {@code .index} and on
 * {@code api}; it knows no files. Tests: {@code mvn -pl attribution test -Dtest='Span*'} against a
 * brute-force twin and the project's fixture.
 */
@NullMarked
package io.openledger.attribution.span;

import org.jspecify.annotations.NullMarked;
