/**
 * Anchors the roots of datanets and the digests of models when they have changed.
 *
 * <p>What there is to do follows from what is stored and from what was handed to the outbox; each
 * message and the row that remembers it are one transaction. So a crash anywhere loses nothing and
 * anchors nothing twice. An entry is registered once, under a salt that is the SHA-256 of its name;
 * what leaves the server are such salts, roots, digests, sizes and versions, and no text.
 *
 * <p>It depends on the outbox and on no other package of this module. Its tests run with {@code mvn
 * -pl runtime/rollup -am test -Dtest='*Registr*'}.
 */
@NullMarked
package io.openledger.rollup.registration;

import org.jspecify.annotations.NullMarked;
