package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.rollup.OutboxAdministration;
import io.openledger.runtime.rollup.OutboxFigures;
import io.openledger.runtime.store.Store;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The outbox with the rights of one caller: all of them for an administrator, none for others.
 *
 * @param trouble what stands in the way of all
 * @param attested settles what was paid
 */
record CallerOutbox(
    Store store,
    Identity identity,
    Counters counters,
    Supplier<Optional<String>> trouble,
    Attested attested,
    Caller caller)
    implements OutboxAdministration {

  private static final System.Logger LOG = System.getLogger(CallerOutbox.class.getName());

  private static final int LONGEST_NAME = 220;

  private OutboxOverview overview() {
    if (!caller.is(Role.ADMIN)) {
      throw new OpenLedgerException(
          ErrorCode.FORBIDDEN,
          "a caller without the role " + Role.ADMIN.label(),
          Role.ADMIN.label(),
          "ask an administrator");
    }
    return new OutboxOverview(identity);
  }

  @Override
  public Status status() {
    OutboxOverview overview = overview();
    OutboxFigures figures =
        store.requiresNew("counting messages", c -> overview.figures(c, counters));
    return new Status(
        figures,
        figures.waiting() == 0
            ? Optional.empty()
            : Optional.of(Duration.ofSeconds(figures.oldestSeconds())),
        trouble.get());
  }

  @Override
  public Page<Message> list(Optional<State> state, long offset, int limit) {
    OutboxOverview overview = overview();
    return store.join("listing messages", c -> overview.list(c, state, offset, limit));
  }

  @Override
  public Detail get(String key) {
    OutboxOverview overview = overview();
    return store
        .join("reading a message", c -> overview.find(c, key))
        .orElseThrow(() -> unknown(key));
  }

  private static OpenLedgerException unknown(String key) {
    String shown = key.length() > 80 ? key.substring(0, 80) + "…" : key;
    return new OpenLedgerException(
        ErrorCode.CHAIN_MESSAGE_UNKNOWN,
        "no message '" + shown.replaceAll("\\p{Cntrl}", "?") + "'",
        "the business key of a message that was stored",
        "list the messages");
  }

  @Override
  public Detail retry(String key) {
    return wish(key, "RETRY", true, "one that waits, was reverted or was cancelled");
  }

  @Override
  public Detail cancel(String key) {
    return wish(key, "CANCEL", false, "one that is not final");
  }

  @Override
  public Detail paid(String key, Hash256 transaction, long block) {
    overview();
    requireOurs(key, "PAID");
    Entry entry = entry(key).orElseThrow(() -> unknown(key));
    if (!entry.unproven() || !attested.settle(entry, transaction, block, by())) {
      throw refused(get(key), "one that may have been paid, which no endpoint shows");
    }
    counters.finalized.incrementAndGet();
    LOG.log(
        System.Logger.Level.INFO,
        "message {0} was paid by transaction 0x{1}, as an administrator has found",
        key,
        transaction.hex());
    return get(key);
  }

  private Optional<Entry> entry(String key) {
    return store.join("reading a message", c -> new OutboxRows(identity).find(c, key));
  }

  /** Whoever has the key of a message, and nobody else, can do anything about it. */
  private void requireOurs(String key, String wish) {
    entry(key)
        .filter(e -> !e.signer().equals(identity.signer()) || e.chainId() != identity.chainId())
        .ifPresent(
            e -> {
              throw new OpenLedgerException(
                  ErrorCode.CHAIN_REFUSED,
                  "the wish "
                      + wish
                      + " for message "
                      + key
                      + ", which "
                      + e.signer()
                      + " signed for chain "
                      + e.chainId(),
                  "messages of " + identity.signer() + " on chain " + identity.chainId(),
                  "ask a node that has that key; if none has it any more, configure it again");
            });
  }

  private Detail wish(String key, String wish, boolean settledToo, String allowed) {
    OutboxOverview overview = overview();
    requireOurs(key, wish);
    boolean written =
        store.join(
            "wishing " + wish + " of a message",
            c -> overview.wish(c, key, wish, by(), settledToo));
    Detail now = get(key);
    if (!written) {
      throw refused(now, allowed);
    }
    return now;
  }

  private String by() {
    String name = caller.tenant();
    return name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) : name;
  }

  private static OpenLedgerException refused(Detail now, String allowed) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        "message "
            + now.message().key()
            + " is "
            + now.message().state()
            + now.message().wish().map(w -> " with the wish " + w).orElse(""),
        allowed,
        "look at its state again");
  }
}
