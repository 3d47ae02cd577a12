package io.openledger.api.spi;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.DoubleConsumer;

/** The attribution engine. Stateless but for the indexes it opens; safe for any thread. */
public interface AttributionEngine {

  /**
   * Opens, or creates, the index in a directory. Files that are torn, truncated or tampered with
   * are refused by name and reported in {@link SpanIndex#state()}; the rest is opened.
   *
   * @param directory created when missing; held exclusively until the index is closed
   * @param tokenizer digest of the tokenizer that made, and will make, its tokens
   * @param vocabularySize one more than the largest token
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INDEX_MISMATCH} for an index of another tokenizer, {@link
   *     io.openledger.api.ErrorCode#INDEX_IO}
   */
  SpanIndex open(Path directory, Hash256 tokenizer, int vocabularySize);

  /**
   * {@link #open(Path, Hash256, int)} with threads for what the index does to keep itself in order,
   * so that a change returns when it is durable. An engine that has no such work ignores them.
   *
   * @param maintenance runs one task at a time for each index; a task ends soon after the index is
   *     closed, and one that is refused is tried again with a later change
   */
  default SpanIndex open(
      Path directory, Hash256 tokenizer, int vocabularySize, Executor maintenance) {
    return open(directory, tokenizer, vocabularySize);
  }

  /**
   * {@link #open(Path, Hash256, int, Executor)} in a form. It is a setting, not a property of what
   * is there: an index that was made in another form opens and answers the same, and gets this one
   * as its segments are merged; {@link SpanIndex#merge()} rewrites all that differ. An engine that
   * knows one form ignores it.
   *
   * @param form how it is kept on disk from now on
   */
  default SpanIndex open(
      Path directory, Hash256 tokenizer, int vocabularySize, Executor maintenance, IndexForm form) {
    return open(directory, tokenizer, vocabularySize, maintenance);
  }

  /**
   * The span evidence of a text over several datanets at once: a match is maximal when no datanet
   * has a longer one around it, and is counted over all of them. Unigram probabilities are those of
   * all datanets together. Contributions are listed by datanet and sequence, of each datanet as
   * many as {@code thresholds} says, so that the earliest of all are among them.
   *
   * <p>A token counts for one span, see {@link SpanMatch}. It is credited to the earliest
   * contribution that holds around it a stretch of the text of at least the minimum tokens and
   * twice the minimum information; where the span has less information than that, to the earliest
   * that holds the span. Hence words are the first committer's whatever is contributed later, whole
   * or in pieces; while a phrase that is barely evidence does not take part of a longer quotation
   * away. All spans are returned, whatever {@link SpanThresholds#listedBasisPoints} says.
   *
   * @return by start
   */
  List<SpanMatch> trace(
      TokenizedText text, Map<DatanetId, SpanIndex> datanets, SpanThresholds thresholds);

  /**
   * The span evidence of a text whose tokens are not known. A word's token at a text's beginning is
   * another one than behind a blank, so a text that does not begin with a blank is read both ways,
   * and the reading is taken in which the longest match from the beginning reaches further into the
   * text; the plain one, if equal. What is lost are words that the text cuts short at its beginning
   * or end, at most one at each. Unless overridden the text is traced as it is encoded.
   *
   * @param tokenizer the one that the datanets are indexed with
   * @return by start; characters are those of {@code text}
   */
  default List<SpanMatch> trace(
      String text,
      TextTokenizer tokenizer,
      Map<DatanetId, SpanIndex> datanets,
      SpanThresholds thresholds) {
    return trace(tokenizer.encode(text), datanets, thresholds);
  }

  /**
   * How a text may be cut into tokens when it is part of a longer one: as it is encoded by itself,
   * and in other ways that differ in its first word. Unless overridden only the first.
   *
   * @return one or more; characters are those of {@code text}
   */
  default List<TokenizedText> readings(String text, TextTokenizer tokenizer) {
    return List.of(tokenizer.encode(text));
  }

  /**
   * {@link #trace(TokenizedText, Map, SpanThresholds)} of a text that is still being written, over
   * the datanets as they are now. The caller closes it.
   *
   * @throws UnsupportedOperationException when the engine has no streaming
   */
  default EvidenceStream stream(Map<DatanetId, SpanIndex> datanets, SpanThresholds thresholds) {
    throw new UnsupportedOperationException(getClass().getName() + " does not stream evidence");
  }

  /**
   * The earlier document that a text repeats nearly whole: of the text's tokens at least so many
   * basis points lie in matches of at least 4 tokens with that one document. The earliest such
   * document.
   */
  OptionalLong nearDuplicateOf(int[] tokens, SpanIndex index, int basisPoints);

  /**
   * Who owns a contribution's credit.
   *
   * @param owner the contribution itself, or the earlier one that it repeats
   * @param shares the owner's contributors
   */
  record Ownership(ContributionId owner, List<ContributorShare> shares) {}

  /**
   * What a fee is split over.
   *
   * @param fee in wei
   * @param split over the roles
   * @param parties the account of each role but {@link FeeRole#CONTRIBUTORS}; a role without one
   *     falls to {@link FeeRole#TREASURY}, which must have one
   * @param spans the evidence
   * @param owners for each contribution that a span is credited to, who owns its credit
   * @param builders where adapters answered together, among whom the part of {@link
   *     FeeRole#ADAPTER_BUILDER} is split, and by what weights, each above zero; {@code parties}
   *     names no builder then. Empty: {@code parties} says whose it is
   */
  record CreditRequest(
      Wei fee,
      FeeSplit split,
      Map<FeeRole, AccountId> parties,
      List<SpanMatch> spans,
      Map<ContributionId, Ownership> owners,
      Map<AccountId, Long> builders) {

    public CreditRequest {
      builders = Map.copyOf(builders);
      for (Map.Entry<AccountId, Long> builder : builders.entrySet()) {
        if (builder.getValue() <= 0) {
          throw OpenLedgerException.invalid(
              "the weight of builder " + builder.getKey(), builder.getValue(), "above zero");
        }
      }
      if (!builders.isEmpty() && parties.containsKey(FeeRole.ADAPTER_BUILDER)) {
        throw OpenLedgerException.invalid(
            "the builder's account",
            parties.get(FeeRole.ADAPTER_BUILDER) + ", beside " + builders.size() + " builders",
            "one builder, or several with their weights");
      }
    }

    /** Of an answer that one model gave by itself. */
    public CreditRequest(
        Wei fee,
        FeeSplit split,
        Map<FeeRole, AccountId> parties,
        List<SpanMatch> spans,
        Map<ContributionId, Ownership> owners) {
      this(fee, split, parties, spans, owners, Map.of());
    }
  }

  /**
   * Splits a fee, in integers and deterministically: over the roles by basis points; the
   * contributors' part over contributions by credited millibits; each contribution's part over its
   * contributors by their shares; the part of several builders over their accounts by their
   * weights. Every split gives floors first and then one wei each to the largest remainders, ties
   * to the smaller role, contribution or account. Without evidence the contributors' part goes to
   * the treasury. The credits add up to the fee exactly, and none is zero.
   *
   * @return by role, contribution, account
   */
  List<Credit> credit(CreditRequest request);

  /** The Merkle root of leaves in order (SHA-256, RFC 6962 §2.1); {@link Hash256#ZERO} of none. */
  Hash256 merkleRoot(List<Hash256> leaves);

  /**
   * Commits to contributions and to all that does <em>not</em> occur in them, so that spans can be
   * proved to who holds only the root. Time and memory grow with the tokens; runs on the caller's
   * thread.
   *
   * @param tokenizer digest of the tokenizer that made the tokens
   * @param documents by rising id
   * @param progress hears how far it is, 0 to 1, never falling; what it throws ends the work and
   *     reaches the caller, which is how it is cancelled
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#CORPUS_TOO_LARGE} for more tokens than memory allows
   * @throws UnsupportedOperationException when the engine has no proofs
   */
  default CommittedCorpus commit(
      Hash256 tokenizer, List<CommittedCorpus.Document> documents, DoubleConsumer progress) {
    throw new UnsupportedOperationException(getClass().getName() + " has no proofs");
  }

  /**
   * Returns when a proof proves a claim under a root. Needs nothing else.
   *
   * @param root as it was anchored; not taken from whoever gave the proof
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} when it does not, with the reason
   * @throws UnsupportedOperationException when the engine has no proofs
   */
  default void verify(Hash256 root, SpanClaim claim, byte[] proof) {
    throw new UnsupportedOperationException(getClass().getName() + " has no proofs");
  }
}
