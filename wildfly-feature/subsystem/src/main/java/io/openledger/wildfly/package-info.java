/**
 * WildFly's side of the feature: the extension {@code io.openledger.extension} with the subsystem
 * {@code openledger}, its management model, the service that runs the {@link
 * io.openledger.runtime.OpenLedgerServer}, the deployment of REST, and the two deployment
 * processors that give the API to the applications that use it.
 *
 * <p>It must not depend on an engine: engines are modules of the server that the runtime finds with
 * {@link java.util.ServiceLoader}. Its tests run with {@code mvn -pl wildfly-feature/subsystem -am
 * test}; that the whole works on a server is proven by {@code wildfly-feature/integration-tests}.
 */
@NullMarked
package io.openledger.wildfly;

import org.jspecify.annotations.NullMarked;
