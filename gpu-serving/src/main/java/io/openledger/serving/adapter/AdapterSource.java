package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelInfo;
import io.openledger.serving.model.ModelConfig;
import java.nio.file.Path;

/**
 * A registered adapter: small, so that thousands cost little. Its weights stay on disk until they
 * are used. Compared by identity: what replaces it under the same name is another adapter.
 */
public final class AdapterSource {

  private final ModelInfo info;
  private final Path folder;
  private final ModelConfig base;
  private final int maxRank;
  private final int rank;

  AdapterSource(ModelInfo info, Path folder, ModelConfig base, int maxRank, int rank) {
    this.info = info;
    this.folder = folder;
    this.base = base;
    this.maxRank = maxRank;
    this.rank = rank;
  }

  /** What it is. */
  public ModelInfo info() {
    return info;
  }

  /** The largest rank of its changes. */
  public int rank() {
    return rank;
  }

  /**
   * Reads the weights. The folder is validated again: it is not ours, and may have changed.
   *
   * @throws OpenLedgerException {@link ErrorCode#ADAPTER_BROKEN}, also when the files are not those
   *     that were registered
   */
  public AdapterWeights load() {
    PeftFolder read = PeftFolder.read(folder, base, maxRank);
    if (!read.digest().equals(info.digest())) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_BROKEN,
          "the files of adapter " + info.id() + " have digest " + read.digest(),
          "the digest at registration, " + info.digest(),
          "unregister the adapter and register it again");
    }
    return read.weights();
  }
}
