package io.openledger.api.datanet;

import io.openledger.api.Page;
import java.util.List;
import java.util.Optional;

/**
 * One datanet of the {@link DatanetRepository}: the same calls, with the datanet already said. For
 * injection with {@link DatanetName}; safe for any thread.
 */
public interface DatanetHandle {

  /** Its name. */
  DatanetId id();

  /** See {@link DatanetRepository#find(DatanetId)}. */
  Optional<Datanet> find();

  /** See {@link DatanetRepository#contribute}. */
  Contribution contribute(ContributionDraft draft);

  /** See {@link DatanetRepository#retract}. */
  Contribution retract(ContributionId contribution, String reason);

  /** See {@link DatanetRepository#erase}. */
  Contribution erase(ContributionId contribution, String reason);

  /** See {@link DatanetRepository#find(DatanetId, ContributionQuery)}. */
  Page<Contribution> find(ContributionQuery query);

  /**
   * See {@link DatanetRepository#search}: contributions of this datanet, to attribute.
   *
   * @param limit how many contributions are listed, 0 to {@value DatanetSearch#MOST_LISTED}
   */
  SearchResult search(List<String> phrases, int limit);

  /** See {@link DatanetRepository#snapshot}. */
  DatanetSnapshot snapshot();
}
