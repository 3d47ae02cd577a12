package io.openledger.attribution.proof;

/**
 * A hash chain along each contribution: of no token a constant, of a prefix the {@link Sha256#link}
 * of the chain of the prefix without its last token and of that token. It commits to a prefix read
 * backwards in such a way that its last k tokens open with them and one hash.
 *
 * <p>Keeps one link in {@value #KEPT}: 4 bytes a token; a link costs at most {@value #KEPT} hashes.
 * Immutable; safe for any thread.
 */
final class PrefixChain {

  private static final int KEPT = 8;
  private static final byte[] BEGINNING =
      Sha256.tagged("openledger-beginning-1", new byte[0]).toBytes();

  private final Corpus corpus;
  private final int[] firsts;
  private final byte[] links;

  PrefixChain(Corpus corpus) {
    this.corpus = corpus;
    firsts = new int[corpus.documents() + 1];
    for (int d = 0; d < corpus.documents(); d++) {
      firsts[d + 1] = firsts[d] + (corpus.end(d) - corpus.start(d)) / KEPT;
    }
    links = new byte[firsts[corpus.documents()] * Sha256.BYTES];
    Sha256 sha256 = new Sha256();
    for (int d = 0; d < corpus.documents(); d++) {
      for (int k = 1; k <= firsts[d + 1] - firsts[d]; k++) {
        // from the link before, which is kept already
        byte[] link = at(sha256, d, k * KEPT - 1);
        link = sha256.link(link, corpus.text()[corpus.start(d) + k * KEPT - 1]);
        System.arraycopy(link, 0, links, (firsts[d] + k - 1) * Sha256.BYTES, Sha256.BYTES);
      }
    }
  }

  /** The chain of no token. */
  static byte[] beginning() {
    return BEGINNING.clone();
  }

  /** The chain of a contribution's first {@code end} tokens. */
  byte[] at(Sha256 sha256, int document, int end) {
    byte[] link = beginning();
    int whole = end / KEPT;
    if (whole > 0) {
      System.arraycopy(links, (firsts[document] + whole - 1) * Sha256.BYTES, link, 0, Sha256.BYTES);
    }
    int start = corpus.start(document);
    for (int i = whole * KEPT; i < end; i++) {
      link = sha256.link(link, corpus.text()[start + i]);
    }
    return link;
  }
}
