package io.openledger.runtime.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.AdapterWeight;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.reward.AccountId;
import io.openledger.api.spi.ServingEngine.WeightedAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What answers a call: one model by itself, or adapters together on the base model.
 *
 * @param model the model; the base model where adapters answer together
 * @param adapters those that answer together, by name; empty: the model by itself
 */
record Answering(ModelInfo model, List<Receipt.AdapterPart> adapters) {

  Answering {
    adapters = List.copyOf(adapters);
  }

  static Answering alone(ModelInfo model) {
    return new Answering(model, List.of());
  }

  /**
   * A mix.
   *
   * @param known the adapter of a name that the caller may ask, or throws what an unknown one is
   *     answered with
   * @param builder the account of its builder, without its kind
   */
  static Answering together(
      ModelInfo base,
      AdapterMix mix,
      Function<ModelId, ManagedAdapters.Entry> known,
      Function<ManagedAdapters.Entry, String> builder) {
    List<Receipt.AdapterPart> parts = new ArrayList<>();
    for (AdapterMix.Part part : mix.parts()) {
      if (part.adapter().equals(base.id())) {
        throw OpenLedgerException.invalid(
            "an adapter of the mix",
            base.id() + ", the base model",
            "adapters; what the base model says is always there, with weight 1");
      }
      ManagedAdapters.Entry entry = known.apply(part.adapter());
      if (entry.info().parent().filter(base.id()::equals).isEmpty()) {
        throw new OpenLedgerException(
            ErrorCode.ADAPTER_MISMATCH,
            "adapter "
                + part.adapter()
                + " of "
                + entry.info().parent().map(p -> "the base model " + p).orElse("no base model"),
            "adapters of " + base.id() + ", all of them",
            "mix adapters that were made for the same base model");
      }
      parts.add(
          new Receipt.AdapterPart(
              part.adapter(),
              entry.row().version(),
              entry.info().digest(),
              part.weight(),
              new AccountId(AccountId.Kind.PARTY, builder.apply(entry))));
    }
    return mix.single() ? alone(known.apply(parts.get(0).id()).info()) : new Answering(base, parts);
  }

  /** As the engine is asked. */
  List<WeightedAdapter> weighted() {
    if (adapters.isEmpty()) {
      return model.parent().isEmpty()
          ? List.of()
          : List.of(weighted(model.id(), AdapterWeight.ONE, model.digest()));
    }
    return adapters.stream().map(a -> weighted(a.id(), a.weight(), a.digest())).toList();
  }

  /** With the version that the receipt names: another must not answer in its place. */
  private static WeightedAdapter weighted(ModelId id, AdapterWeight weight, Hash256 digest) {
    return new WeightedAdapter(id, weight.value(), Optional.of(digest));
  }

  /**
   * Who built the adapters that answer together, and by how much of them each is paid. Taking a
   * change away uses it as much as adding it does, hence magnitudes; and one who built several is
   * one account.
   */
  Map<AccountId, Long> builders() {
    Map<AccountId, Long> builders = new TreeMap<>();
    adapters.forEach(a -> builders.merge(a.builder(), (long) a.weight().magnitude(), Long::sum));
    return builders;
  }
}
