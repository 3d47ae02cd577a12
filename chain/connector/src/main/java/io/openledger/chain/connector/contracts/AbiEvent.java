package io.openledger.chain.connector.contracts;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.merkle.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An event of a contract. Immutable. */
public final class AbiEvent {

  private final AbiSignature signature;
  private final List<AbiParameter> parameters;
  private final Hash256 topic;
  private final AbiSignature unindexed;
  private final int indexed;

  AbiEvent(AbiSignature signature, List<AbiParameter> parameters) {
    this.signature = signature;
    this.parameters = parameters;
    this.topic =
        Hash256.of(Keccak256.hash(signature.toString().getBytes(StandardCharsets.US_ASCII)));
    List<AbiParameter> data = parameters.stream().filter(p -> !p.indexed()).toList();
    this.unindexed = AbiSignature.parse("data" + AbiParameter.types(data));
    this.indexed = parameters.size() - data.size();
  }

  /** The name without types. */
  public String name() {
    return signature.name();
  }

  /** The first topic of its logs. */
  public Hash256 topic() {
    return topic;
  }

  /** Whether a log has its topic and as many topics as it should have. */
  public boolean matches(EventLog log) {
    return log.topics().size() == 1 + indexed && log.topics().get(0).equals(topic);
  }

  /**
   * What a log says. Of an indexed text, array or structure there is only the hash.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if the log is of another event or its
   *     bytes are no encoding
   */
  public AbiValues decode(EventLog log) {
    if (!matches(log)) {
      throw OpenLedgerException.invalid(
          "log", log.topics().size() + " topics", "a log of " + signature);
    }
    List<Object> data = unindexed.decodeArguments(log.data());
    List<Object> values = new ArrayList<>();
    int topicAt = 1;
    int dataAt = 0;
    for (AbiParameter parameter : parameters) {
      if (!parameter.indexed()) {
        values.add(data.get(dataAt++));
      } else {
        Hash256 word = log.topics().get(topicAt++);
        values.add(
            parameter.word()
                ? AbiSignature.parse("topic(" + parameter.type() + ")")
                    .decodeArguments(word.toBytes())
                    .get(0)
                : word);
      }
    }
    return new AbiValues(parameters, values);
  }

  /** The canonical text. */
  @Override
  public String toString() {
    return signature.toString();
  }
}
