package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.runtime.AdapterAdministration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** One adapter, {@code desk}, and a record of what was asked to be done with which. */
final class FakeAdapters implements AdapterAdministration {

  final List<String> calls = new CopyOnWriteArrayList<>();
  volatile AdapterResidency.Tier tier = AdapterResidency.Tier.HOST;
  volatile AdapterAccess access = new AdapterAccess("user:bob", Set.of("user:user"));

  /** Thrown at an upload before it is read. */
  volatile OpenLedgerException refusal;

  /** Further adapters, by name. */
  volatile List<String> more = List.of();

  private Adapter adapter(ModelId id) {
    return new Adapter(
        new AdapterResidency(
            FakeServer.info(id, Optional.of(new ModelId("base"))),
            3,
            access,
            tier,
            false,
            1,
            16,
            4096),
        Origin.UPLOAD,
        "maria");
  }

  private Adapter done(String what, ModelId adapter) {
    calls.add(what + " " + adapter);
    return get(adapter);
  }

  @Override
  public List<Adapter> list(Optional<ModelId> after, int limit) {
    return Stream.concat(Stream.of("desk"), more.stream())
        .map(ModelId::new)
        .filter(id -> after.isEmpty() || id.compareTo(after.get()) > 0)
        .limit(limit)
        .map(this::adapter)
        .toList();
  }

  @Override
  public Adapter get(ModelId adapter) {
    if (!adapter.value().equals("desk") && !more.contains(adapter.value())) {
      throw new OpenLedgerException(
          ErrorCode.MODEL_UNKNOWN, "no adapter " + adapter, "desk", "name it");
    }
    return adapter(adapter);
  }

  @Override
  public Adapter registerFolder(ModelId adapter, Access given, Optional<String> builder) {
    return done("register " + given + " " + builder, adapter);
  }

  @Override
  public Adapter upload(
      ModelId adapter, InputStream zip, boolean replace, Access given, Optional<String> builder) {
    if (refusal != null) {
      throw refusal;
    }
    try {
      return done(
          (replace ? "replace " : "upload ") + zip.readAllBytes().length + " " + builder, adapter);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Adapter reloadFolder(ModelId adapter) {
    return done("reload", adapter);
  }

  @Override
  public Adapter grant(ModelId adapter, Access given) {
    access = new AdapterAccess(given.owner().orElse(access.owner()), given.granted());
    return done("grant", adapter);
  }

  @Override
  public void unregister(ModelId adapter) {
    done("unregister", adapter);
  }

  @Override
  public Adapter load(ModelId adapter) {
    tier = AdapterResidency.Tier.SLOT;
    return done("load", adapter);
  }

  @Override
  public boolean unload(ModelId adapter) {
    done("unload", adapter);
    return false;
  }

  @Override
  public Adapter pin(ModelId adapter, boolean pinned) {
    return done("pin " + pinned, adapter);
  }
}
