package io.openledger.api.datanet;

import java.time.Instant;

/**
 * A datanet as it is now.
 *
 * @param id its name
 * @param title for people
 * @param description for people
 * @param visibility who may use it without a grant
 * @param owner who created it, and holds every right to it
 * @param createdAt when
 * @param version how many changes (acceptances and retractions) it has seen
 * @param contributions how many contributions are active
 */
public record Datanet(
    DatanetId id,
    String title,
    String description,
    Visibility visibility,
    Grantee owner,
    Instant createdAt,
    long version,
    long contributions) {}
