package io.openledger.api.spi;

import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import java.util.List;

/**
 * A state of some datanets under one root, and the proofs of what holds under it. Made by {@link
 * AttributionEngine#commit}. Immutable; safe for any thread. Holds memory for each token, and
 * nothing that would have to be closed.
 */
public interface CommittedCorpus {

  /**
   * A contribution as it is committed to.
   *
   * @param id rising in the list that is committed to
   * @param content a digest of what is committed to beside the tokens: the SHA-256 of the text, or
   *     of a canonical document that holds it
   * @param tokens each 0 or more; none of a contribution that is not to be found. Not written to
   */
  record Document(ContributionId id, Hash256 content, int[] tokens) {}

  /**
   * A proof.
   *
   * @param claim what it proves
   * @param bytes as the engine's description specifies them; not written to
   */
  record Proof(SpanClaim claim, byte[] bytes) {}

  /** The value to anchor. */
  Hash256 root();

  /** How many tokens all contributions have. */
  long tokens();

  /**
   * Proves a span of a text: that a contribution has it, and that it is, or lies in, a stretch of
   * the text that no contribution has longer to either side.
   *
   * <p>A span is reported in characters; its tokens are those that touch them. Where characters are
   * made of several tokens each, these may be some more than the span has, and then the first run
   * of as many as it has is taken that the contribution has.
   *
   * <p>Where these tokens can be extended in the text, as those of a span can that was cut at whole
   * words, the maximal stretch around them is derived: first as far to the left as any contribution
   * has it, then to the right. When the named contribution has that as well, one proof says all;
   * else there are two, of the span in the contribution with nothing claimed about its sides, and
   * of the maximal stretch in a contribution that has it.
   *
   * @param text the whole text, in tokens of the tokenizer that is committed to
   * @param contribution that is to have the span
   * @return one or two
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} when the contribution does not have it, or
   *     the maximal stretch has more than {@link SpanClaim#MOST_TOKENS} tokens
   */
  List<Proof> prove(TokenizedText text, SpanMatch span, ContributionId contribution);
}
