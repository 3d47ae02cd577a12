package io.openledger.chain.cli;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.bridge.Bridge;
import io.openledger.chain.connector.bridge.BridgeAddresses;
import io.openledger.chain.connector.bridge.BridgeCall;
import io.openledger.chain.connector.bridge.DepositStatus;
import io.openledger.chain.connector.bridge.Deposits;
import io.openledger.chain.connector.bridge.Layer;
import io.openledger.chain.connector.bridge.RollupNodes;
import io.openledger.chain.connector.bridge.WithdrawalStatus;
import io.openledger.chain.connector.contracts.DirectSender;
import io.openledger.chain.connector.contracts.DirectSender.Memory;
import io.openledger.chain.connector.contracts.DirectSender.Sent;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.CostPreview;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bridge}: coins and tokens from L1 to the rollup and back. */
@Command(
    name = "bridge",
    mixinStandardHelpOptions = true,
    description = {
      "Brings coins and tokens from L1 to the rollup and back, through the OP Stack's bridge.",
      "A deposit is one step. A withdrawal is three: withdraw on the rollup; prove on L1 when",
      "status says PROVABLE; finalize on L1 when it says FINALIZABLE, days later on public",
      "chains. Only the hash of the first transaction has to be kept."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class BridgeCommand implements Runnable {

  /** Beyond the estimate: what is called within catches its own failures. */
  private static final long MORE_GAS = 100_000;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "Say deposit, withdraw, status, prove or finalize.");
  }

  /** Both chains, and the bridge between them. */
  static final class Chains {
    @Option(
        names = "--l1",
        required = true,
        paramLabel = "URL",
        description = "A node of L1: its JSON-RPC over HTTP.")
    private URI l1;

    @Option(
        names = "--rollup",
        required = true,
        paramLabel = "URL",
        description = "A node of the rollup; for prove one that keeps old states.")
    private URI rollup;

    @Option(
        names = "--portal",
        paramLabel = "ADDRESS",
        description = "OptimismPortal on L1; found from the rollup's own bridge without it.")
    private @Nullable String portal;

    @Option(
        names = "--gas-token",
        paramLabel = "ADDRESS",
        description = "The L1 token that the rollup's coin must be, such as OPEN's.")
    private @Nullable String gasToken;

    <T> T with(Function<Open, T> work) {
      ExecutorService threads = Executors.newCachedThreadPool();
      try {
        HttpService rollupNode = service("rollup", rollup, threads);
        ChainClient onL1 = new NodeClient(service("l1", l1, threads));
        ChainClient onRollup = new NodeClient(rollupNode);
        Bridge bridge =
            Bridge.attach(
                onL1, onRollup, new RollupNodes(List.of(rollupNode)), addresses(onL1, onRollup));
        return work.apply(new Open(onL1, onRollup, bridge));
      } finally {
        threads.shutdownNow();
      }
    }

    private BridgeAddresses addresses(ChainClient onL1, ChainClient onRollup) {
      Optional<ChainAddress> token = Optional.ofNullable(gasToken).map(Addresses::parse);
      Optional<BridgeAddresses> found = Bridge.discover(onL1, onRollup);
      if (portal == null && found.isEmpty()) {
        throw OpenLedgerException.invalid(
            "the portal's address", "not found from the rollup", "--portal=ADDRESS");
      }
      return new BridgeAddresses(
          portal == null ? found.orElseThrow().portal() : Addresses.parse(portal),
          found.flatMap(BridgeAddresses::standardBridge),
          token);
    }

    private static HttpService service(String name, URI uri, ExecutorService threads) {
      return new HttpService(new RpcEndpoint(name, uri), RpcLimits.USUAL, threads);
    }
  }

  record Open(ChainClient l1, ChainClient rollup, Bridge bridge) {}

  @Command(
      name = "deposit",
      mixinStandardHelpOptions = true,
      description = {
        "Deposits the rollup's coin, or a token with --token and --rollup-token, and",
        "prints the hash of the deposit. Run again with the same journal it goes on",
        "where it was cut off, and deposits nothing twice."
      })
  int deposit(
      @Mixin Chains chains,
      @Mixin KeyOptions key,
      @Mixin FeeOptions fees,
      @Option(names = "--journal", required = true, paramLabel = "FILE", description = JOURNAL)
          Path journal,
      @Option(names = "--to", required = true, paramLabel = "ADDRESS", description = "Who gets it.")
          String to,
      @Option(names = "--wei", required = true, paramLabel = "N", description = "How much.")
          String wei,
      @Option(names = "--token", paramLabel = "ADDRESS", description = "A token on L1.")
          @Nullable String token,
      @Option(names = "--rollup-token", paramLabel = "ADDRESS", description = "Its like there.")
          @Nullable String rollupToken,
      @Option(
              names = "--standard-bridge",
              description = {
                "Ether through the standard bridge instead of the portal: what a contract on",
                "the rollup refuses is kept there by the messenger and can be relayed again."
              })
          boolean standardBridge) {
    if ((token == null) != (rollupToken == null)) {
      throw new ParameterException(spec.commandLine(), "Give --token and --rollup-token, or none.");
    }
    if (standardBridge && token != null) {
      throw new ParameterException(
          spec.commandLine(), "Tokens go through the standard bridge without --standard-bridge.");
    }
    return chains.with(
        open -> {
          try (Signer signer = key.signer();
              SentFile memory = SentFile.open(journal)) {
            if (goesOn(open.l1(), signer, fees, memory)) {
              return 0;
            }
            ChainAddress receiver = Addresses.parse(to);
            Wei amount = Wei.parse(wei);
            Deposits deposits = open.bridge().deposits();
            ChainAddress from = signer.address();
            List<BridgeCall> calls;
            if (token != null && rollupToken != null) {
              ChainAddress l1Token = Addresses.parse(token);
              calls = deposits.token(from, receiver, l1Token, Addresses.parse(rollupToken), amount);
            } else if (standardBridge) {
              calls = deposits.etherThroughBridge(receiver, amount);
            } else {
              calls = deposits.nativeCoin(from, receiver, amount);
            }
            return send(open, signer, fees, calls, memory);
          }
        });
  }

  @Command(
      name = "withdraw",
      mixinStandardHelpOptions = true,
      description = {
        "Begins to withdraw the rollup's coin, or a token with --rollup-token, and",
        "prints the hash by which the withdrawal is known from then on. Run again with",
        "the same journal it goes on where it was cut off, and withdraws nothing twice."
      })
  int withdraw(
      @Mixin Chains chains,
      @Mixin KeyOptions key,
      @Mixin FeeOptions fees,
      @Option(names = "--journal", required = true, paramLabel = "FILE", description = JOURNAL)
          Path journal,
      @Option(names = "--to", required = true, paramLabel = "ADDRESS", description = "Who gets it.")
          String to,
      @Option(names = "--wei", required = true, paramLabel = "N", description = "How much.")
          String wei,
      @Option(names = "--rollup-token", paramLabel = "ADDRESS", description = "A token there.")
          @Nullable String rollupToken) {
    return chains.with(
        open -> {
          try (Signer signer = key.signer();
              SentFile memory = SentFile.open(journal)) {
            if (goesOn(open.rollup(), signer, fees, memory)) {
              return 0;
            }
            ChainAddress receiver = Addresses.parse(to);
            BridgeCall call =
                rollupToken == null
                    ? open.bridge().withdrawals().nativeCoin(receiver, Wei.parse(wei))
                    : open.bridge()
                        .withdrawals()
                        .token(Addresses.parse(rollupToken), receiver, Wei.parse(wei));
            return send(open, signer, fees, List.of(call), memory);
          }
        });
  }

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Tells where a deposit (--deposit) or a withdrawal stands.")
  int status(
      @Mixin Chains chains,
      @Parameters(paramLabel = "HASH", description = "Of the transaction that began it.")
          String transaction,
      @Option(names = "--deposit", description = "It is a deposit, begun on L1.") boolean deposit,
      @Option(
              names = "--prover",
              paramLabel = "ADDRESS",
              description = "Whose proof is looked at first: anyone may prove, and many may have.")
          @Nullable String prover,
      @Option(names = "--index", defaultValue = "0", description = INDEX) int index) {
    Hash256 hash = Hash256.parse(transaction);
    return chains.with(
        open -> {
          PrintWriter out = spec.commandLine().getOut();
          if (deposit) {
            DepositStatus status = open.bridge().deposits().status(hash);
            out.printf("%s: %s%n", status.stage(), status.explanation());
            status
                .rollupTransaction()
                .ifPresent(t -> out.printf("transaction on the rollup: 0x%s%n", t.hex()));
          } else {
            WithdrawalStatus status =
                open.bridge()
                    .withdrawals()
                    .status(hash, index, Optional.ofNullable(prover).map(Addresses::parse));
            out.printf("%s: %s%n", status.stage(), status.explanation());
            status.finalizable().ifPresent(from -> out.printf("finalizable from: %s%n", from));
          }
          out.flush();
          return 0;
        });
  }

  @Command(
      name = "prove",
      mixinStandardHelpOptions = true,
      description =
          "Proves a withdrawal on L1. All of the proof is verified here before it is sent.")
  int prove(
      @Mixin Chains chains,
      @Mixin KeyOptions key,
      @Mixin FeeOptions fees,
      @Parameters(paramLabel = "HASH", description = "Of the transaction on the rollup.")
          String transaction,
      @Option(names = "--index", defaultValue = "0", description = INDEX) int index) {
    return chains.with(
        open -> {
          try (Signer signer = key.signer()) {
            BridgeCall call =
                open.bridge()
                    .withdrawals()
                    .prove(Hash256.parse(transaction), index, signer.address());
            return send(open, signer, fees, List.of(call), Memory.none());
          }
        });
  }

  @Command(
      name = "finalize",
      mixinStandardHelpOptions = true,
      description = "Finalises a withdrawal on L1: the receiver gets it. Anyone may.")
  int finalise(
      @Mixin Chains chains,
      @Mixin KeyOptions key,
      @Mixin FeeOptions fees,
      @Parameters(paramLabel = "HASH", description = "Of the transaction on the rollup.")
          String transaction,
      @Option(names = "--index", defaultValue = "0", description = INDEX) int index) {
    return chains.with(
        open -> {
          try (Signer signer = key.signer()) {
            BridgeCall call =
                open.bridge()
                    .withdrawals()
                    .finalise(Hash256.parse(transaction), index, Optional.of(signer.address()));
            return send(open, signer, fees, List.of(call), Memory.none());
          }
        });
  }

  private static final String JOURNAL =
      "Does not exist yet, or was written by an earlier run of the same: it is gone on with.";

  private static final String INDEX =
      "Which of the transaction's withdrawals, from 0; default ${DEFAULT-VALUE}.";

  /** What an earlier run signed is broadcast again and followed to its block. */
  private boolean goesOn(ChainClient chain, Signer signer, FeeOptions fees, SentFile memory) {
    Optional<Sent> earlier = memory.recall();
    if (earlier.isEmpty()) {
      return false;
    }
    List<SignedTransaction> attempts = earlier.get().attempts();
    SignedTransaction.Opened last = attempts.get(attempts.size() - 1).open();
    Eip1559Transaction begun = last.transaction();
    if (!last.sender().equals(signer.address()) || begun.chainId() != chain.chainId()) {
      throw OpenLedgerException.invalid(
          "the journal " + memory.file(),
          "of " + last.sender() + " on chain " + begun.chainId(),
          "of " + signer.address() + " on chain " + chain.chainId());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "what the journal has was begun before, and is gone on with, whatever else was asked for now:"
            + " a call of %s with %s wei%n",
        begun.to().orElseThrow(), begun.value());
    TransactionReceipt receipt =
        new DirectSender(chain, signer, fees.limits())
            .send(
                "what the journal has",
                begun.to().orElseThrow(),
                begun.value(),
                begun.data(),
                MORE_GAS,
                memory);
    out.printf("0x%s in block %d%n", receipt.transaction().hex(), receipt.block());
    out.flush();
    return true;
  }

  /** Sends one after another; the last one is what must not happen twice. */
  private int send(
      Open open, Signer signer, FeeOptions fees, List<BridgeCall> calls, Memory memory) {
    PrintWriter out = spec.commandLine().getOut();
    for (int i = 0; i < calls.size(); i++) {
      BridgeCall call = calls.get(i);
      ChainClient chain = call.layer() == Layer.L1 ? open.l1() : open.rollup();
      CostPreview cost =
          CostPreview.of(
              chain, call.by(signer.address()), fees.limits().feeCeiling(), CostPreview.MARGIN);
      out.printf(
          "%s: %s, for some %s coins of %s%n",
          call.layer(), call.purpose(), Amounts.coins(cost.expected()), signer.address());
      Optional<Wei> missing = cost.missing(chain.balance(signer.address()));
      if (missing.isPresent()) {
        throw OpenLedgerException.invalid(
            "what " + signer.address() + " has on " + call.layer(),
            chain.balance(signer.address()) + " wei",
            missing.get() + " wei more");
      }
      TransactionReceipt receipt =
          new DirectSender(chain, signer, fees.limits())
              .send(
                  call.purpose(),
                  call.to(),
                  call.value(),
                  call.data(),
                  MORE_GAS,
                  i == calls.size() - 1 ? memory : Memory.none());
      out.printf("0x%s in block %d%n", receipt.transaction().hex(), receipt.block());
      out.flush();
    }
    return 0;
  }
}
