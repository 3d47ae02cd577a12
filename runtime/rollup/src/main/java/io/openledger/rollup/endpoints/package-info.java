/**
 * What is kept of the chain's endpoints over restarts, and what administrators decide about them:
 * {@link io.openledger.rollup.endpoints.EndpointKeeper}.
 *
 * <p>It depends on the store and the connector, and on no other package of this module. Its tests
 * run with {@code mvn -pl runtime/rollup -am test}.
 */
@NullMarked
package io.openledger.rollup.endpoints;

import org.jspecify.annotations.NullMarked;
