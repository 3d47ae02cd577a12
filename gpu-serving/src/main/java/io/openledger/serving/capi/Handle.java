package io.openledger.serving.capi;

import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/** A native handle with its one owner. A second close does nothing, any other use is refused. */
class Handle implements AutoCloseable {

  private final Api api;
  private final Entry release;
  private @Nullable Pointer pointer;

  Handle(Api api, Entry release, Pointer pointer) {
    this.api = api;
    this.release = release;
    this.pointer = pointer;
  }

  final Api api() {
    return api;
  }

  /** Its address. */
  final Pointer pointer() {
    if (pointer == null) {
      throw new IllegalStateException(getClass().getSimpleName() + " is closed");
    }
    return pointer;
  }

  @Override
  public void close() {
    Pointer held = pointer;
    pointer = null;
    if (held != null) {
      api.release(release, held);
    }
  }
}
