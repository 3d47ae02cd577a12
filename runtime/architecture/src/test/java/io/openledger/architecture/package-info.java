/**
 * The guard of the module table: who may depend on whom, read from the compiled classes.
 *
 * <p>Each rule of {@link io.openledger.architecture.Rules} is checked against the modules, and
 * against a fixture in a package {@code violations} that breaks it, so that a rule that no longer
 * bites fails too. Its tests run with {@code mvn -pl runtime/architecture -am test}.
 */
@NullMarked
package io.openledger.architecture;

import org.jspecify.annotations.NullMarked;
