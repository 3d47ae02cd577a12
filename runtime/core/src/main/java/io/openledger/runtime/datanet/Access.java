package io.openledger.runtime.datanet;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRight;
import io.openledger.api.datanet.Grantee;
import io.openledger.api.datanet.Visibility;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a caller may do with a datanet. The owner and an admin may do everything; public datanets
 * give READ, ATTRIBUTE and RETRIEVE to all; a curator curates every datanet; a contributor
 * contributes to public ones; grants add to that until they expire.
 */
final class Access {

  private static final Set<DatanetRight> OF_PUBLIC =
      Set.of(DatanetRight.READ, DatanetRight.ATTRIBUTE, DatanetRight.RETRIEVE);

  private Access() {}

  /**
   * @param granted by grants in force
   */
  static Set<DatanetRight> rights(
      Caller caller, Grantee owner, Visibility visibility, Set<DatanetRight> granted) {
    if (caller.grantee().equals(owner) || caller.is(Role.ADMIN)) {
      return EnumSet.allOf(DatanetRight.class);
    }
    Set<DatanetRight> rights = EnumSet.noneOf(DatanetRight.class);
    rights.addAll(granted);
    if (visibility == Visibility.PUBLIC) {
      rights.addAll(OF_PUBLIC);
      if (caller.is(Role.CONTRIBUTOR)) {
        rights.add(DatanetRight.CONTRIBUTE);
      }
    }
    if (caller.is(Role.CURATOR)) {
      rights.add(DatanetRight.READ);
      rights.add(DatanetRight.CURATE);
    }
    return rights;
  }

  /** Refuses when the right is missing; what may not be read is unknown. */
  static void require(DatanetId datanet, Set<DatanetRight> rights, DatanetRight needed) {
    if (rights.contains(needed)) {
      return;
    }
    if (!rights.contains(DatanetRight.READ)) {
      throw unknown(datanet);
    }
    throw forbidden(
        "a caller without the right " + needed + " to datanet " + datanet,
        "those to whom its owner or a curator has granted " + needed,
        "ask the owner of the datanet for a grant");
  }

  static OpenLedgerException forbidden(String arrived, String allowed, String remedy) {
    return new OpenLedgerException(ErrorCode.FORBIDDEN, arrived, allowed, remedy);
  }

  static OpenLedgerException unknown(DatanetId datanet) {
    return new OpenLedgerException(
        ErrorCode.DATANET_UNKNOWN,
        "no datanet " + datanet + " that this caller may read",
        "the name of an existing datanet",
        "list the datanets, or create it first");
  }
}
