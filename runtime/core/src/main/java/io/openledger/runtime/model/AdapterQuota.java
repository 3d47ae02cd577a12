package io.openledger.runtime.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * How much may be stored. Asked before an upload is read, and again, under the store's lock, when
 * it is written down, because others upload meanwhile, here and on other servers.
 *
 * @param adapters uploads of all tenants together
 * @param tenantAdapters uploads of one owner
 * @param tenantBytes of all files of one owner
 */
record AdapterQuota(int adapters, int tenantAdapters, long tenantBytes) {

  /**
   * What an owner may still store under a name.
   *
   * @param known whether the name has an upload already, which this one replaces
   * @throws OpenLedgerException {@link ErrorCode#ADAPTER_QUOTA}
   */
  long room(Connection c, String owner, ModelId name, boolean known) throws SQLException {
    if (!known) {
      long all = AdapterRows.uploads(c);
      if (all >= adapters) {
        throw full(
            "one uploaded adapter more than " + all,
            "at most " + adapters + " of all tenants together",
            "take adapters away, or have openledger.limits.adapters raised");
      }
    }
    AdapterRows.Usage others = AdapterRows.usage(c, owner, name);
    if (!known && others.adapters() >= tenantAdapters) {
      throw full(
          "one uploaded adapter more than the " + others.adapters() + " of the same owner",
          "at most " + tenantAdapters + " of one owner",
          "take adapters away, or have openledger.limits.tenant-adapters raised");
    }
    if (others.bytes() >= tenantBytes) {
      throw bytes("an upload beside " + others.bytes() + " bytes of the same owner");
    }
    return tenantBytes - others.bytes();
  }

  /** As {@link #room}, of files that are there. */
  void require(Connection c, AdapterRow row, boolean known) throws SQLException {
    long room = room(c, row.access().owner(), row.id(), known);
    if (row.bytes() > room) {
      throw bytes("an upload of " + row.bytes() + " bytes, for which " + room + " are left");
    }
  }

  static OpenLedgerException bytes(String arrived) {
    return full(
        arrived,
        "as many bytes of one owner's adapters as openledger.limits.tenant-adapter-bytes says",
        "take adapters away, send a smaller one, or have the limit raised");
  }

  private static OpenLedgerException full(String arrived, String allowed, String remedy) {
    return new OpenLedgerException(ErrorCode.ADAPTER_QUOTA, arrived, allowed, remedy);
  }
}
