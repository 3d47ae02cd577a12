package io.openledger.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.api.spi.ServingEngineFactory.Device;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OpenLedgerConfigTest {

  private static OpenLedgerConfig config(Map<String, String> keys) {
    return OpenLedgerConfig.from(key -> Optional.ofNullable(keys.get(key)));
  }

  @Test
  void defaultsAreThoseOfTheTable() {
    OpenLedgerConfig config = config(Map.of("openledger.data.directory", "/srv/ol"));
    assertThat(config.dataDirectory()).isEqualTo(Path.of("/srv/ol"));
    assertThat(config.dataSource()).isEqualTo("java:jboss/datasources/OpenLedgerDS");
    assertThat(config.model().path()).isEqualTo(Path.of("/srv/ol/model"));
    assertThat(config.model().name().value()).isEqualTo("model");
    assertThat(config.model().byDefault()).isEqualTo(config.model().name());
    assertThat(config.adapters().directory()).isEqualTo(Path.of("/srv/ol/adapters"));
    assertThat(config.adapters().builder("any").account()).hasToString("party:adapter-builder");
    assertThat(config.operator().account()).hasToString("party:node-operator");
    assertThat(config.serving())
        .isEqualTo(
            new OpenLedgerConfig.Serving(
                WeightFormat.STORED,
                Device.CPU,
                new ServingEngineFactory.Limits(8, 64, 8, 0, 64),
                ServingEngineFactory.MemoryLimits.USUAL,
                0));
    assertThat(config.limits().adapterBytes()).isEqualTo(1 << 30);
    assertThat(config.limits().contributionBytes()).isEqualTo(1 << 20);
    assertThat(config.keepText()).isTrue();
    assertThat(config.epochInterval()).isEmpty();
    Policy policy = config.policies().get("default");
    assertThat(policy.feeSplit()).isEqualTo(FeeSplit.standard());
    assertThat(policy.thresholds()).isEqualTo(SpanThresholds.standard());
    assertThat(policy.feePerAnswer()).hasToString("1000000000000000");
    assertThat(policy.nearDuplicateBasisPoints()).isEqualTo(6000);
  }

  @ParameterizedTest
  @CsvSource({
    "/models/Speeches-3M, speeches-3m",
    "/models/My Model (v2), my-model--v2-",
    "/models/.hidden, hidden",
    "/, base"
  })
  void modelIsNamedByItsFolder(String folder, String name) {
    assertThat(OpenLedgerConfig.nameOf(Path.of(folder))).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "openledger.serving.slots, 0",
    "openledger.serving.slots, 4097",
    "openledger.serving.slots, eight",
    "openledger.serving.device, tpu",
    "openledger.model.weights, INT8",
    "openledger.model.weights, int2",
    "openledger.serving.cache-bytes, -1",
    "openledger.serving.prefix-cache-bytes, 4398046511105",
    "openledger.limits.adapter-bytes, 0",
    "openledger.serving.max-rank, 513",
    "openledger.limits.contribution-bytes, 16777217",
    "openledger.policy.fee-per-answer-wei, -1",
    "openledger.policy.fee-per-answer-wei,"
        + " 115792089237316195423570985008687907853269984665640564039457584007913129639936",
    "openledger.policy.split.contributors, 10001",
    "openledger.policy.span.minimum-tokens, 0",
    "openledger.receipts.keep-text, yes",
    "openledger.epoch.interval, 1h",
    "openledger.epoch.interval, PT0.5S",
    "openledger.epoch.interval, P367D",
    "openledger.model.name, Not A Name",
    "openledger.operator-address, 0x12",
    "openledger.index.form, tiny",
    "openledger.policies, default",
    "openledger.policies, 'a,,b'"
  })
  void refusesBadValueNamingKeyValueAndRange(String key, String value) {
    assertThatThrownBy(() -> config(Map.of(key, value)))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
              assertThat(e.arrived()).contains(key);
              assertThat(e.arrived()).contains(value.substring(0, Math.min(60, value.length())));
              assertThat(e.allowed()).isNotBlank();
              assertThat(e.remedy()).contains(key);
            });
  }

  @Test
  void refusesSplitThatDoesNotAddUp() {
    assertThatThrownBy(() -> config(Map.of("openledger.policy.split.treasury", "501")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.getMessage()).contains("10001", "openledger.policy.split"));
  }

  @Test
  void namedPolicyTakesTheDefaultsValuesWhereItSaysNothing() {
    OpenLedgerConfig config =
        config(
            Map.of(
                "openledger.policy.fee-per-answer-wei", "5",
                "openledger.policy.split.treasury", "0",
                "openledger.policy.split.stakers", "500",
                "openledger.policies", "strict, free",
                "openledger.policies.free.fee-per-answer-wei", "0",
                "openledger.policies.strict.span.minimum-tokens", "12",
                "openledger.policies.strict.span.whole-words", "false",
                "openledger.policies.free.span.listed-spans-basis-points", "500"));
    Policy free = config.policies().get("free");
    Policy strict = config.policies().get("strict");
    assertThat(free.feePerAnswer().isZero()).isTrue();
    assertThat(strict.feePerAnswer()).hasToString("5");
    assertThat(strict.thresholds().minimumTokens()).isEqualTo(12);
    assertThat(free.thresholds()).isEqualTo(new SpanThresholds(6, 40_000, 10, true, 500));
    assertThat(strict.thresholds()).isEqualTo(new SpanThresholds(12, 40_000, 10, false, 10_000));
    assertThat(strict.feeSplit().of(FeeRole.STAKERS)).isEqualTo(500);
  }

  @Test
  void readsTheBuildersOfTheAdaptersThatAreThere(@TempDir Path data) throws Exception {
    Files.createDirectories(data.resolve("adapters/desk"));
    OpenLedgerConfig config =
        config(
            Map.of(
                "openledger.data.directory", data.toString(),
                "openledger.adapters.desk.builder", "maria",
                "openledger.adapters.desk.builder-address",
                    "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
    assertThat(config.adapters().builder("desk").account()).hasToString("party:maria");
    assertThat(config.adapters().builder("desk").address()).isPresent();
  }

  @Test
  void indexesHaveTheirDatanetsFormOrTheCommonOne(@TempDir Path data) throws Exception {
    assertThat(config(Map.of()).indexing().datanet().apply("any")).isEqualTo(IndexForm.FAST);
    OpenLedgerConfig config =
        config(
            Map.of(
                "openledger.index.form", "compact",
                "openledger.datanets.news.index-form", "fast"));
    assertThat(config.indexing().datanet().apply("news")).isEqualTo(IndexForm.FAST);
    assertThat(config.indexing().datanet().apply("law")).isEqualTo(IndexForm.COMPACT);
    Files.createDirectories(data.resolve("index/news"));
    assertThatThrownBy(
            () ->
                config(
                    Map.of(
                        "openledger.data.directory",
                        data.toString(),
                        "openledger.datanets.news.index-form",
                        "small")))
        .hasMessageContaining("openledger.datanets.news.index-form")
        .hasMessageContaining("fast or compact");
  }

  @ParameterizedTest
  @EnumSource
  void everyKeyIsDescribed(ConfigKey key) {
    assertThat(key.key()).startsWith("openledger.").matches("[a-z.<>-]+");
    assertThat(key.description()).endsWith(".").hasSizeGreaterThan(20);
    assertThat(key.allowed()).isNotBlank();
    assertThat(ConfigKey.documentation()).contains("`" + key.key() + "`");
  }

  @Test
  void theDocumentationHasTheTable() throws Exception {
    Path page = Path.of("../../docs/configuration.md");
    assumeTrue(Files.exists(page), "the sources' documentation is not at " + page);
    assertThat(Files.readString(page)).contains(ConfigKey.documentation());
  }

  @Test
  void keysAreDistinct() {
    assertThat(Arrays.stream(ConfigKey.values()).map(ConfigKey::key)).doesNotHaveDuplicates();
  }

  private static Map<String, String> chain(String... more) {
    Map<String, String> keys = new java.util.HashMap<>();
    keys.put("openledger.data.directory", "/srv/ol");
    keys.put("openledger.chain.endpoints", "own, other");
    keys.put("openledger.chain.endpoints.own.url", "http://127.0.0.1:8545");
    keys.put("openledger.chain.endpoints.other.url", "https://user:secret@node.example/v2/key");
    for (int i = 0; i < more.length; i += 2) {
      keys.put(more[i], more[i + 1]);
    }
    return keys;
  }

  @Test
  void isAttachedToNoChainWithoutAnEndpoint() {
    assertThat(config(Map.of()).chain()).isEmpty();
  }

  @Test
  void readsAChainThatIsOnlyFollowed() {
    ChainSettings chain = config(chain()).chain().orElseThrow();
    assertThat(chain.endpoints())
        .extracting(ChainSettings.Endpoint::name)
        .containsExactly("own", "other");
    assertThat(chain.endpoints().get(0).url()).isEqualTo(URI.create("http://127.0.0.1:8545"));
    assertThat(chain.addressBook()).isEqualTo(Path.of("/srv/ol/address-book.json"));
    assertThat(chain.maxFeePerGas()).isEqualTo(Wei.parse("100000000000"));
    assertThat(chain.key()).isEqualTo(new ChainSettings.Key.None());
  }

  @Test
  void readsWhereTheKeyIs() {
    assertThat(
            config(
                    chain(
                        "openledger.chain.key", "keystore_file",
                        "openledger.chain.key.file", "/srv/key.json",
                        "openledger.chain.key.password-file", "/srv/password"))
                .chain()
                .orElseThrow()
                .key())
        .isEqualTo(
            new ChainSettings.Key.KeystoreFile(
                Path.of("/srv/key.json"), Path.of("/srv/password"), Optional.empty()));
    assertThat(
            config(
                    chain(
                        "openledger.chain.key", "credential_store",
                        "openledger.chain.key.store", "keys",
                        "openledger.chain.key.alias", "rollup"))
                .chain()
                .orElseThrow()
                .key())
        .isEqualTo(new ChainSettings.Key.CredentialStore("keys", "rollup", Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "keystore_file, openledger.chain.key.file",
    "credential_store, openledger.chain.key.store",
    "liberty_keystore, openledger.chain.key.store",
    "web3signer, openledger.chain.key.url"
  })
  void saysWhatAKeyNeeds(String kind, String missing) {
    assertThatThrownBy(() -> config(chain("openledger.chain.key", kind)))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining(missing + " is ''");
  }

  @Test
  void refusesAnEndpointWithoutAnAddressAndAQuorumThatCannotBe() {
    assertThatThrownBy(() -> config(Map.of("openledger.chain.endpoints", "own")))
        .hasMessageContaining("openledger.chain.endpoints.own.url");
    assertThatThrownBy(() -> config(chain("openledger.chain.quorum", "3")))
        .hasMessageContaining("at most the number of endpoints");
  }

  @ParameterizedTest
  @CsvSource({"ftp://node/secret", "https:secret", "http://a b/secret", "secret"})
  void neverShowsAnAddressThatMayHoldASecret(String url) {
    assertThatThrownBy(() -> config(chain("openledger.chain.endpoints.own.url", url)))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("openledger.chain.endpoints.own.url")
        .hasMessageNotContaining("secret");
    Map<String, String> signer =
        chain(
            "openledger.chain.key", "web3signer",
            "openledger.chain.key.url", "https://secret.example/x",
            "openledger.chain.key.address", "0x" + "ab".repeat(20));
    assertThat(config(signer).toString()).doesNotContain("secret");
  }
}
