package io.openledger.chain.cli;

import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EndpointSettings;
import io.openledger.chain.connector.rpc.Endpoints;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import java.net.URI;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which chain is asked: options of every command that asks one. */
@SuppressWarnings("NullAway.Init") // picocli sets them
final class NodeOptions {

  @Option(
      names = "--node",
      required = true,
      paramLabel = "URL",
      description =
          "A node's JSON-RPC over HTTP. Given several times, more than half must say the same; "
              + "one alone is believed.")
  private List<URI> nodes = new ArrayList<>();

  @Option(
      names = "--chain-id",
      paramLabel = "N",
      description = "Refuse another chain: 1612 is the public one, 161201 its test chain.")
  private @Nullable Long chainId;

  /** Does something with the chain; the threads that this takes end with it. */
  <T> T ask(Function<ChainClient, T> question) {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      return question.apply(client(threads));
    } finally {
      threads.shutdownNow();
    }
  }

  private ChainClient client(ExecutorService threads) {
    List<HttpService> services = new ArrayList<>();
    for (URI node : nodes) {
      RpcEndpoint endpoint = new RpcEndpoint("node-" + (services.size() + 1), node);
      services.add(new HttpService(endpoint, RpcLimits.USUAL, threads));
    }
    NodeClient first = new NodeClient(services.get(0));
    if (chainId != null && first.chainId() != chainId) {
      throw OpenLedgerException.invalid("the node's chain id", first.chainId(), chainId.toString());
    }
    return services.size() == 1
        ? first
        : new Endpoints(
            first.chainId(), services, EndpointSettings.USUAL, System::nanoTime, Clock.systemUTC());
  }
}
