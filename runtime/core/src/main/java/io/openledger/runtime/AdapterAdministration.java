package io.openledger.runtime;

import io.openledger.api.model.ModelId;
import io.openledger.api.spi.AdapterResidency;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The adapters of the server, as one caller may see and change them. An adapter belongs to a
 * tenant, which is a {@link Caller#tenant()}; to tenants that it is not granted to it does not
 * exist. Its owner changes it, and an administrator changes any. Safe for any thread.
 *
 * <p>What is done here is kept in the store, and done again when the server starts.
 *
 * <p>Errors are {@link io.openledger.api.OpenLedgerException}s: {@link
 * io.openledger.api.ErrorCode#MODEL_UNKNOWN} for an adapter that the caller cannot see, {@link
 * io.openledger.api.ErrorCode#FORBIDDEN} for one that the caller sees and does not own, what the
 * engine says of broken files, and why no model is loaded.
 */
public interface AdapterAdministration {

  /** Where an adapter's files came from. */
  enum Origin {
    /** From the adapters' directory. */
    FOLDER,
    /** From an upload. */
    UPLOAD
  }

  /**
   * An adapter.
   *
   * @param residency where it is; its version counts replacements since the adapter was registered,
   *     over restarts
   * @param origin where its files came from
   * @param builder the account credited with the builder's part, without its kind
   */
  record Adapter(AdapterResidency residency, Origin origin, String builder) {}

  /**
   * Who may ask an adapter.
   *
   * @param owner the tenant that it belongs to; empty: the server's administrator. Absent: the
   *     caller, or as it is
   * @param granted {@code application:} or {@code user:} and a name, or {@code *} for everybody
   */
  record Access(Optional<String> owner, Set<String> granted) {
    public Access {
      granted = Set.copyOf(granted);
    }
  }

  /** What the caller may ask, or owns; all of them for an administrator. By name. */
  default List<Adapter> list() {
    return list(Optional.empty(), Integer.MAX_VALUE);
  }

  /**
   * A part of {@link #list()}. Costs a look at each adapter that it gives, and little for others.
   *
   * @param after the name behind which it begins, which need not exist; empty: at the first
   * @param limit how many at most, from 1
   */
  List<Adapter> list(Optional<ModelId> after, int limit);

  /** One of {@link #list}. Costs the same however many there are. */
  Adapter get(ModelId adapter);

  /**
   * Registers a folder of the adapters' directory, which bears the adapter's name. For an
   * administrator.
   */
  Adapter registerFolder(ModelId adapter, Access access, Optional<String> builder);

  /**
   * Registers what is uploaded, or puts it in the place of a registered adapter: running answers
   * finish on the former version.
   *
   * @param zip a zip archive with {@code adapter_config.json} and {@code adapter_model.safetensors}
   *     and nothing else; read to its end, not closed
   * @param replace whether an adapter of the name must be there; else none may
   * @param access for a new one; the former access stays when it replaces
   * @throws io.openledger.api.BusyException while as many uploads are under way as may be; {@link
   *     io.openledger.api.OpenLedgerException} with {@link
   *     io.openledger.api.ErrorCode#ADAPTER_QUOTA} when as much is stored as may be. Both before
   *     anything is read
   */
  Adapter upload(
      ModelId adapter, InputStream zip, boolean replace, Access access, Optional<String> builder);

  /** Reads the folder of the adapters' directory again, as the next version. */
  Adapter reloadFolder(ModelId adapter);

  /** Changes who may ask it. Another owner can be named by an administrator only. */
  Adapter grant(ModelId adapter, Access access);

  /** Takes it away, with the files of an upload; running answers finish. */
  void unregister(ModelId adapter);

  /** Loads it into a slot ahead of its use. */
  Adapter load(ModelId adapter);

  /** Frees its slot. False: it is in use, or pinned. */
  boolean unload(ModelId adapter);

  /** Keeps its slot for it, or no longer. For an administrator. */
  Adapter pin(ModelId adapter, boolean pinned);
}
