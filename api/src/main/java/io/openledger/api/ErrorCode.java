package io.openledger.api;

/**
 * The one table of errors. Each has a number that never changes its meaning, printed as {@code
 * OPENLEDGER-1001}, and a category that callers can act on (REST maps it to a status).
 *
 * <p>1xxx what was asked; 2xxx datanets; 3xxx models and adapters; 4xxx attribution and index; 5xxx
 * ledger and settlement; 6xxx configuration and server; 9xxx ourselves.
 */
public enum ErrorCode {
  /** A value is missing or out of its range. */
  INVALID_ARGUMENT(1001, Category.INVALID),
  /** The caller lacks the right or role. */
  FORBIDDEN(1002, Category.FORBIDDEN),
  /** Nobody is authenticated where somebody must be. */
  UNAUTHENTICATED(1003, Category.UNAUTHENTICATED),
  /** A request body cannot be read as what it says it is. */
  MALFORMED_REQUEST(1004, Category.INVALID),
  /** A queue or a limit is full; the same call may go through later. */
  BUSY(1005, Category.BUSY),
  /** The caller went away or cancelled. */
  CANCELLED(1006, Category.CANCELLED),
  /** The deadline of the call passed. */
  DEADLINE_EXCEEDED(1007, Category.BUSY),
  /** A request body is over its limit. */
  REQUEST_TOO_LARGE(1008, Category.TOO_LARGE),
  /** A path, method, media type or parameter that is not offered. */
  NOT_OFFERED(1009, Category.INVALID),

  /** No datanet of that name. */
  DATANET_UNKNOWN(2001, Category.NOT_FOUND),
  /** A datanet of that name exists already. */
  DATANET_EXISTS(2002, Category.CONFLICT),
  /** No contribution of that id. */
  CONTRIBUTION_UNKNOWN(2003, Category.NOT_FOUND),
  /** The contribution has no content. */
  CONTRIBUTION_EMPTY(2004, Category.INVALID),
  /** The content is over the limit. */
  CONTRIBUTION_TOO_LARGE(2005, Category.TOO_LARGE),
  /** The bytes are not text in the declared encoding. */
  CONTRIBUTION_ENCODING(2006, Category.INVALID),
  /** The same content was accepted before. */
  CONTRIBUTION_DUPLICATE(2007, Category.CONFLICT),
  /** No licence is declared, or it is not an SPDX id or a named licence text. */
  LICENCE_MISSING(2008, Category.INVALID),
  /** Contributors' shares do not add up to 10 000 basis points. */
  SHARES_INVALID(2009, Category.INVALID),
  /** The key was used before for other content. */
  CONTRIBUTION_KEY_REUSED(2010, Category.CONFLICT),
  /** The contribution was retracted before. */
  CONTRIBUTION_RETRACTED(2011, Category.CONFLICT),

  /** No model or adapter of that name. */
  MODEL_UNKNOWN(3001, Category.NOT_FOUND),
  /** The checkpoint's folder or one of its files is missing. */
  CHECKPOINT_MISSING(3002, Category.UNAVAILABLE),
  /** A file of the checkpoint is damaged: header, bounds, dtype, shape or size. */
  CHECKPOINT_BROKEN(3003, Category.UNAVAILABLE),
  /** The model's family or one of its settings is not supported. */
  MODEL_UNSUPPORTED(3004, Category.UNAVAILABLE),
  /** The adapter was made for another base model. */
  ADAPTER_MISMATCH(3005, Category.INVALID),
  /** A file of the adapter is damaged. */
  ADAPTER_BROKEN(3006, Category.INVALID),
  /** The adapter uses what is not supported. */
  ADAPTER_UNSUPPORTED(3007, Category.INVALID),
  /** Prompt and requested tokens do not fit the model's context. */
  PROMPT_TOO_LONG(3008, Category.TOO_LARGE),
  /** No model is loaded. */
  MODEL_UNAVAILABLE(3009, Category.UNAVAILABLE),
  /** The chat template is missing, broken or refused the messages. */
  CHAT_TEMPLATE(3010, Category.INVALID),
  /** An adapter of that name exists already. */
  ADAPTER_EXISTS(3011, Category.CONFLICT),
  /** The device that the engine computed on answers no more; the engine is to be opened again. */
  DEVICE_LOST(3012, Category.UNAVAILABLE),
  /** As many adapters, or bytes of them, are stored as may be; waiting does not make room. */
  ADAPTER_QUOTA(3013, Category.CONFLICT),
  /**
   * An adapter was replaced while the call that asks for it arrived; the next call asks the new.
   */
  ADAPTER_REPLACED(3014, Category.CONFLICT),

  /** Attribution failed where the boundary requires it. */
  ATTRIBUTION_FAILED(4001, Category.UNAVAILABLE),
  /** A file of the index is torn, truncated or tampered with. */
  INDEX_CORRUPT(4002, Category.UNAVAILABLE),
  /** The index was made with another tokenizer. */
  INDEX_MISMATCH(4003, Category.UNAVAILABLE),
  /** The index cannot be written. */
  INDEX_IO(4004, Category.UNAVAILABLE),
  /** The proof of a span cannot be made, or no longer: a text that it needs is not there. */
  PROOF_IMPOSSIBLE(4005, Category.CONFLICT),
  /** More tokens than may be committed to at once. */
  CORPUS_TOO_LARGE(4006, Category.TOO_LARGE),
  /** The contributions of a version do not give the root that was recorded of it. */
  CORPUS_CHANGED(4007, Category.INTERNAL),

  /** No account of that id. */
  ACCOUNT_UNKNOWN(5001, Category.NOT_FOUND),
  /** No receipt of that id. */
  RECEIPT_UNKNOWN(5002, Category.NOT_FOUND),
  /** No epoch of that number. */
  EPOCH_UNKNOWN(5003, Category.NOT_FOUND),
  /** The ledger's database cannot be reached or refused the work. */
  LEDGER_UNAVAILABLE(5004, Category.UNAVAILABLE),
  /** Entries that do not balance, or a total that would shrink. */
  LEDGER_INCONSISTENT(5005, Category.INTERNAL),
  /** The account has no chain address, so the tree has no leaf for it. */
  ACCOUNT_WITHOUT_ADDRESS(5006, Category.CONFLICT),
  /** No policy of that name. */
  POLICY_UNKNOWN(5007, Category.NOT_FOUND),
  /** The receipt is in a form that this release does not know. */
  RECEIPT_FORM(5008, Category.UNAVAILABLE),
  /**
   * The published amounts of an epoch are damaged: form, length, order, or not what was anchored.
   */
  LEAF_DATA_BROKEN(5009, Category.UNAVAILABLE),
  /** No endpoint of the chain answers, or none that may be trusted. */
  CHAIN_UNAVAILABLE(5010, Category.UNAVAILABLE),
  /** Endpoints of the chain contradict each other and none of them can be told to be right. */
  CHAIN_DISPUTED(5011, Category.UNAVAILABLE),
  /** The chain refused what was asked of it. */
  CHAIN_REFUSED(5012, Category.CONFLICT),
  /** The key that signs for the chain cannot be used. */
  SIGNING_KEY(5013, Category.UNAVAILABLE),
  /** No message for the chain of that business key. */
  CHAIN_MESSAGE_UNKNOWN(5014, Category.NOT_FOUND),
  /** The call is to be paid with a voucher, or the one that came does not pay it. */
  PAYMENT_REQUIRED(5020, Category.PAYMENT),
  /** No proposal of that id. */
  PROPOSAL_UNKNOWN(5031, Category.NOT_FOUND),
  /** The proposal is not in a state that allows it. */
  PROPOSAL_STATE(5032, Category.CONFLICT),
  /** The key has fewer votes than it takes. */
  VOTES_MISSING(5033, Category.CONFLICT),
  /** The last change of the same is too recent, or still to come. */
  CHANGE_TOO_SOON(5034, Category.CONFLICT),

  /** A configuration key is missing or out of its range. */
  CONFIGURATION_INVALID(6001, Category.UNAVAILABLE),
  /** The feature has not started, or is stopping. */
  NOT_READY(6002, Category.UNAVAILABLE),
  /** The disk is full or a directory cannot be written. */
  STORAGE_UNAVAILABLE(6003, Category.UNAVAILABLE),

  /** A defect of ours. */
  INTERNAL(9001, Category.INTERNAL);

  /** What a caller can do about an error. */
  public enum Category {
    /** Change the request. */
    INVALID,
    /** Authenticate. */
    UNAUTHENTICATED,
    /** Pay. */
    PAYMENT,
    /** Obtain the right. */
    FORBIDDEN,
    /** Name something that exists. */
    NOT_FOUND,
    /** The state does not allow it. */
    CONFLICT,
    /** Send less. */
    TOO_LARGE,
    /** Try again later. */
    BUSY,
    /** Nothing: it was the caller who ended it. */
    CANCELLED,
    /** An administrator has to act. */
    UNAVAILABLE,
    /** Report it. */
    INTERNAL
  }

  private final int number;
  private final Category category;

  ErrorCode(int number, Category category) {
    this.number = number;
    this.category = category;
  }

  /** The four digits that never change their meaning. */
  public int number() {
    return number;
  }

  /** What a caller can do about it. */
  public Category category() {
    return category;
  }

  /** The id as it is printed: {@code OPENLEDGER-} and four digits. */
  public String id() {
    return "OPENLEDGER-" + number;
  }
}
