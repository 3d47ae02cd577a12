package io.openledger.runtime.cdi;

import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.AdapterWeight;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Prompt;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The injected model: looked up on the server at each call. */
final class ServerModel implements AttributedModel, Serializable {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a client proxy
  private final Application application;

  // empty: the boundary's model, or the server's default; a text because ModelId is not
  // serializable
  private final String name;

  // adapters that are asked together, with their weights in millionths; null: a model by its name
  private final @Nullable TreeMap<String, Integer> mix;

  ServerModel(Application application, Optional<ModelId> model) {
    this.application = application;
    this.name = model.map(ModelId::value).orElse("");
    this.mix = null;
  }

  ServerModel(Application application, AdapterMix mix) {
    this.application = application;
    this.name = "";
    this.mix = new TreeMap<>();
    for (AdapterMix.Part part : mix.parts()) {
      this.mix.put(part.adapter().value(), part.weight().millionths());
    }
  }

  private AttributedModel now() {
    if (mix != null) {
      return application.server().models(application.caller()).open(mix(mix));
    }
    Optional<ModelId> model = name.isEmpty() ? Optional.empty() : Optional.of(new ModelId(name));
    return application.server().model(application.caller(), model);
  }

  private static AdapterMix mix(TreeMap<String, Integer> weights) {
    List<AdapterMix.Part> parts = new ArrayList<>();
    weights.forEach(
        (name, millionths) ->
            parts.add(new AdapterMix.Part(new ModelId(name), new AdapterWeight(millionths))));
    return new AdapterMix(parts);
  }

  @Override
  public ModelInfo info() {
    return now().info();
  }

  @Override
  public Answer complete(Prompt prompt) {
    return now().complete(prompt);
  }

  @Override
  public Answer stream(Prompt prompt, AnswerListener listener) {
    return now().stream(prompt, listener);
  }

  @Override
  public List<Answer> stream(List<Prompt> prompts, List<? extends AnswerListener> listeners) {
    return now().stream(prompts, listeners);
  }

  @Override
  public TextAttribution attribute(String text) {
    return now().attribute(text);
  }
}
