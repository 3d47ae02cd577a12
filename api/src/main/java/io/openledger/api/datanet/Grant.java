package io.openledger.api.datanet;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Rights of one grantee to one datanet. A later grant to the same grantee replaces the earlier one.
 *
 * @param datanet to what
 * @param grantee to whom
 * @param rights which rights; empty takes all away
 * @param expires when they end, if they do
 */
public record Grant(
    DatanetId datanet, Grantee grantee, Set<DatanetRight> rights, Optional<Instant> expires) {

  public Grant {
    rights = Set.copyOf(rights);
  }
}
