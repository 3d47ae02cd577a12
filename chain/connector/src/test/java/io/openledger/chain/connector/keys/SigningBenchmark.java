package io.openledger.chain.connector.keys;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.IntStream;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;

/**
 * Transactions encoded and signed in a second, ours and web3j's in turns, on one thread and on as
 * many as there are cores. Run it from the tests' class path; it takes half a minute.
 */
final class SigningBenchmark {

  private static final byte[] DATA = new byte[100];

  private SigningBenchmark() {}

  /** One of the two ways. */
  private interface Way {
    void sign(long nonce);
  }

  public static void main(String[] arguments) {
    byte[] key = new byte[32];
    key[31] = 7;
    Credentials theirs = Credentials.create(Numeric.toHexString(key));
    LocalSigner ours = LocalSigner.fromSecret(key);
    ChainAddress to = new ChainAddress("0x" + "12".repeat(20));
    Fees fees = new Fees(Wei.of(1_000), Wei.of(1_000_000));
    Way fast =
        n ->
            ours.signTransaction(
                    new Eip1559Transaction(1612, n, fees, 90_000, Optional.of(to), Wei.ZERO, DATA))
                .hash();
    String data = Numeric.toHexString(DATA);
    Way plain =
        n ->
            TransactionEncoder.signMessage(
                RawTransaction.createTransaction(
                    1612,
                    BigInteger.valueOf(n),
                    BigInteger.valueOf(90_000),
                    to.value(),
                    BigInteger.ZERO,
                    data,
                    BigInteger.valueOf(1_000),
                    BigInteger.valueOf(1_000_000)),
                theirs);
    int cores = Runtime.getRuntime().availableProcessors();
    for (int round = 0; round < 3; round++) {
      System.out.printf(
          "round %d: ours %,.0f/s on 1 thread, %,.0f/s on %d; web3j %,.0f/s on 1, %,.0f/s on %d%n",
          round,
          rate(fast, 1),
          rate(fast, cores),
          cores,
          rate(plain, 1),
          rate(plain, cores),
          cores);
    }
  }

  private static double rate(Way way, int threads) {
    long start = System.nanoTime();
    long end = start + 2_000_000_000L;
    long done =
        IntStream.range(0, threads)
            .parallel()
            .mapToLong(
                t -> {
                  long n = 0;
                  while (System.nanoTime() < end) {
                    way.sign(n++);
                  }
                  return n;
                })
            .sum();
    return done * 1e9 / (System.nanoTime() - start);
  }
}
