package io.openledger.runtime.rest;

import io.openledger.api.model.ModelInfo;
import jakarta.json.JsonObjectBuilder;

/** Models, in OpenAI's form and in ours. */
final class ModelJson {

  private ModelJson() {}

  /** OpenAI's model object, with what we know beside it. */
  static JsonObjectBuilder openAi(ModelInfo m, String owner) {
    JsonObjectBuilder json =
        Json.object()
            .add("id", m.id().value())
            .add("object", "model")
            // a checkpoint does not say when it was made
            .add("created", 0)
            .add("owned_by", owner.isEmpty() ? "openledger" : owner)
            .add("family", m.family())
            .add("digest", m.digest().hex())
            .add("context_length", m.contextLength())
            .add("chat", m.chat());
    return Json.optional(json, "parent", m.parent());
  }

  /** As receipts name it. */
  static JsonObjectBuilder of(ModelInfo m) {
    JsonObjectBuilder json =
        Json.object()
            .add("id", m.id().value())
            .add("family", m.family())
            .add("digest", m.digest().hex())
            .add("contextLength", m.contextLength())
            .add("chat", m.chat());
    return Json.optional(json, "parent", m.parent());
  }
}
