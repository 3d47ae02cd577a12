package io.openledger.runtime.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.reward.AccountId;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.api.spi.ServingEngine;
import io.openledger.runtime.AdapterAdministration;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Adapters with the rights of one caller.
 *
 * @param host the engine
 * @param adapters what is registered
 * @param grants how many tenants one adapter is granted to at most
 * @param caller who asks
 */
public record CallerAdapters(ModelHost host, ManagedAdapters adapters, int grants, Caller caller)
    implements AdapterAdministration {

  @Override
  public List<Adapter> list(Optional<ModelId> after, int limit) {
    if (limit < 1) {
      throw OpenLedgerException.invalid("limit", limit, "1 or more");
    }
    ServingEngine engine = host.engine();
    List<Adapter> all = new ArrayList<>();
    for (ManagedAdapters.Entry entry : adapters.after(after)) {
      if (sees(entry)) {
        engine.residency(entry.row().id()).ifPresent(r -> all.add(adapter(entry, r)));
        if (all.size() == limit) {
          break;
        }
      }
    }
    return all;
  }

  private Adapter adapter(ManagedAdapters.Entry entry, AdapterResidency r) {
    return new Adapter(
        new AdapterResidency(
            r.model(),
            entry.row().version(),
            told(r.access()),
            r.tier(),
            r.pinned(),
            r.running(),
            r.rank(),
            r.bytes()),
        entry.row().origin(),
        adapters.builder(entry.row().id()));
  }

  /** Who else may ask an adapter is its owner's business. */
  private AdapterAccess told(AdapterAccess access) {
    if (administers() || access.owner().equals(caller.tenant())) {
      return access;
    }
    Set<String> shown =
        access.granted().stream()
            .filter(t -> t.equals(caller.tenant()) || t.equals(AdapterAccess.EVERYBODY))
            .collect(Collectors.toSet());
    return new AdapterAccess(access.owner(), shown);
  }

  private boolean administers() {
    return caller.is(Role.ADMIN);
  }

  private boolean sees(ManagedAdapters.Entry entry) {
    return administers() || entry.row().access().permits(caller.tenant());
  }

  @Override
  public Adapter get(ModelId adapter) {
    ManagedAdapters.Entry entry = visible(adapter);
    return host.engine()
        .residency(adapter)
        .map(residency -> adapter(entry, residency))
        .orElseThrow(() -> unknown(adapter));
  }

  private ManagedAdapters.Entry visible(ModelId adapter) {
    ServingEngine engine = host.engine();
    adapters.requireRestored();
    return adapters.find(engine, adapter).filter(this::sees).orElseThrow(() -> unknown(adapter));
  }

  private static OpenLedgerException unknown(ModelId adapter) {
    return new OpenLedgerException(
        ErrorCode.MODEL_UNKNOWN,
        "no adapter " + adapter,
        "adapters that exist and that you may ask",
        "list the adapters, or ask its owner for a grant");
  }

  private ManagedAdapters.Entry owned(ModelId adapter) {
    requireRole(Role.BUILDER);
    ManagedAdapters.Entry entry = visible(adapter);
    if (!administers() && !entry.row().access().owner().equals(caller.tenant())) {
      throw forbidden("a change of adapter " + adapter + " of another owner");
    }
    return entry;
  }

  private void requireRole(Role role) {
    if (!caller.is(role)) {
      throw forbidden("a caller without the role " + role.label());
    }
  }

  private static OpenLedgerException forbidden(String arrived) {
    return new OpenLedgerException(
        ErrorCode.FORBIDDEN,
        arrived,
        "the adapter's owner with the role openledger-builder, and openledger-admin",
        "ask its owner, or an administrator");
  }

  @Override
  public Adapter registerFolder(ModelId adapter, Access access, Optional<String> builder) {
    requireRole(Role.ADMIN);
    ServingEngine engine = host.engine();
    Optional<AdapterRow> known = adapters.row(adapter);
    adapters.put(
        engine,
        null,
        AdapterRow.folder(
            adapter,
            known.map(r -> r.version() + 1).orElse(1L),
            checked(access, ""),
            builder.map(CallerAdapters::account),
            known.map(AdapterRow::revision).orElse(0L)),
        caller.tenant());
    return get(adapter);
  }

  @Override
  public Adapter upload(
      ModelId adapter, InputStream zip, boolean replace, Access access, Optional<String> builder) {
    requireRole(Role.BUILDER);
    ServingEngine engine = host.engine();
    adapters.requireRestored();
    Optional<String> account = builder.map(CallerAdapters::account);
    // before a byte is read: what would be refused afterwards need not be sent
    ManagedAdapters.Entry former = replace ? owned(adapter) : null;
    if (former == null && (adapters.find(adapter).isPresent() || isNamed(adapter))) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_EXISTS,
          "an adapter under the name " + adapter + ", which is taken",
          "names that no model has",
          "choose another name, or replace your own adapter");
    }
    AdapterAccess allowed = checked(access, caller.tenant());
    String owner = former == null ? allowed.owner() : former.row().access().owner();
    long room = adapters.room(former, owner, adapter);
    try (UploadGate.Pass pass = adapters.gate().enter(caller.tenant())) {
      AdapterUploads.Taken taken = adapters.uploads().take(adapter, zip, room);
      AdapterRow row =
          former == null
              ? AdapterRow.upload(adapter, taken, allowed, account)
              : former.row().next(taken, account);
      try {
        adapters.put(engine, former, row, caller.tenant());
      } catch (RuntimeException e) {
        adapters.discard(adapter, taken.folder(), e);
        throw e;
      }
    }
    return get(adapter);
  }

  private boolean isNamed(ModelId adapter) {
    return adapters.row(adapter).isPresent();
  }

  @Override
  public Adapter reloadFolder(ModelId adapter) {
    requireRole(Role.ADMIN);
    ManagedAdapters.Entry former = visible(adapter);
    if (former.row().origin() != Origin.FOLDER) {
      throw new OpenLedgerException(
          ErrorCode.INVALID_ARGUMENT,
          "adapter " + adapter + ", which was uploaded",
          "adapters of the adapters' directory",
          "upload the next version");
    }
    adapters.put(host.engine(), former, former.row().reloaded(), caller.tenant());
    return get(adapter);
  }

  @Override
  public Adapter grant(ModelId adapter, Access access) {
    ManagedAdapters.Entry entry = owned(adapter);
    AdapterAccess next = checked(access, entry.row().access().owner());
    adapters.grant(host.engine(), entry, next, caller.tenant());
    return get(adapter);
  }

  @Override
  public void unregister(ModelId adapter) {
    ServingEngine engine = host.engine();
    Optional<AdapterRow> unusable = unusable(adapter);
    if (unusable.isPresent()) {
      adapters.forget(unusable.get(), caller.tenant());
      return;
    }
    adapters.remove(engine, owned(adapter), caller.tenant());
  }

  /** An upload of the caller that could not be registered, for instance on another base model. */
  private Optional<AdapterRow> unusable(ModelId adapter) {
    if (!caller.is(Role.BUILDER) || adapters.find(adapter).isPresent()) {
      return Optional.empty();
    }
    return adapters
        .row(adapter)
        .filter(row -> row.origin() == Origin.UPLOAD && row.registered())
        .filter(row -> administers() || row.access().owner().equals(caller.tenant()));
  }

  @Override
  public Adapter load(ModelId adapter) {
    owned(adapter);
    try (RunningRequests.Running running = adapters.running().begin()) {
      host.engine().load(adapter);
    }
    return get(adapter);
  }

  @Override
  public boolean unload(ModelId adapter) {
    owned(adapter);
    return host.engine().unload(adapter);
  }

  @Override
  public Adapter pin(ModelId adapter, boolean pinned) {
    requireRole(Role.ADMIN);
    adapters.pin(host.engine(), visible(adapter), pinned, caller.tenant());
    return get(adapter);
  }

  private AdapterAccess checked(Access access, String owner) {
    String named = access.owner().orElse(owner);
    if (!named.equals(owner) && !administers()) {
      throw forbidden("an adapter for another owner than the caller");
    }
    if (!named.isEmpty()) {
      requireTenant("owner", named);
    }
    if (access.granted().size() > grants) {
      throw OpenLedgerException.invalid(
          "granted", access.granted().size() + " tenants", "at most " + grants);
    }
    Set<String> granted = access.granted();
    granted.stream()
        .filter(t -> !t.equals(AdapterAccess.EVERYBODY))
        .forEach(t -> requireTenant("granted", t));
    return new AdapterAccess(named, granted);
  }

  private static void requireTenant(String what, String tenant) {
    boolean known = tenant.startsWith("application:") || tenant.startsWith("user:");
    String name = tenant.substring(tenant.indexOf(':') + 1);
    if (!known
        || name.isBlank()
        || name.length() > 180
        || name.chars().anyMatch(Character::isISOControl)) {
      throw OpenLedgerException.invalidText(
          what,
          tenant,
          "application: or user: and a name of 1 to 180 characters, or * for everybody");
    }
  }

  private static String account(String builder) {
    return new AccountId(AccountId.Kind.PARTY, builder).name();
  }
}
