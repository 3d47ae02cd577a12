package io.openledger.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No key, no password and nothing of an address on the net is told by the configuration: by nothing
 * that is printed of it, and by no error about it, wherever somebody wrote it by mistake.
 */
class ChainSecretsTest {

  private static final String KEY =
      "a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80ac0974bec39a17e36ba4";
  private static final String TOKEN = "tok-4f9a77c0d3";

  /** With a secret in each place where an address may have one. */
  private static final String URL =
      "https://user-" + TOKEN + ":word-" + TOKEN + "@node.example:8443/v2/" + TOKEN + "?k=" + TOKEN;

  private static Map<String, String> keys() {
    Map<String, String> keys = new HashMap<>();
    keys.put("openledger.data.directory", "/srv/ol");
    keys.put("openledger.chain.endpoints", "own, other");
    keys.put("openledger.chain.endpoints.own.url", URL);
    keys.put("openledger.chain.endpoints.other.url", URL.replace("own", "other"));
    keys.put("openledger.chain.key", "web3signer");
    keys.put("openledger.chain.key.url", URL);
    keys.put("openledger.chain.key.address", "0x" + "ab".repeat(20));
    return keys;
  }

  private static OpenLedgerConfig config(Map<String, String> keys) {
    return OpenLedgerConfig.from(key -> Optional.ofNullable(keys.get(key)));
  }

  /** The secret, its halves, and what only it has. */
  private static void check(String told) {
    String text = told.toLowerCase(Locale.ROOT);
    assertThat(text)
        .doesNotContain(TOKEN)
        .doesNotContain(KEY)
        .doesNotContain(KEY.substring(0, 24))
        .doesNotContain(KEY.substring(40));
  }

  /** What each record of the configuration says of itself, down to its smallest part. */
  private static void collect(Object part, List<String> told) throws Exception {
    if (part instanceof URI) {
      return; // whoever asks for the address gets it: the client needs it
    }
    told.add(String.valueOf(part));
    told.add(String.format("%s", part));
    if (part instanceof Optional<?> optional && optional.isPresent()) {
      collect(optional.get(), told);
    }
    if (part instanceof Collection<?> all) {
      for (Object each : all) {
        collect(each, told);
      }
    }
    if (part instanceof Record) {
      for (RecordComponent component : part.getClass().getRecordComponents()) {
        component.getAccessor().setAccessible(true);
        collect(component.getAccessor().invoke(part), told);
      }
    }
  }

  @Test
  void nothingThatIsPrintedOfTheConfigurationTellsIt() throws Exception {
    OpenLedgerConfig config = config(keys());
    List<String> told = new ArrayList<>();
    collect(config, told);
    assertThat(told).hasSizeGreaterThan(50);
    assertThat(String.join("\n", told)).contains("own").contains("signer=0x");
    check(String.join("\n", told));
  }

  @Test
  void whatIsShownOfAnEndpointsAddressIsTheHost() {
    ChainSettings chain = config(keys()).chain().orElseThrow();
    assertThat(chain.endpoints().get(0).shown()).isEqualTo("https://node.example:8443");
    Map<String, String> keys = keys();
    keys.put("openledger.chain.endpoints.own.url", "http://[::1]/" + TOKEN + "#" + TOKEN);
    assertThat(config(keys).chain().orElseThrow().endpoints().get(0).shown())
        .isEqualTo("http://[::1]");
  }

  @Test
  void itIsNotSerialised() {
    OpenLedgerConfig config = config(keys());
    assertThatThrownBy(
            () -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(config))
        .isInstanceOf(NotSerializableException.class)
        .satisfies(e -> check(String.valueOf(e)));
  }

  /**
   * A secret in the wrong place: what is refused is not quoted, whichever key it was written to.
   */
  @ParameterizedTest
  @EnumSource(ConfigKey.class)
  void errorsDoNotQuoteAnAddressOrAKeyInTheWrongPlace(ConfigKey key) throws IOException {
    for (String secret : List.of(URL, KEY, "0x" + KEY, "0x" + KEY.toUpperCase(Locale.ROOT))) {
      Map<String, String> keys = keys();
      keys.put(key.key("own"), secret);
      try {
        config(keys);
      } catch (OpenLedgerException e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        check(trace + e.arrived());
        assertThat(e.getMessage()).contains(key.key("own"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "openledger.chain.key",
        "openledger.chain.key.address",
        "openledger.chain.endpoints",
        "openledger.chain.quorum",
        "openledger.payments.users"
      })
  void thoseWhereItIsLikelyAreRefused(String key) {
    Map<String, String> keys = keys();
    keys.put(key, "0x" + KEY + ", " + URL);
    assertThatThrownBy(() -> config(keys))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining(key)
        .hasMessageContaining("not shown");
  }
}
