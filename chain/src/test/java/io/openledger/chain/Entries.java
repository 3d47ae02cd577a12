package io.openledger.chain;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.chain.merkle.Keccak256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Totals for tests. */
public final class Entries {

  private Entries() {}

  /**
   * The entries of which the golden roots were made. Of d = keccak256("openledger-" + i): the
   * address is its last 20 bytes, the amount its first 1 + i mod 32 bytes (1 where they are zero).
   */
  public static List<Total> golden(int count) {
    return IntStream.range(0, count).mapToObj(Entries::golden1).toList();
  }

  private static Total golden1(int i) {
    byte[] d = Keccak256.hash(("openledger-" + i).getBytes(StandardCharsets.US_ASCII));
    BigInteger amount = new BigInteger(1, d, 0, 1 + i % 32).max(BigInteger.ONE);
    String address = "0x" + HexFormat.of().formatHex(d, 12, 32);
    return new Total(new ChainAddress(address), new Wei(amount));
  }

  /** So many random addresses with amounts of any size, in any order. */
  static List<Total> random(Random random, int count) {
    return random(random, count, 256);
  }

  /** As {@link #random(Random, int)}, with amounts of so many bits at most. */
  static List<Total> random(Random random, int count, int bits) {
    Map<ChainAddress, Total> totals = new HashMap<>();
    while (totals.size() < count) {
      byte[] address = new byte[20];
      random.nextBytes(address);
      BigInteger amount = new BigInteger(1 + random.nextInt(bits), random).max(BigInteger.ONE);
      ChainAddress who = new ChainAddress("0x" + HexFormat.of().formatHex(address));
      totals.put(who, new Total(who, new Wei(amount)));
    }
    return new ArrayList<>(totals.values());
  }
}
