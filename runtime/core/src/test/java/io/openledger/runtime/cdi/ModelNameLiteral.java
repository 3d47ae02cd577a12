package io.openledger.runtime.cdi;

import io.openledger.api.model.ModelName;
import jakarta.enterprise.util.AnnotationLiteral;

/** {@code @ModelName("…")} for programmatic look-up, as an application would write it. */
@SuppressWarnings("serial")
final class ModelNameLiteral extends AnnotationLiteral<ModelName> implements ModelName {

  private final String value;

  ModelNameLiteral(String value) {
    this.value = value;
  }

  @Override
  public String value() {
    return value;
  }
}
