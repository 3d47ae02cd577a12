package io.openledger.chain.merkle;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.util.HexFormat;

/** The leaf that says what an address has earned. */
public final class AmountLeaf {

  /** {@code abi.encode(address, uint256)}: two words of 32 bytes, numbers big-endian, right. */
  private static final int ENCODED = 64;

  private AmountLeaf() {}

  /** {@code keccak256(keccak256(abi.encode(address, amount)))}. */
  public static Hash256 hash(ChainAddress address, Wei amount) {
    byte[] encoded = new byte[ENCODED];
    byte[] account = HexFormat.of().parseHex(address.value(), 2, address.value().length());
    System.arraycopy(account, 0, encoded, 32 - account.length, account.length);
    Uint256.put(amount.value(), encoded, Uint256.BYTES);
    return Hash256.of(Keccak256.hash(Keccak256.hash(encoded)));
  }
}
