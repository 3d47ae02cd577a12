package io.openledger.serving.engine.violations;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.onnxruntime.OrtSession;
import com.hubspot.jinjava.Jinjava;
import com.sun.jna.Pointer;
import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.chain.CumulativeSettlement;
import io.openledger.runtime.OpenLedgerServer;
import jcuda.driver.CUstream;

/** A scheduler that holds native handles and templates, and knows the other engines. */
class KnowsEverybody {
  OrtSession session;
  Pointer address;
  CUstream queue;
  Encoding encoding;
  Jinjava templates;
  SpanAttributionEngine attribution;
  CumulativeSettlement settlement;
  OpenLedgerServer server;
}
