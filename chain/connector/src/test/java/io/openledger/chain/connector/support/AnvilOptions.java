package io.openledger.chain.connector.support;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a node is started.
 *
 * @param chainId of the chain
 * @param blockTime a block each so many whole seconds; empty to make one for each transaction
 *     (unless {@code mining} is off)
 * @param mining false: blocks are made by {@link Anvil#mine} alone
 * @param epoch blocks that {@code safe} is behind {@code latest}; {@code finalized} is twice as far
 * @param accounts funded with 10 000 coins each, 1 to 100
 * @param optimism whether it is an OP-Stack node
 * @param more other arguments of {@code anvil}
 */
public record AnvilOptions(
    long chainId,
    Optional<Duration> blockTime,
    boolean mining,
    int epoch,
    int accounts,
    boolean optimism,
    List<String> more) {

  /** Chain 1612, a block for each transaction, finalized 10 blocks behind, 10 accounts. */
  public static final AnvilOptions USUAL =
      new AnvilOptions(1612, Optional.empty(), true, 5, 10, true, List.of());

  public AnvilOptions {
    more = List.copyOf(more);
    if (chainId < 1 || epoch < 0 || accounts < 1 || accounts > 100) {
      throw new IllegalArgumentException("chain id, epoch or accounts");
    }
  }

  public AnvilOptions withChainId(long id) {
    return new AnvilOptions(id, blockTime, mining, epoch, accounts, optimism, more);
  }

  public AnvilOptions withBlockTime(Duration time) {
    return new AnvilOptions(chainId, Optional.of(time), mining, epoch, accounts, optimism, more);
  }

  /** Blocks are made when a test says so. */
  public AnvilOptions withoutMining() {
    return new AnvilOptions(chainId, blockTime, false, epoch, accounts, optimism, more);
  }

  public AnvilOptions withEpoch(int blocks) {
    return new AnvilOptions(chainId, blockTime, mining, blocks, accounts, optimism, more);
  }

  public AnvilOptions withAccounts(int count) {
    return new AnvilOptions(chainId, blockTime, mining, epoch, count, optimism, more);
  }

  /** A node of L1. */
  public AnvilOptions ethereum() {
    return new AnvilOptions(chainId, blockTime, mining, epoch, accounts, false, more);
  }

  public AnvilOptions with(String... arguments) {
    return new AnvilOptions(
        chainId, blockTime, mining, epoch, accounts, optimism, List.of(arguments));
  }

  List<String> arguments(int port) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--quiet",
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--chain-id",
                Long.toString(chainId),
                "--accounts",
                Integer.toString(accounts),
                "--slots-in-an-epoch",
                Integer.toString(epoch)));
    if (optimism) {
      arguments.addAll(List.of("--network", "optimism"));
    }
    blockTime.ifPresent(
        time -> arguments.addAll(List.of("--block-time", Long.toString(time.toSeconds()))));
    if (!mining && blockTime.isEmpty()) {
      arguments.add("--no-mining");
    }
    arguments.addAll(more);
    return arguments;
  }
}
