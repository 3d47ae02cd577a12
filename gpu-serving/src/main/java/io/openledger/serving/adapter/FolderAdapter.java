package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelInfo;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One version of a registered adapter: small, so that thousands cost little. Its weights stay on
 * disk until they are used. Compared by identity: what replaces it under the same name is another
 * adapter.
 */
public final class FolderAdapter extends AdapterSource {

  private final ModelInfo info;
  private final Path folder;
  private final HostTier host;
  private final long version;
  private final int rank;
  private final long fileBytes;
  private final long bytes;

  FolderAdapter(ModelInfo info, Path folder, HostTier host, long version, PeftFolder read) {
    this.info = info;
    this.folder = folder;
    this.host = host;
    this.version = version;
    this.rank = read.weights().rank();
    this.fileBytes = read.bytes();
    this.bytes = read.weights().bytes();
  }

  private FolderAdapter(FolderAdapter read, long version) {
    this.info = read.info;
    this.folder = read.folder;
    this.host = read.host;
    this.version = version;
    this.rank = read.rank;
    this.fileBytes = read.fileBytes;
    this.bytes = read.bytes;
  }

  /** The same files as another version. */
  FolderAdapter as(long other) {
    return new FolderAdapter(this, other);
  }

  /** What it is. */
  public ModelInfo info() {
    return info;
  }

  Path folder() {
    return folder;
  }

  /** Counts what was registered under the name, from 1. */
  public long version() {
    return version;
  }

  @Override
  public int rank() {
    return rank;
  }

  /** Of its file. */
  public long fileBytes() {
    return fileBytes;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /** The file's content is in memory while it is read. */
  @Override
  long loadingBytes() {
    return bytes + fileBytes;
  }

  @Override
  public Optional<HostTier.Claim> claim(boolean now) {
    return host.claim(this, now);
  }

  HostTier host() {
    return host;
  }

  @Override
  public AdapterWeights load() {
    return host.weights(this);
  }

  @Override
  public boolean has(AdapterSource part) {
    return part == this;
  }

  /** Weights with magnitudes cannot be weighed: see {@link MixedAdapter}. */
  AdapterWeights loadWithoutGains() {
    AdapterWeights weights = load();
    if (weights.gains()) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_UNSUPPORTED,
          "adapter " + info.id() + " in a mix has magnitudes (use_dora)",
          "adapters without magnitudes, or this one alone with weight 1",
          "ask it alone, or train it without use_dora");
    }
    return weights;
  }
}
