package io.openledger.runtime.ledger;

import io.openledger.api.reward.Epoch;

/**
 * A closed epoch as the store has it.
 *
 * @param epoch what everybody sees of it
 * @param form of its tree: 1 before accounts kept their places, 2 since
 * @param receiptsBefore the number of the last receipt that the epoch before covers; 0 if none does
 * @param receipts the number of the last receipt that this one covers
 */
public record LedgerEpoch(Epoch epoch, int form, long receiptsBefore, long receipts) {

  /** The form of trees in which an account keeps its place. */
  public static final int ACCOUNTS = 2;

  /** From 1. */
  public long number() {
    return epoch.number();
  }

  /** Whether accounts keep their places in its tree: only such epochs are posted. */
  public boolean ofAccounts() {
    return form == ACCOUNTS;
  }
}
