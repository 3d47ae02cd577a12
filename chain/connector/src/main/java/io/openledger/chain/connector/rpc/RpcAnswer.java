package io.openledger.chain.connector.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import org.web3j.protocol.core.Response;

/** An answer whose result is read by {@link Reading}, which believes nothing. */
public final class RpcAnswer extends Response<JsonNode> {}
