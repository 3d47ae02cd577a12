/**
 * Settlement: what accounts have earned ever, as one Merkle root for each epoch, with proofs that a
 * contract can check, and the published amounts from which anyone rebuilds the tree.
 *
 * <p>{@link io.openledger.chain.CumulativeSettlement} is found with {@link java.util.ServiceLoader}
 * as {@link io.openledger.api.spi.Settlement}. It works without any chain: roots and proofs are
 * kept by the ledger until one is configured.
 *
 * <p><b>Leaf data</b> ({@link io.openledger.chain.LeafFile}), version 1. Numbers are big-endian and
 * unsigned.
 *
 * <table>
 * <caption>A file</caption>
 * <tr><th>Bytes</th><th>What</th></tr>
 * <tr><td>8</td><td>{@code OLLEAVES}</td></tr>
 * <tr><td>4</td><td>version: 1</td></tr>
 * <tr><td>4</td><td>form of the tree: 1 is {@code standard-v1}, 2 is {@link
 *     io.openledger.chain.merkle.AccountTree}'s</td></tr>
 * <tr><td>8</td><td>epoch, below 2⁶³</td></tr>
 * <tr><td>4</td><td>number of accounts, at most 2²⁴</td></tr>
 * <tr><td>4</td><td>number of sections; in form 1 one, or none without accounts</td></tr>
 * <tr><td>32</td><td>sum of all amounts in wei</td></tr>
 * <tr><td>32</td><td>root of the tree; zero without accounts</td></tr>
 * <tr><td>…</td><td>the sections</td></tr>
 * <tr><td>4</td><td>CRC-32C of all before</td></tr>
 * </table>
 *
 * <p>A section: 8 bytes with the epoch in which its accounts first earned (in form 1 the file's
 * own), rising from section to section and not above the file's; 4 bytes with the number of its
 * accounts, 1 or more; then 52 bytes each: the address's 20 and the amount's 32 in wei, above zero,
 * addresses rising. No address stands in two sections. There is one way to write down a tree, so
 * the same amounts give the same bytes, and their SHA-256 is the digest that is posted with the
 * root.
 *
 * <p>It depends on {@code api}, JSpecify and BouncyCastle's digests, and must not depend on another
 * engine, on {@code runtime} or on Jakarta. It opens no connection, and no file but leaf data. Its
 * tests run with {@code mvn -pl chain -am test}.
 */
@NullMarked
package io.openledger.chain;

import org.jspecify.annotations.NullMarked;
