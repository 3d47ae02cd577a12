package io.openledger.rollup.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class EventCatalogueTest {

  private static final ChainAddress SOMEBODY = new ChainAddress("0x" + "ab".repeat(20));

  @Test
  void declaresEventsAsTheCompiledContractsDo() throws Exception {
    int compared = 0;
    for (String contract : EventCatalogue.contracts()) {
      Optional<Set<String>> compiled = compiled(contract);
      if (compiled.isEmpty()) {
        assertThat(System.getenv("CI")).as("contracts are compiled in CI").isNull();
        Assumptions.abort("the contracts were not compiled: Node is missing");
      }
      for (EventCatalogue.Entry entry : EventCatalogue.of(contract)) {
        assertThat(compiled.orElseThrow()).as(contract).contains(entry.type().toString());
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(50);
  }

  private static Optional<Set<String>> compiled(String contract) throws Exception {
    try (InputStream in =
        EventCatalogueTest.class.getResourceAsStream(
            "/io/openledger/chain/contracts/" + contract + ".json")) {
      if (in == null) {
        return Optional.empty();
      }
      try (JsonReader reader = Json.createReader(in)) {
        Set<String> events = new HashSet<>();
        for (JsonObject one :
            reader.readObject().getJsonArray("abi").getValuesAs(JsonObject.class)) {
          if (one.getString("type").equals("event")) {
            events.add(one.getString("name") + "(" + arguments(one.getJsonArray("inputs")) + ")");
          }
        }
        return Optional.of(events);
      }
    }
  }

  private static String arguments(JsonArray inputs) {
    List<String> arguments = new ArrayList<>();
    for (JsonObject one : inputs.getValuesAs(JsonObject.class)) {
      arguments.add(
          one.getString("type")
              + (one.getBoolean("indexed", false) ? " indexed " : " ")
              + one.getString("name"));
    }
    return String.join(", ", arguments);
  }

  @Test
  void findsEachArgumentThatIsAskedFor() {
    for (String contract : EventCatalogue.contracts()) {
      for (EventCatalogue.Entry entry : EventCatalogue.of(contract)) {
        String text = entry.type().toString();
        for (Optional<String> named : List.of(entry.subject(), entry.account(), entry.amount())) {
          named.ifPresent(n -> assertThat(text).as(contract).containsPattern(" " + n + "[,)]"));
        }
      }
    }
  }

  @Test
  void decodesIndexedAndOtherArguments() {
    EventType type = EventType.parse("Claimed(address indexed account, uint256 cumulative)");
    PlainChain.Told told = PlainChain.told(SOMEBODY, type, SOMEBODY, BigInteger.TEN);
    assertThat(type.decode(told.topics(), told.data()))
        .isEqualTo(Map.of("account", SOMEBODY, "cumulative", BigInteger.TEN));
  }

  @Test
  void refusesWhatIsNotExactlyTheEncoding() {
    EventType type = EventType.parse("Claimed(address indexed account, uint256 cumulative)");
    PlainChain.Told told = PlainChain.told(SOMEBODY, type, SOMEBODY, BigInteger.TEN);
    List<Hash256> topics = told.topics();
    byte[] longer = java.util.Arrays.copyOf(told.data(), 33);
    assertThatThrownBy(() -> type.decode(topics, longer)).isInstanceOf(OpenLedgerException.class);
    assertThatThrownBy(() -> type.decode(topics, new byte[31]))
        .isInstanceOf(OpenLedgerException.class);
    assertThatThrownBy(() -> type.decode(List.of(topics.get(0)), told.data()))
        .isInstanceOf(OpenLedgerException.class);
    assertThatThrownBy(() -> type.decode(List.of(topics.get(0), topics.get(0)), told.data()))
        .as("twelve bytes before an address are zero")
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void keepsKeysOfParametersAsText() {
    byte[] key = java.util.Arrays.copyOf("epochLength".getBytes(), 32);
    assertThat(ReadEvent.key(key)).isEqualTo("epochLength");
    byte[] binary = new byte[32];
    binary[0] = 1;
    assertThat(ReadEvent.key(binary)).isEqualTo("01" + "00".repeat(31));
  }
}
