package io.openledger.chain.connector.rpc;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * The error of an answer (JSON-RPC 2.0, section 5.1; EIP-1474). The message is whatever the other
 * side wrote: it is shortened and freed of control characters here, and nothing but {@link #remedy}
 * and {@link #outcome} reads it.
 *
 * @param code the number
 * @param message at most 200 printable characters
 * @param data what a reverted call returned, if the node gave it
 */
public record JsonRpcError(int code, String message, Optional<String> data) {

  /** No error. */
  static final JsonRpcError NONE = new JsonRpcError(0, "", Optional.empty());

  private static final int LONGEST = 200;
  private static final int LONGEST_DATA = 64 * 1024;

  public JsonRpcError {
    String printable = message.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    message = printable.length() > LONGEST ? printable.substring(0, LONGEST) + "…" : printable;
    data = data.filter(d -> d.length() <= LONGEST_DATA && d.matches("0x([0-9a-fA-F]{2})*"));
  }

  /** What to do with a request that was answered by this. */
  public enum Remedy {
    /** Another endpoint may know better; this one is not worse for it. */
    ELSEWHERE,
    /** Every honest node says the same. */
    NOWHERE
  }

  /** What an error says of a transaction that was to be broadcast. */
  public enum Outcome {
    /** The node has it already: as good as accepted. */
    KNOWN,
    /** The nonce is used up: by this transaction, or by another one. Receipts tell which. */
    NONCE_USED,
    /** Another one of the same nonce is there, and this one does not pay enough more. */
    UNDERPRICED,
    /** The sender cannot pay for it now. */
    FUNDS,
    /** Something else; whether the node took it is open. */
    OTHER
  }

  /**
   * Where the request may be tried again. -32603 ("internal error") is one request's trouble at one
   * node: others are asked, once each, and none of them is put aside for it, for nodes give it for
   * calls that fail everywhere.
   */
  public Remedy remedy() {
    return switch (code) {
      case 3, -32700, -32600, -32602 -> Remedy.NOWHERE; // reverted; our own fault
      case -32000, -32003 ->
          outcome() == Outcome.OTHER && !text().contains("revert")
              ? Remedy.ELSEWHERE
              : Remedy.NOWHERE;
      default -> Remedy.ELSEWHERE;
    };
  }

  /** Whether the node does not understand what was asked (JSON-RPC 2.0, section 5.1). */
  boolean ours() {
    return code == -32700 || code == -32600 || code == -32602;
  }

  /** Whether the node asks to come less often (EIP-1474: limit exceeded). */
  boolean throttled() {
    return (code == -32005 || code == -32097 || code == 429) && !tooMuch();
  }

  /** Whether the node would answer if it were asked for less: providers' words for log ranges. */
  boolean tooMuch() {
    String text = text();
    return text.contains("block range")
        || text.contains("range is too")
        || text.contains("range too")
        || text.contains("results")
        || text.contains("response size");
  }

  /** What it says of a transaction: the words of geth, reth, Erigon, Nethermind and anvil. */
  public Outcome outcome() {
    String text = text();
    if (text.contains("already known")
        || text.contains("already imported")
        || text.contains("alreadyknown")) {
      return Outcome.KNOWN;
    }
    if (text.contains("nonce too low")
        || text.contains("oldnonce")
        || text.contains("nonce is too low")) {
      return Outcome.NONCE_USED;
    }
    if (text.contains("underpriced")
        || text.contains("feetoolow")
        || text.contains("could not replace")) {
      return Outcome.UNDERPRICED;
    }
    if (text.contains("insufficient funds") || text.contains("insufficientfunds")) {
      return Outcome.FUNDS;
    }
    return Outcome.OTHER;
  }

  /** What a reverted call returned; empty bytes if the node did not tell. */
  public byte[] returned() {
    return data.map(d -> HexFormat.of().parseHex(d.substring(2))).orElse(new byte[0]);
  }

  private String text() {
    return message.toLowerCase(Locale.ROOT);
  }
}
