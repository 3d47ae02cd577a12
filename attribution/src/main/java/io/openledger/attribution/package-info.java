/**
 * The attribution engine: which contributions a text repeats, and who is owed what for it.
 *
 * <p>{@link io.openledger.attribution.SpanAttributionEngine} is found with {@link
 * java.util.ServiceLoader} as {@link io.openledger.api.spi.AttributionEngine}; it joins {@code
 * .index} (the token index on disk), {@code .span} (evidence), {@code .credit} (the credit rule)
 * and {@code .proof} (Merkle trees).
 *
 * <p>Plain Java: depends on {@code api} and JSpecify, never on Jakarta, the network, native code or
 * another engine. Tests: {@code mvn -pl attribution test}. What it costs is measured by the command
 * {@code bench} of {@code attribution/cli}.
 */
@NullMarked
package io.openledger.attribution;

import org.jspecify.annotations.NullMarked;
