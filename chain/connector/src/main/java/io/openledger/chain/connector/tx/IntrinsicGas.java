package io.openledger.chain.connector.tx;

/**
 * Gas that a transaction costs before its first instruction runs; no node takes one whose limit is
 * lower.
 */
public final class IntrinsicGas {

  /** Of every transaction (Yellow Paper, appendix G: G_transaction). */
  public static final long TRANSACTION = 21_000;

  private static final long CREATION = 32_000;
  private static final long TOKEN = 4;
  private static final long FLOOR_TOKEN = 10;
  private static final long WORD_OF_CREATION_CODE = 2;

  private IntrinsicGas() {}

  /**
   * What must be paid at least. A zero byte is one token, any other four (EIP-2028, EIP-7623).
   *
   * @param data calldata or creation code
   * @param creates whether it creates a contract, which costs for each word of its code too
   *     (EIP-3860)
   */
  public static long of(byte[] data, boolean creates) {
    long words = (data.length + 31L) / 32;
    return TRANSACTION
        + TOKEN * tokens(data)
        + (creates ? CREATION + WORD_OF_CREATION_CODE * words : 0);
  }

  /** The least gas limit that nodes accept since Prague: the floor of EIP-7623 if that is more. */
  public static long leastLimit(byte[] data, boolean creates) {
    return Math.max(of(data, creates), TRANSACTION + FLOOR_TOKEN * tokens(data));
  }

  private static long tokens(byte[] data) {
    long tokens = 0;
    for (byte b : data) {
      tokens += b == 0 ? 1 : 4;
    }
    return tokens;
  }
}
