/**
 * The keys {@code openledger.*}: one table, one validation, one immutable result.
 *
 * <p>{@link io.openledger.runtime.config.ConfigKey} is the table. It says type, unit, default and
 * range of each key once; validation and documentation are made from it. The package reads no
 * configuration source itself: servers hand in a function, so that WildFly's model, Open Liberty's
 * {@code server.xml} and MicroProfile Config all end here. It must not depend on any other package
 * of the runtime. Its tests run with {@code mvn -pl runtime/core -am test -Dtest='*Config*'}.
 */
@NullMarked
package io.openledger.runtime.config;

import org.jspecify.annotations.NullMarked;
