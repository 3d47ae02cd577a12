/**
 * What the tests of the runtime stand on: a real transaction manager and pool over H2 or
 * PostgreSQL, and plain engines that are obvious to the reader and can be made to fail, wait or
 * repeat a text. It must not depend on an engine. Used by the tests that {@code mvn -pl
 * runtime/core -am test} runs.
 */
@NullMarked
package io.openledger.runtime.support;

import org.jspecify.annotations.NullMarked;
