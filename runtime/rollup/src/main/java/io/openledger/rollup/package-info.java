/**
 * What the server does on the rollup: one package a service, put together here. Found by the
 * runtime with {@link java.util.ServiceLoader}; where this module or its configuration is missing,
 * the server runs without a chain and its ledger closes epochs all the same.
 *
 * <p>It must not know of a server, of CDI or REST: those see {@code io.openledger.runtime.rollup}.
 */
@NullMarked
package io.openledger.rollup;

import org.jspecify.annotations.NullMarked;
