package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.Optional;

/**
 * What a sequence can run on beside the base model: a registered adapter in one of its versions, or
 * a weighted mix of several. The pool keeps it by {@link Object#equals}.
 */
public abstract sealed class AdapterSource permits FolderAdapter, MixedAdapter {

  private volatile boolean retired;

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

  /** Bytes of its weights in memory. */
  public abstract long bytes();

  /** Bytes that are taken while it is read. */
  abstract long loadingBytes();

  /**
   * Takes a place in host memory for its weights, or part in one that is there, for a request that
   * is to wait for them.
   *
   * @param now whether it is the request's turn, so that others give way
   * @return empty: there is no room
   */
  public abstract Optional<HostTier.Claim> claim(boolean now);

  /** Whether it is made of that one. */
  public abstract boolean has(AdapterSource part);

  /** Says that it was taken away: those that have it finish, and nothing of it is kept. */
  public final void retire() {
    retired = true;
  }

  /** Whether it, or a part of it, was taken away. */
  public boolean retired() {
    return retired;
  }
}
