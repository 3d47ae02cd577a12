package io.openledger.api.datanet;

import io.openledger.api.Hash256;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One accepted piece of content, without its text ({@link DatanetRepository#text}). Immutable but
 * for its status: a correction supersedes it, a retraction retracts it, an erasure takes away what
 * it said ({@link DatanetRepository#erase}).
 *
 * @param id datanet and place in the order of acceptance
 * @param key the sender's own key
 * @param title for people; {@link #ERASED_TITLE} of an erased one
 * @param sha256 of the normalised text (Unicode NFC, line ends as {@code \n}, UTF-8); {@link
 *     Hash256#ZERO} of an erased one
 * @param mediaType what the content is
 * @param characters length of the normalised text in UTF-16 code units
 * @param contributors who made it
 * @param licence under which it may be used
 * @param source where it comes from
 * @param language BCP 47 tag
 * @param date when the content was made
 * @param purposes what it may be used for
 * @param acceptedAt when it was accepted
 * @param status whether it still counts
 * @param nearDuplicateOf the earlier contribution that this one repeats nearly whole, and that is
 *     credited in its place
 */
public record Contribution(
    ContributionId id,
    Optional<String> key,
    String title,
    Hash256 sha256,
    String mediaType,
    int characters,
    List<ContributorShare> contributors,
    Licence licence,
    Optional<String> source,
    Optional<String> language,
    Optional<LocalDate> date,
    Set<Purpose> purposes,
    Instant acceptedAt,
    Status status,
    Optional<ContributionId> nearDuplicateOf) {

  /** The title of every erased contribution. */
  public static final String ERASED_TITLE = "[erased]";

  /** Whether a contribution still counts. */
  public enum Status {
    /** It is found in answers and credited. */
    ACTIVE,
    /** It was withdrawn; it is no longer found nor credited. */
    RETRACTED,
    /** It was withdrawn, and what it said is not kept any more. */
    ERASED
  }

  public Contribution {
    contributors = List.copyOf(contributors);
    purposes = Set.copyOf(purposes);
  }
}
