package io.openledger.runtime.config;

import java.math.BigInteger;

/**
 * Every configuration key, in the order of the documentation. A part in angle brackets stands for a
 * name: of an adapter's folder, of a datanet, or of a policy listed in {@link #POLICIES}.
 */
public enum ConfigKey {
  DATA_DIRECTORY(
      "openledger.data.directory",
      Type.PATH,
      "",
      "openledger-data",
      "a directory that the server may write; created when missing",
      "Where the index, caches and, by default, models and adapters are kept."),
  DATASOURCE(
      "openledger.datasource",
      Type.TEXT,
      "",
      "java:jboss/datasources/OpenLedgerDS",
      "a JNDI name of a JTA data source, 1 to 200 characters",
      "The data source of the store and the ledger. H2 and PostgreSQL are supported."),

  MODEL_PATH(
      "openledger.model.path",
      Type.PATH,
      "",
      "<data.directory>/model",
      "a Hugging Face folder: config.json, *.safetensors, tokenizer.json",
      "The base model's checkpoint."),
  MODEL_NAME(
      "openledger.model.name",
      Type.NAME,
      "",
      "the name of the model's folder, in lower case",
      "1 to 64 of a-z, 0-9, '.', '_' and '-', first a letter or digit",
      "The name under which applications ask for the base model."),
  MODEL_PUBLISHER(
      "openledger.model.publisher",
      Type.PARTY,
      "",
      "base-model-publisher",
      "1 to 200 characters, none of them control characters",
      "The account credited with the base model publisher's part."),
  MODEL_PUBLISHER_ADDRESS(
      "openledger.model.publisher-address",
      Type.ADDRESS,
      "",
      "",
      "0x and 40 hexadecimal digits",
      "Where the base model's publisher is paid on the rollup; without it epochs hold no leaf for"
          + " the account."),
  MODEL_DEFAULT(
      "openledger.model.default",
      Type.NAME,
      "",
      "the base model",
      "the name of the base model or of an adapter",
      "The model that is asked when nobody names one."),

  MODEL_WEIGHTS(
      "openledger.model.weights",
      Type.NAME,
      "",
      "stored",
      "stored, int8, int4 or nf4",
      "How the base model's linear maps are kept in memory: as the checkpoint stores them, or"
          + " quantised on load in groups of 32. Quantised weights are kept in the data directory's"
          + " cache for the next start."),

  ADAPTERS_DIRECTORY(
      "openledger.adapters.directory",
      Type.PATH,
      "",
      "<data.directory>/adapters",
      "a directory; each folder in it is one PEFT adapter named by the folder",
      "The adapters that are registered on start."),
  ADAPTERS_REFRESH(
      "openledger.adapters.refresh",
      Type.DURATION,
      "ISO 8601 duration",
      "PT2S",
      "PT0S, or PT1S to P366D",
      "How often a server looks in the store for adapters that other servers changed, which is how"
          + " long a grant that was taken away on another may last; PT0S: only when adapters are"
          + " changed here or a name is not known."),
  ADAPTER_BUILDER(
      "openledger.adapters.<name>.builder",
      Type.PARTY,
      "",
      "adapter-builder",
      "1 to 200 characters, none of them control characters",
      "The account credited with the builder's part of the adapter's answers."),
  ADAPTER_BUILDER_ADDRESS(
      "openledger.adapters.<name>.builder-address",
      Type.ADDRESS,
      "",
      "",
      "0x and 40 hexadecimal digits",
      "Where the adapter's builder is paid on the rollup."),

  OPERATOR(
      "openledger.operator",
      Type.PARTY,
      "",
      "node-operator",
      "1 to 200 characters, none of them control characters",
      "The account credited with the node operator's part."),
  OPERATOR_ADDRESS(
      "openledger.operator-address",
      Type.ADDRESS,
      "",
      "",
      "0x and 40 hexadecimal digits",
      "Where the node operator is paid on the rollup."),
  TREASURY_ADDRESS(
      "openledger.treasury-address",
      Type.ADDRESS,
      "",
      "",
      "0x and 40 hexadecimal digits",
      "Where the protocol's treasury is paid on the rollup."),
  STAKERS_ADDRESS(
      "openledger.stakers-address",
      Type.ADDRESS,
      "",
      "",
      "0x and 40 hexadecimal digits",
      "Where the stakers' pool is paid on the rollup."),

  SERVING_SLOTS(
      "openledger.serving.slots",
      "adapters",
      8,
      1,
      4096,
      "How many adapters can be resident at once."),
  SERVING_MAX_RANK(
      "openledger.serving.max-rank", "", 64, 1, 512, "The largest rank that an adapter may have."),
  SERVING_MAX_BATCH(
      "openledger.serving.max-batch",
      "answers",
      8,
      1,
      256,
      "How many answers are decoded together."),
  SERVING_MAX_CONTEXT(
      "openledger.serving.max-context",
      "tokens",
      0,
      0,
      1 << 20,
      "Prompt and answer together; 0: what the checkpoint states."),
  SERVING_QUEUE_LIMIT(
      "openledger.serving.queue-limit",
      "requests",
      64,
      1,
      1 << 20,
      "How many requests may wait; one more is refused as busy."),
  SERVING_THREADS(
      "openledger.serving.threads",
      "threads",
      0,
      0,
      1024,
      "Threads of one matrix multiplication; 0: one per core."),
  SERVING_DEVICE(
      "openledger.serving.device",
      Type.NAME,
      "",
      "cpu",
      "cpu, cuda or auto",
      "Where the model computes; auto: on an NVIDIA GPU where there is one, else on the processor."),
  SERVING_CACHE_BYTES(
      "openledger.serving.cache-bytes",
      "bytes",
      0,
      0,
      1L << 42,
      "The KV cache of all running answers together; 0: as much as the largest batch and the largest"
          + " context need."),
  SERVING_PREFIX_CACHE_BYTES(
      "openledger.serving.prefix-cache-bytes",
      "bytes",
      256L << 20,
      0,
      1L << 42,
      "Beginnings of prompts that are kept for the next request; 0: none are kept."),
  SERVING_ADAPTER_HOST_BYTES(
      "openledger.serving.adapter-host-bytes",
      "bytes",
      1L << 30,
      0,
      1L << 42,
      "Adapters that wait in host memory for a slot; 0: none wait."),

  INDEX_FORM(
      "openledger.index.form",
      Type.NAME,
      "",
      "fast",
      "fast or compact",
      "How datanets' indexes are kept on disk: fast answers soonest, compact takes a fifth of the"
          + " room; the answers are the same. An index of another form changes as it is merged."),
  DATANET_INDEX_FORM(
      "openledger.datanets.<name>.index-form",
      Type.NAME,
      "",
      "the value of openledger.index.form",
      "fast or compact",
      "The form of one datanet's index. Read when the index is opened."),

  LIMIT_CONTRIBUTION_BYTES(
      "openledger.limits.contribution-bytes",
      "bytes",
      1 << 20,
      1,
      16 << 20,
      "The largest contribution, as normalised UTF-8."),
  LIMIT_DATANETS(
      "openledger.limits.datanets",
      "datanets",
      1000,
      1,
      100_000,
      "How many datanets the server keeps."),
  LIMIT_DATANET_CONTRIBUTIONS(
      "openledger.limits.datanet-contributions",
      "contributions",
      1_000_000,
      1,
      Integer.MAX_VALUE,
      "How many contributions one datanet accepts, retracted ones counted."),
  LIMIT_DATANET_GRANTS(
      "openledger.limits.datanet-grants",
      "grants",
      1000,
      1,
      100_000,
      "How many grants one datanet has."),
  LIMIT_ANSWER_DATANETS(
      "openledger.limits.answer-datanets",
      "datanets",
      100,
      1,
      1000,
      "How many datanets one answer may be attributed to; a caller with more names them."),
  LIMIT_ADAPTERS(
      "openledger.limits.adapters",
      "adapters",
      10_000,
      1,
      1_000_000,
      "How many uploaded adapters are kept, of all tenants together; folders of the adapters'"
          + " directory are not counted."),
  LIMIT_ADAPTER_BYTES(
      "openledger.limits.adapter-bytes",
      "bytes",
      1L << 30,
      1,
      1L << 36,
      "The largest upload of an adapter, its files together as they are unpacked. The server's own"
          + " limit on request bodies applies too."),
  LIMIT_ADAPTER_UPLOADS(
      "openledger.limits.adapter-uploads",
      "uploads",
      4,
      1,
      256,
      "How many uploads of adapters one server takes at once; one more is refused as busy."),
  LIMIT_TENANT_ADAPTER_UPLOADS(
      "openledger.limits.tenant-adapter-uploads",
      "uploads",
      2,
      1,
      256,
      "How many uploads of one tenant one server takes at once; one more is refused as busy."),
  LIMIT_TENANT_ADAPTERS(
      "openledger.limits.tenant-adapters",
      "adapters",
      1000,
      1,
      1_000_000,
      "How many uploaded adapters of one owner are kept."),
  LIMIT_TENANT_ADAPTER_BYTES(
      "openledger.limits.tenant-adapter-bytes",
      "bytes",
      1L << 34,
      1,
      1L << 46,
      "How many bytes the files of one owner's uploaded adapters may have together."),
  LIMIT_ADAPTER_GRANTS(
      "openledger.limits.adapter-grants",
      "grants",
      1000,
      1,
      100_000,
      "How many tenants one adapter is granted to."),
  LIMIT_PROOF_TOKENS(
      "openledger.limits.proof-tokens",
      "tokens",
      10_000_000,
      1,
      1 << 28,
      "How many tokens of contributions are held to prove spans, and of how many at most one"
          + " datanet's spans are proved; 16 bytes of heap for each, 40 while a root is made."),

  POLICY_FEE_PER_ANSWER(
      "openledger.policy.fee-per-answer-wei",
      Type.WEI,
      "wei",
      "1000000000000000",
      "0 to 2^256 - 1",
      "Charged once for each answer."),
  POLICY_FEE_PER_TOKEN(
      "openledger.policy.fee-per-token-wei",
      Type.WEI,
      "wei",
      "0",
      "0 to 2^256 - 1",
      "Charged for each generated token."),
  POLICY_SPLIT_CONTRIBUTORS(
      "openledger.policy.split.contributors",
      "basis points",
      7000,
      0,
      10_000,
      "The contributors' part of the fee. All parts together are 10000."),
  POLICY_SPLIT_ADAPTER_BUILDER(
      "openledger.policy.split.adapter-builder",
      "basis points",
      1000,
      0,
      10_000,
      "The adapter builder's part of the fee; the treasury's when the base model answers."),
  POLICY_SPLIT_BASE_MODEL_PUBLISHER(
      "openledger.policy.split.base-model-publisher",
      "basis points",
      500,
      0,
      10_000,
      "The base model publisher's part of the fee."),
  POLICY_SPLIT_NODE_OPERATOR(
      "openledger.policy.split.node-operator",
      "basis points",
      1000,
      0,
      10_000,
      "The node operator's part of the fee."),
  POLICY_SPLIT_TREASURY(
      "openledger.policy.split.treasury",
      "basis points",
      500,
      0,
      10_000,
      "The treasury's part of the fee."),
  POLICY_SPLIT_STAKERS(
      "openledger.policy.split.stakers",
      "basis points",
      0,
      0,
      10_000,
      "The stakers' part of the fee."),
  POLICY_SPAN_MINIMUM_TOKENS(
      "openledger.policy.span.minimum-tokens",
      "tokens",
      6,
      1,
      1000,
      "Shorter matches are no evidence."),
  POLICY_SPAN_MINIMUM_MILLIBITS(
      "openledger.policy.span.minimum-millibits",
      "millibits",
      40_000,
      0,
      Integer.MAX_VALUE,
      "Matches with less information are no evidence."),
  POLICY_SPAN_LISTED(
      "openledger.policy.span.listed",
      "contributions",
      10,
      1,
      1000,
      "How many contributions of a span are listed; beyond it they are counted."),
  POLICY_SPAN_WHOLE_WORDS(
      "openledger.policy.span.whole-words",
      Type.BOOLEAN,
      "",
      "true",
      "true or false",
      "Whether matches are cut down to whole words of the answer."),
  POLICY_SPAN_LISTED_SPANS(
      "openledger.policy.span.listed-spans-basis-points",
      "basis points of the answer's tokens",
      10_000,
      1,
      10_000,
      "How many spans a receipt lists at most, those with the most information; the others are"
          + " counted, and credited all the same."),
  POLICY_NEAR_DUPLICATE(
      "openledger.policy.near-duplicate-basis-points",
      "basis points",
      6000,
      1,
      10_000,
      "A contribution of which at least this part repeats one earlier contribution is credited to"
          + " that one."),
  POLICIES(
      "openledger.policies",
      Type.LIST,
      "",
      "",
      "names separated by commas, none of them 'default', at most 100",
      "Further policies. Each has the keys of openledger.policy under openledger.policies.<name>,"
          + " with the default policy's values where nothing is set; near-duplicates are decided"
          + " when a contribution is accepted, by the default policy."),

  RECEIPTS_KEEP_TEXT(
      "openledger.receipts.keep-text",
      Type.BOOLEAN,
      "",
      "true",
      "true or false",
      "Whether the answer's text is kept beside its receipt, for readable reports."),
  EPOCH_INTERVAL(
      "openledger.epoch.interval",
      Type.DURATION,
      "ISO 8601 duration",
      "the chain's, or PT1H",
      "PT0S, or PT1S to P366D",
      "How long what was earned waits at most until its epoch is closed. Without it: the chain's"
          + " epoch length, which is voted on, and PT1H where no chain has said one. With it and a"
          + " chain: the shorter of the two. PT0S: only on request, or for its volume, whatever the"
          + " chain says."),
  EPOCH_VOLUME(
      "openledger.epoch.volume-wei",
      Type.WEI,
      "wei",
      "0",
      "0 to 2^256 - 1",
      "An epoch is closed as soon as so much was earned since the last one; 0: never for that."),

  CHAIN_ENDPOINTS(
      "openledger.chain.endpoints",
      Type.LIST,
      "",
      "",
      "names separated by commas, none of them 'default', at most 100",
      "The JSON-RPC endpoints of the rollup; their addresses are keys of their own. Without one the"
          + " server is attached to no chain: epochs are closed and kept, and posted when a chain is"
          + " added."),
  CHAIN_ENDPOINT_URL(
      "openledger.chain.endpoints.<name>.url",
      Type.URL,
      "",
      "",
      "an address that begins with http:// or https://",
      "Where an endpoint answers. It may hold a provider's key: administrators see scheme, host and"
          + " port, and nobody sees more."),
  CHAIN_QUORUM(
      "openledger.chain.quorum",
      "endpoints",
      0,
      0,
      100,
      "How many endpoints must agree on what is final; 0: more than half of them."),
  CHAIN_ADDRESS_BOOK(
      "openledger.chain.address-book",
      Type.PATH,
      "",
      "<data.directory>/address-book.json",
      "a file that deploying or attaching wrote",
      "Which contracts the server works with. It is compared with the chain at every start."),
  CHAIN_MAX_FEE(
      "openledger.chain.max-fee-per-gas-wei",
      Type.WEI,
      "wei",
      "100000000000",
      "0 to 2^256 - 1",
      "The most that a unit of gas may ever cost; what would cost more waits."),
  CHAIN_KEY(
      "openledger.chain.key",
      Type.NAME,
      "",
      "none",
      "none, keystore_file, credential_store, liberty_keystore or web3signer",
      "Where the key is that signs for this server; none: the chain is read, and nothing is sent."),
  CHAIN_KEY_FILE(
      "openledger.chain.key.file",
      Type.PATH,
      "",
      "",
      "a keystore file, version 3",
      "For keystore_file: the file."),
  CHAIN_KEY_PASSWORD_FILE(
      "openledger.chain.key.password-file",
      Type.PATH,
      "",
      "",
      "a file that only the server's user can read",
      "For keystore_file: the file whose first line is the password."),
  CHAIN_KEY_STORE(
      "openledger.chain.key.store",
      Type.TEXT,
      "",
      "",
      "1 to 200 characters",
      "For credential_store: its name; for liberty_keystore: the id of the <ssl> element that leads to"
          + " its <keyStore>."),
  CHAIN_KEY_ALIAS(
      "openledger.chain.key.alias",
      Type.TEXT,
      "",
      "",
      "1 to 200 characters",
      "For credential_store and liberty_keystore: under which name the key is there."),
  CHAIN_KEY_URL(
      "openledger.chain.key.url",
      Type.URL,
      "",
      "",
      "an address that begins with http:// or https://",
      "For web3signer: where it answers. Never shown."),
  CHAIN_KEY_ADDRESS(
      "openledger.chain.key.address",
      Type.ADDRESS,
      "",
      "",
      "0x and 40 hexadecimal digits",
      "The address that the key must give; needed for web3signer, compared for the others."),
  CHAIN_FUND_REWARDS(
      "openledger.chain.fund-rewards",
      Type.BOOLEAN,
      "",
      "false",
      "true or false",
      "Whether a root brings the coins that it promises and that are not in the contract yet, out of"
          + " the key's own; otherwise somebody else puts them in, and what is not covered waits."),
  CHAIN_LEAST_CLAIM(
      "openledger.chain.least-claim-wei",
      Type.WEI,
      "wei",
      "1000000000000000",
      "1 to 2^256 - 1",
      "The least that the server spends its gas on when it is asked to pay somebody out."),
  CHAIN_WALLET_URL(
      "openledger.chain.wallet-url",
      Type.URL,
      "",
      "",
      "an address that begins with http:// or https://",
      "A public node of the chain, for wallets that do not know the chain yet: the page for claims"
          + " has them add it. Everybody who can see claims sees all of it, so no provider's key"
          + " belongs in it; wallets take http:// for this machine alone."),
  CHAIN_GOVERNING(
      "openledger.chain.governing-applications",
      Type.LIST,
      "",
      "",
      "names separated by commas, none of them 'default', at most 100",
      "Applications that may propose and vote with the server's key, besides administrators."),
  PAYMENTS_PAYEE(
      "openledger.payments.payee",
      Type.ADDRESS,
      "",
      "the address of the chain's key",
      "0x and 40 hexadecimal digits",
      "Who is paid by callers that pay call by call."),
  PAYMENTS_ANONYMOUS(
      "openledger.payments.anonymous",
      Type.BOOLEAN,
      "",
      "false",
      "true or false",
      "Whether somebody without credentials may ask models over REST by paying for each call."),
  PAYMENTS_USERS(
      "openledger.payments.users",
      Type.LIST,
      "",
      "",
      "names separated by commas, none of them 'default', at most 100",
      "Users of REST that pay for each call instead of being billed.");

  /** What a value is. */
  public enum Type {
    /** Characters. */
    TEXT,
    /** A path; relative ones start in the server's working directory. */
    PATH,
    /** A name as people give it. */
    NAME,
    /** The name of a party's account. */
    PARTY,
    /** An address on the rollup. */
    ADDRESS,
    /** A whole number. */
    INTEGER,
    /** An amount. */
    WEI,
    /** True or false. */
    BOOLEAN,
    /** ISO 8601. */
    DURATION,
    /** Names separated by commas. */
    LIST,
    /** An address on the net. May hold a secret, so that no message shows it. */
    URL
  }

  private final String key;
  private final Type type;
  private final String unit;
  private final String defaultValue;
  private final String allowed;
  private final String description;
  private final long least;
  private final long most;

  ConfigKey(
      String key, Type type, String unit, String defaultValue, String allowed, String description) {
    this.key = key;
    this.type = type;
    this.unit = unit;
    this.defaultValue = defaultValue;
    this.allowed = allowed;
    this.description = description;
    this.least = 0;
    this.most = 0;
  }

  ConfigKey(String key, String unit, long defaultValue, long least, long most, String description) {
    this.key = key;
    this.type = Type.INTEGER;
    this.unit = unit;
    this.defaultValue = Long.toString(defaultValue);
    this.allowed = least + " to " + most;
    this.description = description;
    this.least = least;
    this.most = most;
  }

  /** As it is written in a configuration. */
  public String key() {
    return key;
  }

  /** The key with the name put in for its part in angle brackets. */
  public String key(String name) {
    return key.replace("<name>", name);
  }

  /** What a value is. */
  public Type type() {
    return type;
  }

  /** The unit, or empty. */
  public String unit() {
    return unit;
  }

  /** The value when nothing is set, or in words where it follows from another key; empty: none. */
  public String defaultValue() {
    return defaultValue;
  }

  /** The range, for people. */
  public String allowed() {
    return allowed;
  }

  /** What it does. */
  public String description() {
    return description;
  }

  /** The least value of an integer. */
  public long least() {
    return least;
  }

  /** The largest value of an integer. */
  public long most() {
    return most;
  }

  static final BigInteger MOST_WEI = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);

  /** The table of the documentation, in Markdown, one row a key. */
  public static String documentation() {
    StringBuilder table = new StringBuilder();
    table.append("| Key | Type | Unit | Default | Allowed | What it does |\n");
    table.append("|---|---|---|---|---|---|\n");
    for (ConfigKey k : values()) {
      table
          .append("| `" + k.key + "` | " + k.type.name().toLowerCase(java.util.Locale.ROOT))
          .append(
              " | "
                  + k.unit
                  + " | "
                  + (k.defaultValue.isEmpty() ? "none" : "`" + k.defaultValue + "`"))
          .append(" | " + k.allowed + " | " + k.description + " |\n");
    }
    return table.toString();
  }
}
