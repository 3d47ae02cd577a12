package io.openledger.runtime.config;

import io.openledger.api.Names;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.api.spi.ServingEngineFactory.Device;
import io.openledger.api.spi.ServingEngineFactory.MemoryLimits;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The configuration of the feature, validated as a whole. Immutable.
 *
 * @param dataDirectory see {@link ConfigKey#DATA_DIRECTORY}; absolute. The packaging hands the same
 *     path to {@link io.openledger.runtime.ServerEnvironment}
 * @param dataSource JNDI name
 * @param model the base model
 * @param adapters where adapters are, and who built them
 * @param operator who runs the server
 * @param treasury where the treasury is paid
 * @param stakers where the stakers' pool is paid
 * @param serving how the serving engine is set up
 * @param indexing how indexes are kept
 * @param limits limits of the store
 * @param policies by name; {@code default} is always there. Their versions are 1 here: the store
 *     raises them when rules change
 * @param keepText whether answers' texts are kept beside their receipts
 * @param epochInterval how long what was earned waits at most for the end of its epoch; zero: only
 *     on request; empty: as long as the chain says
 * @param epochVolume an epoch is closed as soon as so much was earned; empty: never for that
 * @param chain the rollup that the server is attached to, if any
 */
public record OpenLedgerConfig(
    Path dataDirectory,
    String dataSource,
    Model model,
    Adapters adapters,
    Party operator,
    Party treasury,
    Party stakers,
    Serving serving,
    Indexing indexing,
    Limits limits,
    Map<String, Policy> policies,
    boolean keepText,
    Optional<Duration> epochInterval,
    Optional<Wei> epochVolume,
    Optional<ChainSettings> chain) {

  /** The name of the policy that applies when nobody names one. */
  public static final String DEFAULT_POLICY = "default";

  public OpenLedgerConfig {
    policies = Map.copyOf(policies);
  }

  /** The policy that applies when nobody names one. */
  public Policy defaultPolicy() {
    return Objects.requireNonNull(policies.get(DEFAULT_POLICY), "the default policy");
  }

  /**
   * Who is credited, and where.
   *
   * @param account of the ledger
   * @param address as typed, its checksum not yet verified; empty: not paid on the rollup
   */
  public record Party(AccountId account, Optional<String> address) {}

  /**
   * The base model.
   *
   * @param path the checkpoint's folder, absolute
   * @param name under which it is asked
   * @param publisher who published it
   * @param byDefault the model that is asked when nobody names one
   */
  public record Model(Path path, ModelId name, Party publisher, ModelId byDefault) {}

  /**
   * Adapters.
   *
   * @param directory each folder in it is one adapter; may be missing
   * @param refresh how often the store is asked for changes of other servers; zero: not by itself
   * @param builders of the adapters that were there when the configuration was read, by folder
   */
  public record Adapters(Path directory, Duration refresh, Map<String, Party> builders) {
    public Adapters {
      builders = Map.copyOf(builders);
    }

    /** Who built an adapter. */
    public Party builder(String adapter) {
      Party known = builders.get(adapter);
      return known != null
          ? known
          : new Party(
              new AccountId(AccountId.Kind.PARTY, ConfigKey.ADAPTER_BUILDER.defaultValue()),
              Optional.empty());
    }
  }

  /** How the serving engine is set up, as {@link ConfigKey} describes it. */
  public record Serving(
      WeightFormat weights,
      Device device,
      ServingEngineFactory.Limits limits,
      MemoryLimits memory,
      int threads) {

    /** What an engine of the base model is opened with. */
    public ServingEngineFactory.Settings settings(Model model, Path cache) {
      return new ServingEngineFactory.Settings(
          model.name(), model.path(), cache, weights, device, limits, memory, threads);
    }
  }

  /**
   * How indexes are kept on disk. Datanets come and go while the server runs, so what is set for
   * one is read when it is asked for; for those that have an index it was validated at the start.
   *
   * @param form of datanets for which nothing else is set
   * @param datanet by a datanet's name; throws as {@link #from} does
   */
  public record Indexing(IndexForm form, Function<String, IndexForm> datanet) {}

  /** Limits of the store, as {@link ConfigKey} describes them. */
  public record Limits(
      int contributionBytes,
      int datanets,
      int datanetContributions,
      int datanetGrants,
      int answerDatanets,
      int proofTokens,
      int adapters,
      long adapterBytes,
      int adapterGrants,
      Uploads uploads) {}

  /** Limits of uploads of adapters, as {@link ConfigKey} describes them. */
  public record Uploads(int together, int tenantTogether, int tenantAdapters, long tenantBytes) {}

  /**
   * Reads and validates every key.
   *
   * @param keys the value of a key, if it is set
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#CONFIGURATION_INVALID} naming
   *     the key, its value and what is allowed
   */
  public static OpenLedgerConfig from(Function<String, Optional<String>> keys) {
    ConfigReader read = new ConfigReader(keys);
    Path data =
        read.path(ConfigKey.DATA_DIRECTORY)
            .orElseGet(
                () ->
                    Path.of(ConfigKey.DATA_DIRECTORY.defaultValue()).toAbsolutePath().normalize());
    Path checkpoint = read.path(ConfigKey.MODEL_PATH).orElseGet(() -> data.resolve("model"));
    ModelId base = new ModelId(read.name(ConfigKey.MODEL_NAME).orElseGet(() -> nameOf(checkpoint)));
    Path adapters =
        read.path(ConfigKey.ADAPTERS_DIRECTORY).orElseGet(() -> data.resolve("adapters"));
    return new OpenLedgerConfig(
        data,
        read.text(ConfigKey.DATASOURCE, ConfigKey.DATASOURCE.key())
            .orElse(ConfigKey.DATASOURCE.defaultValue()),
        new Model(
            checkpoint,
            base,
            party(read, ConfigKey.MODEL_PUBLISHER, ConfigKey.MODEL_PUBLISHER_ADDRESS, ""),
            read.name(ConfigKey.MODEL_DEFAULT).map(ModelId::new).orElse(base)),
        new Adapters(adapters, read.duration(ConfigKey.ADAPTERS_REFRESH), builders(read, adapters)),
        party(read, ConfigKey.OPERATOR, ConfigKey.OPERATOR_ADDRESS, ""),
        protocol(read, "treasury", ConfigKey.TREASURY_ADDRESS),
        protocol(read, "stakers", ConfigKey.STAKERS_ADDRESS),
        new Serving(
            read.constant(ConfigKey.MODEL_WEIGHTS, WeightFormat.class),
            read.constant(ConfigKey.SERVING_DEVICE, Device.class),
            new ServingEngineFactory.Limits(
                read.small(ConfigKey.SERVING_SLOTS),
                read.small(ConfigKey.SERVING_MAX_RANK),
                read.small(ConfigKey.SERVING_MAX_BATCH),
                read.small(ConfigKey.SERVING_MAX_CONTEXT),
                read.small(ConfigKey.SERVING_QUEUE_LIMIT)),
            new MemoryLimits(
                read.integer(ConfigKey.SERVING_CACHE_BYTES),
                read.integer(ConfigKey.SERVING_PREFIX_CACHE_BYTES),
                read.integer(ConfigKey.SERVING_ADAPTER_HOST_BYTES)),
            read.small(ConfigKey.SERVING_THREADS)),
        indexing(read, data),
        new Limits(
            read.small(ConfigKey.LIMIT_CONTRIBUTION_BYTES),
            read.small(ConfigKey.LIMIT_DATANETS),
            read.small(ConfigKey.LIMIT_DATANET_CONTRIBUTIONS),
            read.small(ConfigKey.LIMIT_DATANET_GRANTS),
            read.small(ConfigKey.LIMIT_ANSWER_DATANETS),
            read.small(ConfigKey.LIMIT_PROOF_TOKENS),
            read.small(ConfigKey.LIMIT_ADAPTERS),
            read.integer(ConfigKey.LIMIT_ADAPTER_BYTES),
            read.small(ConfigKey.LIMIT_ADAPTER_GRANTS),
            new Uploads(
                read.small(ConfigKey.LIMIT_ADAPTER_UPLOADS),
                read.small(ConfigKey.LIMIT_TENANT_ADAPTER_UPLOADS),
                read.small(ConfigKey.LIMIT_TENANT_ADAPTERS),
                read.integer(ConfigKey.LIMIT_TENANT_ADAPTER_BYTES))),
        PolicyReader.policies(read),
        read.flag(ConfigKey.RECEIPTS_KEEP_TEXT),
        read.durationIfSet(ConfigKey.EPOCH_INTERVAL),
        Optional.of(read.wei(ConfigKey.EPOCH_VOLUME, ConfigKey.EPOCH_VOLUME.key(), Wei.ZERO))
            .filter(volume -> !volume.isZero()),
        ChainReader.chain(read, data));
  }

  private static Indexing indexing(ConfigReader read, Path data) {
    IndexForm form = read.form(ConfigKey.INDEX_FORM, ConfigKey.INDEX_FORM.key(), IndexForm.FAST);
    ConfigKey key = ConfigKey.DATANET_INDEX_FORM;
    for (String name : folders(data.resolve("index"), ConfigKey.DATA_DIRECTORY)) {
      read.form(key, key.key(name), form);
    }
    return new Indexing(form, name -> read.form(key, key.key(name), form));
  }

  private static List<String> folders(Path directory, ConfigKey key) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(directory)) {
      return folders.filter(Files::isDirectory).map(f -> f.getFileName().toString()).toList();
    } catch (IOException e) {
      throw ConfigReader.invalid(key.key(), directory.toString(), "a readable directory");
    }
  }

  private static Party party(ConfigReader read, ConfigKey key, ConfigKey address, String name) {
    return new Party(read.party(key, key.key(name)), read.address(address, address.key(name)));
  }

  private static Party protocol(ConfigReader read, String name, ConfigKey address) {
    return new Party(
        new AccountId(AccountId.Kind.PROTOCOL, name), read.address(address, address.key()));
  }

  private static Map<String, Party> builders(ConfigReader read, Path directory) {
    Map<String, Party> builders = new TreeMap<>();
    for (String name : folders(directory, ConfigKey.ADAPTERS_DIRECTORY)) {
      builders.put(
          name, party(read, ConfigKey.ADAPTER_BUILDER, ConfigKey.ADAPTER_BUILDER_ADDRESS, name));
    }
    return builders;
  }

  /** The folder's name in the form of {@link Names#FORM}. */
  static String nameOf(Path folder) {
    Path last = folder.getFileName();
    String name =
        (last == null ? "" : last.toString())
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]", "-")
            .replaceAll("^[^a-z0-9]+", "");
    return name.isEmpty() ? "base" : name.substring(0, Math.min(64, name.length()));
  }
}
