/**
 * Datanets: who may do what, contributions and their commitments, and the index that follows them.
 *
 * <p><b>What is true is in the database.</b> A contribution is accepted by one transaction: its
 * row, its shares, the datanet's counters, Merkle frontier and journal. The span index in {@code
 * <data>/index/<datanet>} is derived: it follows the journal of what has committed, and is brought
 * up to date before each question that is put to it ({@link
 * io.openledger.runtime.datanet.DatanetIndex}). So nothing that was acknowledged is lost to it and
 * nothing that was rolled back is ever found in it, whenever the process dies.
 *
 * <p><b>What can be proved.</b> {@link io.openledger.runtime.datanet.Corpora} commits to what a
 * datanet had at a version, from the journal and the texts, when a proof is asked for; the root is
 * recorded once in {@code ol_corpus_roots}. A version one of whose contributions was retracted
 * since gives no proofs any more: its text is not used.
 *
 * <p><b>What can be erased.</b> {@link io.openledger.runtime.datanet.Withdrawal} takes what a
 * contribution said out of its row, in the caller's transaction, and {@link
 * io.openledger.runtime.datanet.IndexErasures} takes it out of the index's files after the commit.
 *
 * <p>It must not depend on CDI, nor on {@code .model} and {@code .ledger}. Its tests run with
 * {@code mvn -pl runtime/core -am test -Dtest='*Datanet*,*Contribution*,*Index*'}.
 */
@NullMarked
package io.openledger.runtime.datanet;

import org.jspecify.annotations.NullMarked;
