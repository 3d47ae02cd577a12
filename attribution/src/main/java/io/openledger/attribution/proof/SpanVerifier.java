package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.attribution.proof.Absence.Neighbour;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Checks proofs of spans against an anchored root, with SHA-256 and nothing else. Stateless; some
 * hundred hashes a proof.
 *
 * <p>Occurrence is proved outright: nobody can open other tokens under the root. Maximality is
 * proved of the list of prefixes that the root commits to; that this list is complete and sorted is
 * for {@link CorpusCommitment#matches} to see, by anyone who has the data.
 */
public final class SpanVerifier {

  private SpanVerifier() {}

  /**
   * Returns when a proof proves a claim under a root.
   *
   * @param root as it was anchored; not taken from whoever gave the proof
   * @throws OpenLedgerException when it does not, with the reason
   */
  public static void verify(Hash256 root, SpanClaim claim, SpanProof proof) {
    require(proof.offset() == claim.offset(), "of another offset");
    require(proof.length() == claim.tokens().size(), "of a span of another length");
    require(
        proof.left().isPresent() == claim.previous().isPresent()
            && proof.right().isPresent() == claim.next().isPresent(),
        "of other sides");
    Sha256 sha256 = new Sha256();
    NavigableMap<Integer, byte[]> ranks = new TreeMap<>();
    proof.left().ifPresent(absence -> absent(sha256, absence, Strings.left(claim), ranks));
    proof.right().ifPresent(absence -> absent(sha256, absence, Strings.right(claim), ranks));
    Hash256 there =
        Digests.corpus(
            claim.tokenizer(),
            proof.documents(),
            proof.tokens(),
            contributions(sha256, claim, proof),
            MultiProof.root(sha256, proof.tokens(), ranks, proof.rankSiblings()));
    require(there.equals(root), "under the root " + there);
  }

  /**
   * The proof of some bytes, when it proves a claim under a root.
   *
   * @throws OpenLedgerException when it does not, with the reason
   */
  public static SpanProof verify(Hash256 root, SpanClaim claim, byte[] encoded) {
    SpanProof proof = SpanProof.decode(encoded);
    verify(root, claim, proof);
    return proof;
  }

  private static Hash256 contributions(Sha256 sha256, SpanClaim claim, SpanProof proof) {
    int first = TokenChunks.start(proof.offset());
    int before = proof.offset() - first;
    int[] opened = new int[proof.around().size() + proof.length()];
    List<Integer> around = proof.around();
    for (int i = 0; i < opened.length; i++) {
      if (i < before) {
        opened[i] = around.get(i);
      } else if (i < before + proof.length()) {
        opened[i] = claim.tokens().get(i - before);
      } else {
        opened[i] = around.get(i - proof.length());
      }
    }
    NavigableMap<Integer, byte[]> chunks = new TreeMap<>();
    for (int chunk : TokenChunks.holding(proof.offset(), proof.length())) {
      int from = chunk * TokenChunks.TOKENS - first;
      int to = Math.min(opened.length, from + TokenChunks.TOKENS);
      chunks.put(chunk, TokenChunks.hash(sha256, opened, from, to));
    }
    int count = TokenChunks.count(proof.documentTokens());
    Hash256 root = MultiProof.root(sha256, count, chunks, proof.chunkSiblings());
    Hash256 digest =
        Digests.contribution(claim.contribution(), proof.content(), proof.documentTokens(), root);
    NavigableMap<Integer, byte[]> leaf = new TreeMap<>();
    leaf.put(proof.document(), sha256.leaf(digest.toBytes()));
    return MultiProof.root(sha256, proof.documents(), leaf, proof.contributionSiblings());
  }

  private static void absent(
      Sha256 sha256, Absence absence, int[] string, NavigableMap<Integer, byte[]> ranks) {
    neighbour(sha256, absence.below(), true, string, absence.rank() - 1, ranks);
    neighbour(sha256, absence.above(), false, string, absence.rank(), ranks);
  }

  private static void neighbour(
      Sha256 sha256,
      Optional<Neighbour> opened,
      boolean below,
      int[] string,
      int rank,
      NavigableMap<Integer, byte[]> ranks) {
    if (opened.isEmpty()) {
      return; // a proof's numbers allow that at the first and last rank only
    }
    Neighbour prefix = opened.get();
    require(Backwards.differs(prefix, string), "of an absence beside a match");
    require(
        Backwards.below(prefix, string) == below,
        "of an absence that its neighbours do not enclose");
    byte[] leaf = Backwards.leaf(sha256, prefix, string);
    byte[] other = ranks.put(rank, leaf);
    require(other == null || Arrays.equals(other, leaf), "of two prefixes at one rank");
  }

  private static void require(boolean right, String otherwise) {
    if (!right) {
      throw OpenLedgerException.invalid(
          "the proof", otherwise, "a proof of the claim under the anchored root");
    }
  }
}
