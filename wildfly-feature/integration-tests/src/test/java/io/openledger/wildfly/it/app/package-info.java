/** The applications that the tests deploy: what an enterprise developer writes against the API. */
@NullMarked
package io.openledger.wildfly.it.app;

import org.jspecify.annotations.NullMarked;
