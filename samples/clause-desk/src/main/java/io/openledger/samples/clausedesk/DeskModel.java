package io.openledger.samples.clausedesk;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.ModelRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Which model answers: the one that {@value #SETTING} names, and where the server does not have it,
 * the server's base model. So the desk works with any checkpoint that the server was given, and
 * says so.
 */
@ApplicationScoped
public class DeskModel {

  /** The one setting: a model or adapter by name. */
  static final String SETTING = "clause-desk.model";

  @Inject ModelRegistry models;

  @Inject
  @ConfigProperty(name = SETTING, defaultValue = "clause-desk")
  String wanted;

  /**
   * A model, and why it is the one.
   *
   * @param info the model that answers
   * @param wanted the model that was asked for
   */
  record Choice(ModelInfo info, ModelId wanted) {

    boolean asWanted() {
      return info.id().equals(wanted);
    }

    String why() {
      return asWanted()
          ? "The model that the setting " + SETTING + " names."
          : "The server has no model '"
              + wanted
              + "' (setting "
              + SETTING
              + "), so its base model answers.";
    }
  }

  /** The model that was asked for. */
  ModelId wanted() {
    return new ModelId(wanted);
  }

  /**
   * The model that answers now; looked up at each call, since adapters come and go.
   *
   * @throws OpenLedgerException {@link ErrorCode#MODEL_UNAVAILABLE} while the server has none
   */
  Choice choose() {
    ModelId name = wanted();
    return models
        .find(name)
        .or(() -> models.list().stream().findFirst())
        .map(info -> new Choice(info, name))
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.MODEL_UNAVAILABLE,
                    "the server has no model loaded",
                    "a Hugging Face folder named by openledger.model.path",
                    "wait until the server is ready, or look at its readiness and log"));
  }

  /** The model itself. */
  AttributedModel open(Choice choice) {
    return models.open(choice.info().id());
  }
}
