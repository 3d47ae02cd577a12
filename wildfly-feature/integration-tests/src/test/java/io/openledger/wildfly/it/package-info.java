/**
 * Tests on a provisioned WildFly with a real model. They run with {@code mvn -pl
 * wildfly-feature/integration-tests -am verify}.
 *
 * <p>Those with Arquillian share one server; those that stop, kill or misconfigure a server run one
 * of their own from the same installation, see {@link io.openledger.wildfly.it.OwnServer}. Server
 * logs stay below {@code target}.
 */
@NullMarked
package io.openledger.wildfly.it;

import org.jspecify.annotations.NullMarked;
