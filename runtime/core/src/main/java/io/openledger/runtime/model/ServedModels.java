package io.openledger.runtime.model;

import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.ModelRegistry;
import io.openledger.runtime.Caller;
import java.util.List;
import java.util.Optional;

/**
 * The models as one caller has them: the base model, and the adapters that the caller is granted.
 *
 * @param host the models
 * @param service the way of an answer
 * @param caller who asks
 */
public record ServedModels(ModelHost host, AnswerService service, Caller caller)
    implements ModelRegistry {

  @Override
  public List<ModelInfo> list() {
    return host.list(caller);
  }

  @Override
  public Optional<ModelInfo> find(ModelId model) {
    return host.find(caller, model);
  }

  @Override
  public AttributedModel open(ModelId model) {
    host.require(caller, model);
    return new ServedModel(service, caller, Asked.of(Optional.of(model)));
  }

  @Override
  public AttributedModel open(AdapterMix mix) {
    host.require(caller, mix);
    return new ServedModel(service, caller, Asked.of(mix));
  }
}
