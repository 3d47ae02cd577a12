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
 * @param revision the number of the change that wrote it; 0: the store does not have it
 * @param bytes of an upload's files; else 0
 */
record AdapterRow(
    ModelId id,
    Origin origin,
    String folder,
    long version,
    AdapterAccess access,
    Optional<String> builder,
    boolean registered,
    boolean pinned,
    long revision,
    long bytes) {

  /** As a folder of the adapters' directory is, when nobody said anything. */
  static AdapterRow plain(ModelId id) {
    return folder(id, 1, AdapterAccess.PUBLIC, Optional.empty(), 0);
  }

  /** A folder of the adapters' directory. */
  static AdapterRow folder(
      ModelId id, long version, AdapterAccess access, Optional<String> builder, long revision) {
    return new AdapterRow(
        id, Origin.FOLDER, "", version, access, builder, true, false, revision, 0);
  }

  /** A first upload. */
  static AdapterRow upload(
      ModelId id, AdapterUploads.Taken files, AdapterAccess access, Optional<String> builder) {
    return new AdapterRow(
        id, Origin.UPLOAD, files.folder(), 1, access, builder, true, false, 0, files.bytes());
  }

  AdapterRow as(long written) {
    return new AdapterRow(
        id, origin, folder, version, access, builder, registered, pinned, written, bytes);
  }

  AdapterRow withAccess(AdapterAccess other) {
    return new AdapterRow(
        id, origin, folder, version, other, builder, registered, pinned, revision, bytes);
  }

  AdapterRow withPin(boolean other) {
    return new AdapterRow(
        id, origin, folder, version, access, builder, registered, other, revision, bytes);
  }

  /** A folder whose row only says that it is not to be registered. */
  AdapterRow takenAway() {
    return new AdapterRow(
        id, Origin.FOLDER, "", version, access, builder, false, false, revision, 0);
  }

  /** The next version, from an upload. */
  AdapterRow next(AdapterUploads.Taken files, Optional<String> by) {
    return new AdapterRow(
        id,
        Origin.UPLOAD,
        files.folder(),
        version + 1,
        access,
        by.isPresent() ? by : builder,
        true,
        pinned,
        revision,
        files.bytes());
  }

  /** The next version, from the same folder of the adapters' directory. */
  AdapterRow reloaded() {
    return new AdapterRow(
        id, origin, folder, version + 1, access, builder, true, pinned, revision, bytes);
  }
}
