package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.AdapterWeight;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelId;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * The member {@code adapters} of a request: {@code [{"id": …, "weight": …}]}, which answer together
 * on the base model. A weight has to be said: other servers take different ones for granted.
 */
final class MixRequest {

  private static final String ADAPTERS = "adapters";

  private MixRequest() {}

  static Optional<AdapterMix> read(JsonFields json) {
    if (json.value(ADAPTERS).isEmpty()) {
      return Optional.empty();
    }
    List<JsonFields> objects = json.objects(ADAPTERS);
    if (objects.isEmpty() || objects.size() > AdapterMix.MOST) {
      throw json.refuse(
          ADAPTERS,
          objects.size() + " adapters",
          "1 to " + AdapterMix.MOST + "; absent for a model by its name");
    }
    List<AdapterMix.Part> parts = new ArrayList<>();
    Set<ModelId> named = new HashSet<>();
    for (int i = 0; i < objects.size(); i++) {
      JsonFields one = objects.get(i);
      ModelId id = id(one, ADAPTERS + "[" + i + "].id");
      if (!named.add(id)) {
        throw one.refuse("id", id + ", which was named before", "each adapter once");
      }
      parts.add(new AdapterMix.Part(id, weight(one)));
      one.requireAllRead();
    }
    return Optional.of(new AdapterMix(parts));
  }

  // a text that can be no name is an adapter that does not exist, as for models
  private static ModelId id(JsonFields json, String parameter) {
    try {
      return new ModelId(json.requiredText("id"));
    } catch (RequestException e) {
      throw e;
    } catch (OpenLedgerException e) {
      throw new RequestException(
          ErrorCode.MODEL_UNKNOWN,
          parameter,
          e.arrived(),
          "adapters of this server",
          "take a name from /openledger/v1/models");
    }
  }

  private static AdapterWeight weight(JsonFields json) {
    OptionalDouble weight = json.number("weight");
    if (weight.isEmpty()) {
      throw json.refuse("weight", "missing", "a number: 1 as the adapter was trained");
    }
    try {
      return AdapterWeight.of(weight.getAsDouble());
    } catch (OpenLedgerException e) {
      throw json.refuse("weight", Double.toString(weight.getAsDouble()), e.allowed());
    }
  }

  /**
   * The model that is asked.
   *
   * @throws OpenLedgerException what the server says to models and adapters that it does not have
   */
  static AttributedModel open(OpenLedgerServer server, Caller caller, GenerationRequest request) {
    AttributedModel named = server.model(caller, request.model());
    if (request.mix().isEmpty()) {
      return named;
    }
    // official clients cannot leave the model out
    if (request.model().isPresent() && named.info().parent().isPresent()) {
      throw RequestException.parameter(
          "model",
          "an adapter, beside adapters",
          "the base model, or absent: each adapter that answers is named in " + ADAPTERS);
    }
    return server.models(caller).open(request.mix().get());
  }
}
