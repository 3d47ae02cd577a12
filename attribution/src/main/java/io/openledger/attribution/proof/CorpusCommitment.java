package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.IntUnaryOperator;

/**
 * What is committed to of a state of some datanets: every contribution with its tokens, and the
 * order of all their prefixes. Its {@link #root()} is the one value that is anchored.
 *
 * <p>Memory while it is held, beside the order: 12 bytes a token (tokens, one chain link in eight,
 * the upper tree) and about 200 bytes a contribution. Building hashes about seven times a token.
 * Immutable; safe for any thread if the order is.
 */
public final class CorpusCommitment {

  /**
   * A contribution as it is committed to.
   *
   * @param id rising in the list that is committed to
   * @param content a digest of what is committed to beside the tokens: the SHA-256 of the text, or
   *     of a canonical document that holds it
   * @param tokens each 0 or more; none of a contribution that is not to be found. Not written to
   */
  public record Document(ContributionId id, Hash256 content, int[] tokens) {}

  private final Hash256 tokenizer;
  private final Corpus corpus;
  private final IntUnaryOperator order;
  private final PrefixChain chain;
  private final PrunedTree contributions;
  private final PrunedTree ranks;
  private final Hash256 root;

  private CorpusCommitment(
      Hash256 tokenizer, Corpus corpus, IntUnaryOperator order, DoubleConsumer progress) {
    this.tokenizer = tokenizer;
    this.corpus = corpus;
    this.order = order;
    byte[][] leaves = new byte[corpus.documents()][];
    Sha256 hasher = new Sha256();
    for (int d = 0; d < leaves.length; d++) {
      leaves[d] = hasher.leaf(digest(d).toBytes());
    }
    contributions = new PrunedTree(leaves.length, (sha256, i) -> leaves[i]);
    PrefixChain links = new PrefixChain(corpus);
    chain = links;
    ranks =
        new PrunedTree(
            corpus.text().length,
            (sha256, rank) -> {
              int position = order.applyAsInt(rank);
              int document = corpus.documentAt(position);
              int end = position + 1 - corpus.start(document);
              return Digests.rank(sha256, document, end, links.at(sha256, document, end));
            },
            progress);
    root =
        Digests.corpus(
            tokenizer,
            corpus.documents(),
            corpus.text().length,
            contributions.root(),
            ranks.root());
  }

  /**
   * Commits to contributions, sorting their prefixes itself: 20 bytes a token meanwhile, 4 of which
   * stay.
   *
   * @param tokenizer digest of the tokenizer that made the tokens
   * @param documents by rising id; at most 2²⁸ tokens together
   */
  public static CorpusCommitment of(Hash256 tokenizer, List<Document> documents) {
    Corpus corpus = new Corpus(documents);
    int[] order = PrefixOrder.sort(corpus);
    return new CorpusCommitment(tokenizer, corpus, rank -> order[rank], fraction -> {});
  }

  /**
   * Commits to contributions in an order of prefixes that somebody else has sorted.
   *
   * @param tokenizer digest of the tokenizer that made the tokens
   * @param documents by rising id; at most 2²⁸ tokens together
   * @param order of each rank, from 0, the position of the prefix's last token, counted through all
   *     documents from 0; asked again while proofs are made. Checked here in linear time, with 4⅛
   *     bytes a token meanwhile
   */
  public static CorpusCommitment of(
      Hash256 tokenizer, List<Document> documents, IntUnaryOperator order) {
    return of(tokenizer, documents, order, fraction -> {});
  }

  /**
   * {@link #of(Hash256, List, IntUnaryOperator)}, heard.
   *
   * @param progress hears a fraction, never falling; what it throws ends the work
   */
  public static CorpusCommitment of(
      Hash256 tokenizer,
      List<Document> documents,
      IntUnaryOperator order,
      DoubleConsumer progress) {
    Corpus corpus = new Corpus(documents);
    PrefixOrder.check(corpus, order);
    return new CorpusCommitment(tokenizer, corpus, order, progress);
  }

  /**
   * Whether a root is the one of these contributions: builds it again and compares. Who holds the
   * data needs this once and can then believe every proof under that root, with no trust in whoever
   * made it.
   */
  public static boolean matches(Hash256 root, Hash256 tokenizer, List<Document> documents) {
    return of(tokenizer, documents).root().equals(root);
  }

  /** The value to anchor. */
  public Hash256 root() {
    return root;
  }

  /**
   * The entries of the contributions' tree in order: what {@link
   * io.openledger.api.spi.AttributionEngine#merkleRoot} takes, giving the root that {@link #root()}
   * commits to.
   */
  public List<Hash256> contributionDigests() {
    return java.util.stream.IntStream.range(0, corpus.documents()).mapToObj(this::digest).toList();
  }

  /** How many tokens all contributions have. */
  public int tokens() {
    return corpus.text().length;
  }

  private Hash256 digest(int document) {
    return Digests.contribution(
        corpus.id(document),
        corpus.content(document),
        corpus.end(document) - corpus.start(document),
        chunks(document).root());
  }

  Hash256 tokenizer() {
    return tokenizer;
  }

  Corpus corpus() {
    return corpus;
  }

  PrunedTree contributions() {
    return contributions;
  }

  PrunedTree ranks() {
    return ranks;
  }

  PrefixChain chain() {
    return chain;
  }

  /** The position of a rank. */
  int position(int rank) {
    return order.applyAsInt(rank);
  }

  /** The tree over a contribution's tokens; made anew each time. */
  PrunedTree chunks(int document) {
    return TokenChunks.tree(corpus.text(), corpus.start(document), corpus.end(document));
  }

  /** The place of a contribution. */
  int require(ContributionId id) {
    int document = corpus.find(id);
    if (document < 0) {
      throw OpenLedgerException.invalid("the contribution", id, "one that is committed to");
    }
    return document;
  }
}
