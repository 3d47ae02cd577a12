/**
 * Proofs that someone can check without this server: Merkle trees over SHA-256 as RFC 6962 §2.1
 * defines them, with audit paths (§2.1.1), and proofs that a span of an answer stands in a
 * contribution and is maximal, under one anchored root.
 *
 * <p>Depends on {@code api} alone; knows nothing of indexes or receipts. {@link
 * io.openledger.attribution.proof.ProvableCorpus} is what the SPI gives out; it is made with the
 * order that {@link io.openledger.attribution.index.PrefixSorter} finds and that is checked here.
 * The tests ({@code mvn -pl attribution test -Dtest='Merkle*,*SpanProof*,Forged*,Provable*'}) hold
 * the published vectors of Certificate Transparency, the recursive definition and a plain search as
 * twins, and mutate proofs. {@code ProofBenchmark} among them measures.
 *
 * <h2>What is proved, and what is trusted</h2>
 *
 * <p>A {@link io.openledger.api.attribution.SpanClaim} says: contribution c has these tokens at
 * this offset (occurrence), and no contribution has them with the answer's token before them in
 * front, nor with the answer's token behind them at the end (maximality).
 *
 * <ul>
 *   <li>Occurrence is proved outright: the span's chunks open against c's tree of tokens, that
 *       against c's digest, and that against the root. Nobody can open other tokens.
 *   <li>Maximality is proved of the list of prefixes that the root commits to: two adjacent ranks
 *       enclose each extended string, and neither of the two prefixes ends with it. One order
 *       serves both sides, because either extension is just a string that is to be absent.
 *   <li>Trusted is that whoever built the root listed every prefix, each with its right chain, in
 *       order. A lie there shows to anyone who has the data: {@link
 *       io.openledger.attribution.proof.CorpusCommitment#matches} builds the root again and
 *       compares. Trusted, too, are SHA-256 and that the root is the one that was anchored.
 *   <li>The tokens are taken as they are: that an answer's text gives these tokens is for the
 *       tokenizer, whose digest is part of the root, to show.
 * </ul>
 *
 * <p>A proof shows of the enclosing prefixes' contributions one token each, of c the rest of the
 * span's chunks.
 *
 * <h2>Commitment; all integers little-endian</h2>
 *
 * <pre>
 * root          SHA-256("openledger-corpus-1" 0, 4 tokens a chunk = 32, 4 contributions, 4 tokens,
 *               32 tokenizer, 32 root of contributions, 32 root of ranks)
 * contributions RFC 6962 tree, by rising id, over the entries
 *               SHA-256("openledger-contribution-1" 0, 1 length of datanet, datanet, 8 sequence,
 *               32 content, 4 tokens, 32 root of chunks)
 * chunks        RFC 6962 tree over the contribution's tokens, 32 an entry, 4 bytes a token
 * ranks         RFC 6962 tree; entry r: 4 contribution from 0, 4 length of the prefix, 32 its chain,
 *               of the prefix that is r-th when all non-empty prefixes of all contributions are
 *               read backwards and sorted: an end before every token, equal ones by contribution
 * chain         of no token SHA-256("openledger-beginning-1" 0); of a prefix and a token behind it
 *               SHA-256(2, 32 chain of the prefix, 4 token)
 * </pre>
 *
 * <p>The version is the number in each tag. A root of no entries is zero. Prefixes are read
 * backwards, rather than suffixes forwards, because then one hash chain along a contribution
 * commits to all of them, and the last k tokens of any open with one hash; opening them in the
 * contribution's own tree would take a path of 17 hashes for each of four neighbours in a corpus of
 * 100 000.
 *
 * <p>With the API: the contributions' entries are hashes, and their tree is {@link
 * io.openledger.api.spi.AttributionEngine#merkleRoot} over them. A datanet snapshot, whose leaves
 * are the digests of canonical documents, adopts this by giving that digest as {@code content} and
 * taking {@link io.openledger.attribution.proof.CorpusCommitment#contributionDigests} for leaves. A
 * retracted contribution keeps its place with no tokens.
 *
 * <h2>Proof; one encoding each</h2>
 *
 * <pre>
 *  0  8  magic: "OLSPROOF"
 *  8  4  version: 1
 * 12  4  sides: 1 left, 2 right, 3 both
 * 16 24  contributions, tokens, place of c, tokens of c, offset, length; 4 each
 * 40 32  content of c
 * tokens of the opened chunks before and behind the span, 4 each
 * siblings of the chunks, of c
 * left, right: 4 rank, then the prefix of rank - 1 and that of the rank, where there are such:
 *              4 contribution, 4 length, 4 matched tokens; where these are not all:
 *              4 token before them, 32 chain of what is before that
 * siblings of the ranks
 * </pre>
 *
 * <p>Siblings are the nodes that do not follow from what is opened, from below, left to right, 32
 * bytes each. No count of them is written: it follows from the numbers before.
 */
@NullMarked
package io.openledger.attribution.proof;

import org.jspecify.annotations.NullMarked;
