package io.openledger.rollup.outbox;

import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.Wallet;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.support.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;
import javax.sql.DataSource;

/**
 * What one writes without an outbox: ask for the nonce, sign, send, wait for the receipt, note that
 * it is done; and after a crash do again what is not noted. It is here so that the counting is seen
 * to find duplicates where there are some.
 */
final class NaiveSender {

  private NaiveSender() {}

  /**
   * Sends numbers, each until it is noted as done.
   *
   * @return how often it was killed
   */
  static int send(
      Anvil anvil, ChainClient chain, Signer signer, TestDatabase database, int count, long seed)
      throws SQLException {
    Random random = new Random(seed);
    try (Connection c = database.pool().getConnection()) {
      Sql.update(c, "CREATE TABLE naive_done (n BIGINT NOT NULL PRIMARY KEY)");
    }
    int kills = 0;
    for (int number = 0; number < count; number++) {
      for (boolean done = false; !done; ) {
        // half of its lives are long enough for a message
        Mortal fate = new Mortal(random.nextInt(40));
        fate.arm();
        try {
          once(anvil, fate.over(chain), signer, fate.over((DataSource) database.pool()), number);
          done = true;
        } catch (Mortal.Killed e) {
          kills++;
        }
      }
    }
    anvil.mine(20);
    return kills;
  }

  private static void once(
      Anvil anvil, ChainClient chain, Signer signer, DataSource pool, long number)
      throws SQLException {
    try (Connection c = pool.getConnection()) {
      if (Sql.number(c, "SELECT COUNT(*) FROM naive_done WHERE n = ?", number) > 0) {
        return;
      }
    }
    var signed =
        new Wallet(chain, signer, Wei.of(500_000_000_000L))
            .call(Counting.AT, Counting.data(number));
    chain.broadcast(signed);
    anvil.mine(1);
    if (chain.receipt(signed.hash()).isPresent()) {
      try (Connection c = pool.getConnection()) {
        Sql.update(c, "INSERT INTO naive_done (n) VALUES (?)", number);
      }
    }
  }
}
