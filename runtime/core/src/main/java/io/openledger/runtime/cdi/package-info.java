/**
 * What makes the API injectable in an application: beans, the interceptor of {@link
 * io.openledger.api.Attributed}, and the checks at deployment.
 *
 * <p>It is one portable extension, {@link io.openledger.runtime.cdi.OpenLedgerExtension}, because
 * that is the form that WildFly and Open Liberty both accept from a server's module. One instance
 * of it belongs to one deployed application and knows that application's name.
 *
 * <p>The beans are thin: each call asks {@link io.openledger.runtime.OpenLedgerServers} for the
 * server and speaks in the name of the application, so that beans outlive a restart of the feature.
 * They are serializable, so that they can be injected into beans that passivate.
 *
 * <p>The package depends on the Jakarta CDI, Interceptors and JNDI APIs and on {@code
 * io.openledger.runtime}; not on Weld, not on any server, not on an engine. Its tests run inside
 * Weld SE with {@code mvn -pl runtime/core test -Dtest='io.openledger.runtime.cdi.*'}.
 */
@NullMarked
package io.openledger.runtime.cdi;

import org.jspecify.annotations.NullMarked;
