/**
 * What engines implement and {@code runtime} calls. An engine never sees another engine; they meet
 * here.
 *
 * <p>Factories are found with {@link java.util.ServiceLoader}. Raw arrays appear here, and only
 * here, because engines exchange tokens by the million; nobody writes to an array that was handed
 * over.
 */
@NullMarked
package io.openledger.api.spi;

import org.jspecify.annotations.NullMarked;
