package io.openledger.chain.merkle.violations;

import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.chain.connector.tx.SignedTransaction;
import jakarta.inject.Inject;
import java.net.http.HttpClient;

/** A tree that asks an engine and the network. */
class AsksAround {
  @Inject SpanAttributionEngine engine;
  HttpClient client;
  SignedTransaction sent;
}
