package io.openledger.wildfly;

import io.openledger.runtime.config.ConfigKey;
import java.util.Locale;
import org.jboss.as.controller.SimpleAttributeDefinition;
import org.jboss.as.controller.SimpleAttributeDefinitionBuilder;
import org.jboss.as.controller.client.helpers.MeasurementUnit;
import org.jboss.as.controller.registry.AttributeAccess;
import org.jboss.dmr.ModelNode;
import org.jboss.dmr.ModelType;
import org.jboss.dmr.ValueExpression;

/**
 * The attributes of the management model that write a configuration key. Type, unit, range and
 * default come from the {@link ConfigKey}, so that the two cannot disagree.
 *
 * <p>Keys that have no attribute here are set through MicroProfile Config, system properties or the
 * environment, under their own names.
 */
enum ConfigAttribute {
  MODEL_PATH("model-path", ConfigKey.MODEL_PATH),
  MODEL_NAME("model-name", ConfigKey.MODEL_NAME),
  DEFAULT_MODEL("default-model", ConfigKey.MODEL_DEFAULT),
  DATA_DIRECTORY("data-directory", ConfigKey.DATA_DIRECTORY),
  MODEL_WEIGHTS("model-weights", ConfigKey.MODEL_WEIGHTS),
  ADAPTERS_DIRECTORY("adapters-directory", ConfigKey.ADAPTERS_DIRECTORY),
  OPERATOR("operator", ConfigKey.OPERATOR),
  SLOTS("slots", ConfigKey.SERVING_SLOTS),
  MAX_RANK("max-rank", ConfigKey.SERVING_MAX_RANK),
  MAX_BATCH("max-batch", ConfigKey.SERVING_MAX_BATCH),
  MAX_CONTEXT("max-context", ConfigKey.SERVING_MAX_CONTEXT),
  QUEUE_LIMIT("queue-limit", ConfigKey.SERVING_QUEUE_LIMIT),
  THREADS("threads", ConfigKey.SERVING_THREADS),
  DEVICE("device", ConfigKey.SERVING_DEVICE),
  CACHE_SIZE("cache-size", ConfigKey.SERVING_CACHE_BYTES),
  PREFIX_CACHE_SIZE("prefix-cache-size", ConfigKey.SERVING_PREFIX_CACHE_BYTES),
  ADAPTER_HOST_SIZE("adapter-host-size", ConfigKey.SERVING_ADAPTER_HOST_BYTES),
  FEE_PER_ANSWER("fee-per-answer", ConfigKey.POLICY_FEE_PER_ANSWER),
  FEE_PER_TOKEN("fee-per-token", ConfigKey.POLICY_FEE_PER_TOKEN),
  MAX_CONTRIBUTION_SIZE("max-contribution-size", ConfigKey.LIMIT_CONTRIBUTION_BYTES),
  MAX_ADAPTER_SIZE("max-adapter-size", ConfigKey.LIMIT_ADAPTER_BYTES),
  KEEP_ANSWER_TEXT("keep-answer-text", ConfigKey.RECEIPTS_KEEP_TEXT),
  EPOCH_INTERVAL("epoch-interval", ConfigKey.EPOCH_INTERVAL);

  /** Beside the server's other data, and not in whatever directory it was started from. */
  static final String DEFAULT_DATA_DIRECTORY = "${jboss.server.data.dir}/openledger";

  private final ConfigKey key;
  private final SimpleAttributeDefinition definition;

  ConfigAttribute(String name, ConfigKey key) {
    this.key = key;
    this.definition = define(name, key);
  }

  /** The key that the attribute writes. */
  ConfigKey key() {
    return key;
  }

  /** The attribute as the management model knows it. */
  SimpleAttributeDefinition definition() {
    return definition;
  }

  private static SimpleAttributeDefinition define(String name, ConfigKey key) {
    SimpleAttributeDefinitionBuilder builder =
        new SimpleAttributeDefinitionBuilder(name, type(key), true)
            .setAllowExpression(true)
            .setValidator(ConfigValidator.of(key))
            .setFlags(AttributeAccess.Flag.RESTART_ALL_SERVICES);
    ModelNode byDefault = defaultOf(key);
    if (byDefault.isDefined()) {
      builder.setDefaultValue(byDefault);
    }
    if (key.unit().equals("bytes")) {
      builder.setMeasurementUnit(MeasurementUnit.BYTES);
    }
    return builder.build();
  }

  private static ModelType type(ConfigKey key) {
    return switch (key.type()) {
      case INTEGER -> key.most() > Integer.MAX_VALUE ? ModelType.LONG : ModelType.INT;
      case BOOLEAN -> ModelType.BOOLEAN;
      default -> ModelType.STRING;
    };
  }

  private static ModelNode defaultOf(ConfigKey key) {
    return switch (key.type()) {
      case INTEGER ->
          key.most() > Integer.MAX_VALUE
              ? new ModelNode(Long.parseLong(key.defaultValue()))
              : new ModelNode(Integer.parseInt(key.defaultValue()));
      case BOOLEAN -> new ModelNode(Boolean.parseBoolean(key.defaultValue()));
      case WEI, DURATION, PARTY ->
          key == ConfigKey.EPOCH_INTERVAL
              ? new ModelNode() // the chain's, where it has said one
              : new ModelNode(key.defaultValue());
      // the other defaults follow from other keys and are described in words
      default ->
          key == ConfigKey.DATA_DIRECTORY
              ? new ModelNode(new ValueExpression(DEFAULT_DATA_DIRECTORY))
              : new ModelNode();
    };
  }

  /** The attribute's name, for messages. */
  @Override
  public String toString() {
    return definition == null ? name().toLowerCase(Locale.ROOT) : definition.getName();
  }
}
