package io.openledger.api.datanet;

import io.openledger.api.Page;
import java.util.List;
import java.util.Optional;

/**
 * Datanets and their contributions, as the calling application (or user) may see and change them.
 * For injection; safe for any thread.
 *
 * <p>Every change joins the caller's JTA transaction and takes effect when it commits: from then
 * on, and not before, answers are attributed to the new contribution, and no longer to a retracted
 * one. Without a transaction each call commits on its own.
 *
 * <p>Every method throws {@link io.openledger.api.OpenLedgerException}: {@link
 * io.openledger.api.ErrorCode#DATANET_UNKNOWN}, {@link io.openledger.api.ErrorCode#FORBIDDEN} where
 * the caller lacks the named right, and {@link io.openledger.api.ErrorCode#LEDGER_UNAVAILABLE} when
 * the database does not answer. A datanet that the caller may not {@link DatanetRight#READ} is
 * unknown to it.
 */
public interface DatanetRepository {

  /**
   * Creates a datanet, owned by the caller.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#DATANET_EXISTS}
   */
  Datanet create(DatanetDraft draft);

  /** The datanet, if it exists and the caller may read it. */
  Optional<Datanet> find(DatanetId datanet);

  /** Every datanet that the caller may read, by name. */
  List<Datanet> list();

  /**
   * Accepts a contribution. Needs {@link DatanetRight#CONTRIBUTE}. All of it, the index included,
   * takes effect or none of it.
   *
   * @return the contribution; for a key that was used before with the same content, the first one
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#CONTRIBUTION_DUPLICATE} when the same normalised text was
   *     accepted before, {@link io.openledger.api.ErrorCode#CONTRIBUTION_TOO_LARGE}, {@link
   *     io.openledger.api.ErrorCode#CONTRIBUTION_KEY_REUSED}
   */
  Contribution contribute(DatanetId datanet, ContributionDraft draft);

  /**
   * Retracts a contribution: it is no longer found nor credited. Credits already earned stay. Needs
   * {@link DatanetRight#CURATE}.
   *
   * @param reason for the record, 1 to 1000 characters
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#CONTRIBUTION_UNKNOWN}, {@link
   *     io.openledger.api.ErrorCode#CONTRIBUTION_RETRACTED}
   */
  Contribution retract(ContributionId contribution, String reason);

  /**
   * Takes away what a contribution said, for good; retracts it first when it is active. One that
   * was retracted before is erased as well; of one that was erased before nothing changes, the
   * first reason included. Needs {@link DatanetRight#CURATE}.
   *
   * <p>Gone with the caller's transaction: the text, its SHA-256 (who knows what a short text is
   * about can try hashes out), title, source, language, date, the reason of an earlier retraction,
   * and the salt of its commitment. Gone from the files of the index soon after the commit, in the
   * background: each file that holds the text is written anew without it. Until that has succeeded
   * it is tried again, after a restart too; the server's readiness tells what stands in the way.
   *
   * <p>Kept: the id, which receipts name; the leaf of the datanet's tree, a hash that nobody can
   * try texts on without its salt, because the roots that receipts name rest on it; contributors
   * and shares, because credits already earned stay; licence, purposes, media type, length and
   * times; the sender's own key, so that the next transfer from the sender's system is refused
   * ({@link io.openledger.api.ErrorCode#CONTRIBUTION_KEY_REUSED}) and does not bring the text back.
   * So keys should be numbers or codes, not names.
   *
   * <p>Not touched: answers that quote the text and are kept beside their receipts, proofs and
   * reports that were given out, other contributions that say the same, adapters that were trained
   * on it, and what the database, its log and backups keep of former rows.
   *
   * @param reason for the record, 1 to 1000 characters; it stays, so it must not quote
   * @return the contribution as it is now
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#CONTRIBUTION_UNKNOWN}
   */
  Contribution erase(ContributionId contribution, String reason);

  /** The contribution, if it exists and the caller may read its datanet. Retracted ones too. */
  Optional<Contribution> contribution(ContributionId contribution);

  /** The normalised text of an active contribution. Empty for all others. */
  Optional<String> text(ContributionId contribution);

  /** Finds contributions, in order of acceptance. */
  Page<Contribution> find(DatanetId datanet, ContributionQuery query);

  /**
   * Finds contributions by what they say. Needs {@link DatanetRight#READ} and the right of the
   * purpose. Asks what has committed, as answers are attributed.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#MODEL_UNAVAILABLE} while no tokenizer is loaded, {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} for too many datanets
   */
  SearchResult search(DatanetSearch search);

  /**
   * Counts a phrase, under the rules of {@link #search}.
   *
   * @param phrase as in {@link DatanetSearch#phrases}
   */
  PhraseCount count(String phrase, DatanetScope scope);

  /**
   * What follows a text in contributions, under the rules of {@link #search}. Of the two readings
   * of its first word, at the beginning of a text and behind a blank, the one whose known suffix
   * begins earlier counts; then the one that occurs more often. A blank at the end of the text is a
   * token of its own to most tokenizers: leave it away. The text is compared as it is;
   * contributions are kept in Unicode NFC, with line ends as {@code \n}.
   *
   * <p>A purpose that forbids more than 2²² tokens of one segment of the index is refused as {@link
   * io.openledger.api.ErrorCode#INVALID_ARGUMENT}, here and in the other questions about counts.
   *
   * @param text at most {@value NextTokens#LONGEST_TEXT} characters; may be empty
   * @param limit how many tokens are listed, 1 to {@value NextTokens#MOST_LISTED}
   */
  NextTokens next(String text, DatanetScope scope, int limit);

  /**
   * How likely a text is to contributions, under the rules of {@link #search}. Of the two readings
   * of its first word the one with fewer unseen tokens counts; then the likelier one.
   *
   * @param text 1 to {@value TextLikelihood#LONGEST_TEXT} characters
   */
  TextLikelihood likelihood(String text, DatanetScope scope);

  /** Gives rights, or takes them away. Needs {@link DatanetRight#CURATE}. */
  void grant(Grant grant);

  /** The grants in force. Needs {@link DatanetRight#CURATE}. */
  List<Grant> grants(DatanetId datanet);

  /** The datanet's state now. */
  DatanetSnapshot snapshot(DatanetId datanet);
}
