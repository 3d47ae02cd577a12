/**
 * What goes to the chain: signed once, stored with the caller's work, sent until it is final.
 *
 * <p>It must not depend on the other packages of this module, which submit to it.
 */
@NullMarked
package io.openledger.rollup.outbox;

import org.jspecify.annotations.NullMarked;
