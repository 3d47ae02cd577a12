/**
 * Nodes for tests: a real one, and strangers in front of it that lie, fail or dawdle. Packed for
 * the tests of other modules (classifier {@code tests}).
 */
@NullMarked
package io.openledger.chain.connector.support;

import org.jspecify.annotations.NullMarked;
