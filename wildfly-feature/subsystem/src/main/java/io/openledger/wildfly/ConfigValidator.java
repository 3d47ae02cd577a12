package io.openledger.wildfly;

import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.config.ConfigKey;
import io.openledger.runtime.config.OpenLedgerConfig;
import java.util.Optional;
import org.jboss.as.controller.OperationFailedException;
import org.jboss.as.controller.operations.validation.MinMaxValidator;
import org.jboss.as.controller.operations.validation.ParameterValidator;
import org.jboss.dmr.ModelNode;
import org.jboss.dmr.ModelType;

/**
 * Lets the runtime's own validation judge a value, so that {@code :write-attribute} refuses exactly
 * what a start would refuse, in the same words. Expressions are judged when they are resolved.
 */
class ConfigValidator implements ParameterValidator {

  private final ConfigKey key;

  private ConfigValidator(ConfigKey key) {
    this.key = key;
  }

  static ParameterValidator of(ConfigKey key) {
    return key.type() == ConfigKey.Type.INTEGER ? new Ranged(key) : new ConfigValidator(key);
  }

  @Override
  public void validateParameter(String parameter, ModelNode value) throws OperationFailedException {
    if (!value.isDefined() || value.getType() == ModelType.EXPRESSION) {
      return;
    }
    String text = value.asString();
    try {
      OpenLedgerConfig.from(k -> k.equals(key.key()) ? Optional.of(text) : Optional.empty());
    } catch (OpenLedgerException e) {
      throw new OperationFailedException(parameter + ": " + e.getMessage());
    }
  }

  /** Also shows its range in the resource's description. */
  private static final class Ranged extends ConfigValidator implements MinMaxValidator {
    private final long least;
    private final long most;

    Ranged(ConfigKey key) {
      super(key);
      least = key.least();
      most = key.most();
    }

    @Override
    public Long getMin() {
      return least;
    }

    @Override
    public Long getMax() {
      return most;
    }
  }
}
