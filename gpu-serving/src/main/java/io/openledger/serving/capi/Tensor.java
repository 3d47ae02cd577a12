package io.openledger.serving.capi;

import com.sun.jna.Pointer;

/** A tensor over somebody else's memory. */
public final class Tensor extends Handle {

  Tensor(Api api, Pointer value) {
    super(api, Entry.RELEASE_VALUE, value);
  }
}
