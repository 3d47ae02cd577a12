package io.openledger.attribution.index.violations;

import io.openledger.chain.CumulativeSettlement;
import jakarta.inject.Inject;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.channels.SocketChannel;

/** An index that is injected, settles, calls home, and is half written in C. */
class NotPlain {
  @Inject CumulativeSettlement settlement;
  Socket socket;
  SocketChannel channel;
  HttpClient client;

  native int sort(int[] tokens);

  ProcessBuilder start() {
    System.loadLibrary("sort");
    return new ProcessBuilder("sort");
  }
}
