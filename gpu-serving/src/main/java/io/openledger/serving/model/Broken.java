package io.openledger.serving.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;

/**
 * How a damaged file is refused: readers are shared by checkpoints and adapters, which have their
 * own codes.
 *
 * @param code {@link ErrorCode#CHECKPOINT_BROKEN} or {@link ErrorCode#ADAPTER_BROKEN}
 * @param remedy what the reader of the message is to do
 */
public record Broken(ErrorCode code, String remedy) {

  /** For files of a base model. */
  public static final Broken CHECKPOINT =
      new Broken(ErrorCode.CHECKPOINT_BROKEN, "fetch the checkpoint again");

  /** For files of an adapter. */
  public static final Broken ADAPTER =
      new Broken(ErrorCode.ADAPTER_BROKEN, "save or fetch the adapter again");

  /** The refusal. */
  public OpenLedgerException because(String arrived, String allowed) {
    return new OpenLedgerException(code, arrived, allowed, remedy);
  }

  /** The refusal, with what lies beneath. */
  public OpenLedgerException because(String arrived, String allowed, Throwable cause) {
    return new OpenLedgerException(code, arrived, allowed, remedy, cause);
  }
}
