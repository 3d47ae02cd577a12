package io.openledger.runtime.cdi;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.ModelRegistry;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** The injected registry: looked up on the server at each call. */
final class ServerModels implements ModelRegistry, Serializable {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a client proxy
  private final Application application;

  ServerModels(Application application) {
    this.application = application;
  }

  private ModelRegistry now() {
    return application.server().models(application.caller());
  }

  @Override
  public List<ModelInfo> list() {
    return now().list();
  }

  @Override
  public Optional<ModelInfo> find(ModelId model) {
    return now().find(model);
  }

  // Not the server's own object: the application may keep it over a restart of the feature.
  @Override
  public AttributedModel open(ModelId model) {
    if (find(model).isEmpty()) {
      throw new OpenLedgerException(
          ErrorCode.MODEL_UNKNOWN,
          "model " + model,
          list().stream().map(m -> m.id().value()).limit(20).toList().toString(),
          "name one of the models of this server, or have an administrator add it");
    }
    return new ServerModel(application, Optional.of(model));
  }

  @Override
  public AttributedModel open(AdapterMix mix) {
    now().open(mix);
    return new ServerModel(application, mix);
  }
}
