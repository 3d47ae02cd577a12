package io.openledger.chain.cli;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Deployment;
import io.openledger.chain.connector.contracts.Deployment.Contracts;
import io.openledger.chain.connector.contracts.DeploymentParameters;
import io.openledger.chain.connector.contracts.Preview;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import java.io.PrintWriter;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code deploy}: the whole set, or OPEN on L1. */
@Command(
    name = "deploy",
    mixinStandardHelpOptions = true,
    description = {
      "Deploys the contracts and writes their address book.",
      "Wires them: owners, roles, parameters. What was deployed already is not deployed again: a deployment that broke off is",
      "finished by the same command."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class DeployCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private NodeOptions node;
  @Mixin private KeyOptions key;
  @Mixin private FeeOptions fees;

  @Option(
      names = "--book",
      paramLabel = "FILE",
      description = "Where the address book goes; FILE.journal lies beside it meanwhile.")
  private @Nullable Path book;

  @Option(
      names = "--parameters",
      paramLabel = "FILE",
      defaultValue = "published-10000",
      description =
          "A file of properties, or one that comes along: published-10000, published-100 (the two "
              + "published settings of the governor), development; default ${DEFAULT-VALUE}. The command "
              + "parameters prints names, defaults and ranges.")
  private String parameters;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = "Another value of one parameter.")
  private Map<String, String> set = new LinkedHashMap<>();

  @Option(names = "--l1", description = "Deploys OpenToken alone, which belongs on L1.")
  private boolean l1;

  @Option(
      names = "--dry-run",
      description =
          "Prints what would be deployed where and what it would cost, and sends nothing.")
  private boolean dryRun;

  @Option(
      names = "--deployer",
      paramLabel = "ADDRESS",
      description = "Who would deploy, for --dry-run without a keystore.")
  private @Nullable String deployer;

  @Override
  public Integer call() {
    if (dryRun ? !key.given() && deployer == null : book == null || deployer != null) {
      throw new ParameterException(
          spec.commandLine(),
          dryRun
              ? "--dry-run needs --deployer=ADDRESS or --keystore=FILE"
              : book == null
                  ? "Missing required option: '--book=FILE'"
                  : "--deployer is for --dry-run; --keystore says who deploys");
    }
    DeploymentParameters what = read();
    Contracts contracts = l1 ? Contracts.L1 : Contracts.ROLLUP;
    return node.ask(
        client -> {
          if (dryRun) {
            preview(client, contracts, what);
            return 0;
          }
          try (Signer signer = key.signer()) {
            return deploy(client, signer, contracts, what);
          }
        });
  }

  private DeploymentParameters read() {
    DeploymentParameters read =
        DeploymentParameters.READY.contains(parameters)
            ? DeploymentParameters.ready(parameters)
            : DeploymentParameters.read(Path.of(parameters));
    return read.with(set);
  }

  private void preview(ChainClient client, Contracts contracts, DeploymentParameters what) {
    ChainAddress from;
    if (deployer != null) {
      from = Addresses.parse(deployer);
    } else {
      try (Signer signer = key.signer()) {
        from = signer.address();
      }
    }
    Preview preview = Preview.of(client, from, contracts, what, fees.limits());
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Chain %d, deployer %s, nothing is sent.%n", client.chainId(), from);
    out.printf("%-28s %-42s %9s %6s%n", "step", "address", "gas", "bytes");
    for (Preview.Step step : preview.steps()) {
      out.printf(
          "%-28s %-42s %9d %6d%n",
          step.name(),
          step.address().map(ChainAddress::value).orElse(""),
          step.gas(),
          step.bytes());
    }
    out.printf(
        "%d transactions, %d gas at %s gwei, and %s for data on L1: %s in all, at most %s now.%n",
        preview.steps().size(),
        preview.gas(),
        Amounts.gwei(preview.price()),
        Amounts.coins(preview.l1Fee()),
        Amounts.coins(preview.total()),
        Amounts.coins(atCeiling(preview)));
    out.printf("The deployer has %s.%n", Amounts.coins(preview.balance()));
  }

  private static Wei atCeiling(Preview preview) {
    return new Wei(preview.ceiling().value().multiply(BigInteger.valueOf(preview.gas())))
        .plus(preview.l1Fee());
  }

  private int deploy(
      ChainClient client, Signer signer, Contracts contracts, DeploymentParameters what) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Chain %d, deployer %s.%n", client.chainId(), signer.address());
    Told told = new Told(out);
    Path file = java.util.Objects.requireNonNull(book);
    AddressBook written =
        new Deployment(client, signer, contracts, what, fees.limits()).run(file, told);
    if (told.steps > 0) {
      out.printf("%d gas, %s in all.%n", told.gas, Amounts.coins(told.cost));
    }
    out.printf(
        "Contracts: %d, from block %d on, in %s%n",
        written.contracts().size(), written.block(), file);
    return 0;
  }

  /** Prints each transaction as it is done. */
  private static final class Told implements Deployment.Listener {
    private final PrintWriter out;
    private int steps;
    private long gas;
    private Wei cost = Wei.ZERO;

    Told(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void done(Deployment.Progress progress) {
      long used = progress.receipt().map(r -> r.gasUsed()).orElse(0L);
      steps++;
      gas += used;
      cost = cost.plus(progress.cost());
      out.printf(
          Locale.ROOT,
          "%2d/%d %-28s %-42s %9d gas, %s%n",
          progress.number(),
          progress.of(),
          progress.step(),
          progress.address().map(ChainAddress::value).orElse(""),
          used,
          Amounts.coins(progress.cost()));
      out.flush();
    }

    @Override
    public void told(String message) {
      out.println(message);
      out.flush();
    }
  }
}
