/**
 * Proofs that someone can check without this server: Merkle trees over SHA-256 as RFC 6962 §2.1
 * defines them, with audit paths (§2.1.1).
 *
 * <p>Depends on {@code api}'s {@code Hash256} alone; knows nothing of indexes or receipts. Its
 * tests ({@code mvn -pl attribution test -Dtest='Merkle*'}) hold the published vectors of
 * Certificate Transparency and the recursive definition as a plain twin.
 */
@NullMarked
package io.openledger.attribution.proof;

import org.jspecify.annotations.NullMarked;
