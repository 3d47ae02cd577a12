package io.openledger.runtime.rest;

import io.openledger.api.spi.AttributionEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;

/** A server with the real engines and the sample's model, over HTTP. */
record RealServer(TestDatabase database, TestServer server, RestServer rest)
    implements AutoCloseable {

  static final Path SAMPLE = Path.of("../../samples/clause-desk/src/main/openledger");

  /**
   * Starts one, and waits until its models are loaded.
   *
   * @param models how many, the base model and its adapters
   * @param settings beside the model's path
   */
  static RealServer start(Path data, int models, Map<String, String> settings) throws Exception {
    Map<String, String> all = new HashMap<>(settings);
    all.put("openledger.model.path", SAMPLE.resolve("models/speeches-3m").toString());
    TestDatabase database = TestDatabase.h2();
    TestServer server =
        TestServer.launch(
            database,
            data,
            ServiceLoader.load(AttributionEngine.class).findFirst().orElseThrow(),
            ServiceLoader.load(ServingEngineFactory.class).findFirst().orElseThrow(),
            all);
    TestServer.await(
        "the models are loaded",
        () -> server.server().models(TestServer.APP).list().size() == models);
    RestServer rest = new RestServer();
    rest.serve(server.server());
    return new RealServer(database, server, rest);
  }

  @Override
  public void close() {
    rest.close();
    server.close();
    database.close();
  }
}
