package io.openledger.serving.engine.violations;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.onnxruntime.OrtSession;
import com.hubspot.jinjava.Jinjava;
import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.chain.CumulativeSettlement;
import io.openledger.runtime.OpenLedgerServer;

/** A scheduler that holds native handles and templates, and knows the other engines. */
class KnowsEverybody {
  OrtSession session;
  Encoding encoding;
  Jinjava templates;
  SpanAttributionEngine attribution;
  CumulativeSettlement settlement;
  OpenLedgerServer server;
}
