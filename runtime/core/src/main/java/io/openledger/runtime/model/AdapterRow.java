package io.openledger.runtime.model;

import io.openledger.api.model.ModelId;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.runtime.AdapterAdministration.Origin;
import java.util.Optional;

/**
 * What the store knows of an adapter.
 *
 * @param id its name
 * @param origin where its files came from
 * @param folder of its version, for an upload; else empty
 * @param version from 1
 * @param access who may ask it
 * @param builder the account of its builder, when it was said
 * @param registered false for a folder that was taken away
 * @param pinned whether it keeps its slot
 */
record AdapterRow(
    ModelId id,
    Origin origin,
    String folder,
    long version,
    AdapterAccess access,
    Optional<String> builder,
    boolean registered,
    boolean pinned) {

  /** As a folder of the adapters' directory is, when nobody said anything. */
  static AdapterRow plain(ModelId id) {
    return new AdapterRow(
        id, Origin.FOLDER, "", 1, AdapterAccess.PUBLIC, Optional.empty(), true, false);
  }

  AdapterRow withAccess(AdapterAccess other) {
    return new AdapterRow(id, origin, folder, version, other, builder, registered, pinned);
  }

  AdapterRow withPin(boolean other) {
    return new AdapterRow(id, origin, folder, version, access, builder, registered, other);
  }

  AdapterRow takenAway() {
    return new AdapterRow(id, origin, folder, version, access, builder, false, false);
  }

  /** The next version, in another folder. */
  AdapterRow next(Origin from, String in, Optional<String> by) {
    return new AdapterRow(
        id, from, in, version + 1, access, by.isPresent() ? by : builder, true, pinned);
  }
}
