/**
 * Settlement: what accounts have earned ever, as one Merkle root for each epoch, with proofs that a
 * contract can check.
 *
 * <p>{@link io.openledger.chain.CumulativeSettlement} is found with {@link java.util.ServiceLoader}
 * as {@link io.openledger.api.spi.Settlement}; nothing else calls into this module. It works
 * without any chain: roots and proofs are kept by the ledger until one is configured.
 *
 * <p>It depends on {@code api}, JSpecify and BouncyCastle's digests, and must not depend on another
 * engine, on {@code runtime} or on Jakarta. It opens no connection and no file. Its tests run with
 * {@code mvn -pl chain -am test}.
 */
@NullMarked
package io.openledger.chain;

import org.jspecify.annotations.NullMarked;
