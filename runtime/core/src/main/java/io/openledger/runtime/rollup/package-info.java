/**
 * What REST, the consoles and applications see of the rollup, and how its implementation is found.
 *
 * <p>It must not depend on the chain nor on web3j.
 */
@NullMarked
package io.openledger.runtime.rollup;

import org.jspecify.annotations.NullMarked;
