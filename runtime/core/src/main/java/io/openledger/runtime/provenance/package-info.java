/**
 * Receipts: their canonical JSON and hash, the chain that links them, and reports of them.
 *
 * <p><b>The form of a receipt.</b> {@link io.openledger.runtime.provenance.ReceiptCodec} writes a
 * receipt's body as a JSON object whose canonical form (RFC 8785) is hashed and stored. Amounts are
 * decimal strings, because JSON numbers are doubles; hashes are 64 lower-case hexadecimal digits;
 * times are ISO 8601 in UTC. {@code format} names the version of the form. Version 2 adds to a span
 * {@code credited}, a list of {@code contribution} and {@code millibits} that together are its
 * {@code creditedMillibits}, and to the attribution {@code unlisted}, the number of {@code spans}
 * that are not listed and what they are {@code credited}. Where a span has no {@code credited}, its
 * first contribution is credited everything. A body that needs neither is in version 1, as are
 * those written before there was a version 2. Version 3 is of answers that several adapters gave
 * together, or one at another weight than 1: {@code model} is the base model, and {@code adapters}
 * lists, by name, each one's {@code id}, {@code version}, {@code digest}, {@code weight}, a number
 * of at most six decimals, and {@code builder}. Everything else in it is as in version 2. The
 * credits of the role {@code ADAPTER_BUILDER} follow from it: their sum, split over the accounts of
 * the builders by the sum of the magnitudes of each one's weights in millionths; floors first, then
 * one wei each to the largest remainders, ties to the name that comes first. A form that is none of
 * these is refused with {@code RECEIPT_FORM}, never read in part.
 *
 * <p><b>The chain.</b> A receipt is written in the caller's transaction and is linked afterwards,
 * in one of its own ({@link io.openledger.runtime.provenance.ReceiptChain}): links have no gaps,
 * because a number is given only to what has committed. link = SHA-256(previous ‖ hash), beginning
 * with 32 zero bytes.
 *
 * <p><b>Proofs.</b> {@link io.openledger.runtime.provenance.SpanProofs} cuts the answer into tokens
 * again and has each span proved under the root of its datanet at the version that the receipt
 * names. What a proof says is {@link io.openledger.api.provenance.SpanProof}'s to tell.
 *
 * <p>It must not depend on the engines, on CDI, nor on {@code .model}. Its tests run with {@code
 * mvn -pl runtime/core -am test -Dtest='*Receipt*,*Report*,SpanProofs*'}.
 */
@NullMarked
package io.openledger.runtime.provenance;

import org.jspecify.annotations.NullMarked;
