package io.openledger.serving.adapter;

import io.openledger.api.spi.AdapterAccess;

/**
 * What stands under a name now.
 *
 * @param adapter the current version
 * @param access who may ask it
 * @param pinned whether it keeps its slot
 */
public record RegisteredAdapter(FolderAdapter adapter, AdapterAccess access, boolean pinned) {

  RegisteredAdapter with(FolderAdapter next) {
    return new RegisteredAdapter(next, access, pinned);
  }

  RegisteredAdapter with(AdapterAccess next) {
    return new RegisteredAdapter(adapter, next, pinned);
  }

  RegisteredAdapter with(boolean next) {
    return new RegisteredAdapter(adapter, access, next);
  }
}
