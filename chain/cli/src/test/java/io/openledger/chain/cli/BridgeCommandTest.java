package io.openledger.chain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.openledger.chain.connector.support.Supersim;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Wallet;

/** Between two real nodes. */
class BridgeCommandTest {

  /** Anvil's first account, which is public and has coins on both chains. */
  private static final String KEY =
      "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

  private static final String SENDER = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

  private static final String RECEIVER = "0x00000000000000000000000000000000abcdef77";
  private static final Pattern HASH = Pattern.compile("0x([0-9a-f]{64}) in block");

  @TempDir private static Path directory;
  private static Supersim supersim;
  private static Path keystore;
  private static Path password;

  @BeforeAll
  static void start() throws Exception {
    supersim = Supersim.start();
    // a block for each transaction, so that nobody waits for the next one
    supersim.rpc(supersim.l1(), "evm_setAutomine", true);
    keystore = directory.resolve("key.json");
    password = directory.resolve("password");
    Files.write(
        keystore,
        new ObjectMapper()
            .writeValueAsBytes(
                Wallet.createLight("secret", ECKeyPair.create(new BigInteger(KEY, 16)))));
    Files.writeString(password, "secret\n");
  }

  @AfterAll
  static void stop() {
    if (supersim != null) {
      supersim.close();
    }
  }

  private record Result(int code, String out, String err) {
    String hash() {
      Matcher matcher = HASH.matcher(out);
      assertThat(matcher.find()).as(out + err).isTrue();
      return matcher.group(1);
    }
  }

  private static Result run(boolean signs, String command, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "bridge",
                command,
                "--l1",
                supersim.l1().toString(),
                "--rollup",
                supersim.rollup().toString()));
    if (signs) {
      arguments.addAll(
          List.of("--keystore", keystore.toString(), "--password-file", password.toString()));
    }
    arguments.addAll(List.of(more));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
    return new Result(code, out.toString(), err.toString());
  }

  @Test
  void depositsWithdrawsAndTellsWhereBothStand() throws IOException, InterruptedException {
    String journal = directory.resolve("deposit.journal").toString();
    String[] arguments = {
      "--to", RECEIVER, "--wei", "12345678901234567", "--journal", journal,
    };
    Result deposit = run(true, "deposit", arguments);
    assertThat(deposit.code()).as(deposit.err()).isZero();
    assertThat(deposit.out()).contains("L1: deposit 12345678901234567 wei").doesNotContain(KEY);
    Result status = run(false, "status", "--deposit", deposit.hash());
    for (int i = 0; i < 300 && status.out().startsWith("INITIATED"); i++) {
      Thread.sleep(200);
      status = run(false, "status", "--deposit", deposit.hash());
    }
    assertThat(status.out()).startsWith("ARRIVED");
    assertThat(supersim.rpc(supersim.rollup(), "eth_getBalance", RECEIVER, "latest").asText())
        .isEqualTo("0x" + Long.toHexString(12345678901234567L));

    // run again it is the same deposit, and no other
    Result again = run(true, "deposit", arguments);
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.hash()).isEqualTo(deposit.hash());
    assertThat(again.out()).contains("was begun before");
    assertThat(supersim.rpc(supersim.l1(), "eth_getTransactionCount", SENDER, "latest").asText())
        .isEqualTo("0x1");

    Result bridged =
        run(
            true,
            "deposit",
            "--standard-bridge",
            "--to",
            RECEIVER,
            "--wei",
            "5",
            "--journal",
            directory.resolve("bridged.journal").toString());
    assertThat(bridged.code()).as(bridged.err()).isZero();
    assertThat(bridged.out()).contains("L1: bridge 5 wei of ether to " + RECEIVER);
    Result both =
        run(
            true,
            "deposit",
            "--standard-bridge",
            "--token",
            RECEIVER,
            "--rollup-token",
            RECEIVER,
            "--to",
            RECEIVER,
            "--wei",
            "5",
            "--journal",
            directory.resolve("none.journal").toString());
    assertThat(both.code()).isEqualTo(2);

    String other = directory.resolve("withdrawal.journal").toString();
    Result wrong = run(true, "withdraw", "--to", RECEIVER, "--wei", "1", "--journal", journal);
    assertThat(wrong.err()).contains("on chain 900").contains("on chain 901");
    Result withdrawal =
        run(true, "withdraw", "--to", RECEIVER, "--wei", "1000", "--journal", other);
    assertThat(withdrawal.code()).as(withdrawal.err()).isZero();
    assertThat(run(true, "withdraw", "--to", RECEIVER, "--wei", "1000", "--journal", other).hash())
        .isEqualTo(withdrawal.hash());
    assertThat(run(false, "status", withdrawal.hash()).out()).startsWith("INITIATED");
    Result early = run(true, "prove", withdrawal.hash());
    assertThat(early.code()).isEqualTo(Main.FAILED);
    assertThat(early.err()).contains("OPENLEDGER-5012").contains("is proposed on L1");
    assertThat(run(true, "finalize", withdrawal.hash()).err()).contains("INITIATED");
    assertThat(run(false, "status", "0x" + "12".repeat(32)).out()).startsWith("UNKNOWN");
    assertThat(
            run(
                    true,
                    "deposit",
                    "--to",
                    RECEIVER,
                    "--wei",
                    "1",
                    "--gas-token",
                    RECEIVER,
                    "--journal",
                    other + "2")
                .err())
        .contains("the configured gas token is");
    assertThat(
            run(
                    true,
                    "deposit",
                    "--to",
                    RECEIVER,
                    "--wei",
                    "1",
                    "--token",
                    RECEIVER,
                    "--journal",
                    other + "3")
                .code())
        .isEqualTo(2);
    assertThat(Files.exists(Path.of(other + "3"))).isFalse();
  }
}
