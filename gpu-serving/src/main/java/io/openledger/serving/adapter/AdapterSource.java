package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;

/**
 * What a sequence can run on beside the base model: a registered adapter in one of its versions, or
 * a weighted mix of several. The pool keeps it by {@link Object#equals}.
 */
public abstract sealed class AdapterSource permits FolderAdapter, MixedAdapter {

  AdapterSource() {}

  /** The largest rank of its changes. */
  public abstract int rank();

  /**
   * Its weights, from host memory or from disk.
   *
   * @throws OpenLedgerException {@link ErrorCode#ADAPTER_BROKEN}, also when the files are not those
   *     that were registered
   */
  public abstract AdapterWeights load();

  /** Whether it is made of that one. */
  public abstract boolean has(AdapterSource part);
}
