package io.openledger.rollup.outbox;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.Attempt.Kind;
import io.openledger.rollup.outbox.OutboxRows.Made;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Periodic;
import io.openledger.runtime.rollup.OutboxAdministration;
import io.openledger.runtime.rollup.OutboxFigures;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * The outbox over the server's database: one key on one chain. Any number of nodes share it; each
 * stores messages, and one at a time, by a lease, sends them.
 *
 * <p>What makes it pay once: a business key has one row for ever; the row and its nonce are written
 * in one transaction; bytes are told only once they are committed; whatever else is signed for the
 * message has the same nonce, of which a chain includes one; and another nonce is signed only when
 * the former bytes are dead for good. What makes it lose nothing: a row that is not final is told
 * again and again.
 *
 * <p>It is long because all that storing a message takes stands here in its order, before the lock
 * and under it.
 */
public final class JdbcOutbox implements Outbox, AutoCloseable {

  /** A refusal for want of room says to come back after so long. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

  /**
   * Messages that this server stores at once where the key is elsewhere. All but the first may have
   * to be signed while they hold the nonce, so the last waits for so many signatures at most: 40 s,
   * with the 5 s that a signer has to answer, where transactions may take 120 s or more.
   */
  static final int MOST_ELSEWHERE = 8;

  private final Store store;
  private final ChainClient chain;
  private final Identity identity;
  private final OutboxSettings settings;
  private final OutboxRows rows;
  private final Signing signing;
  private final Nonces nonces;
  private final Market market;
  private final Semaphore elsewhere = new Semaphore(MOST_ELSEWHERE);
  private final Counters counters = new Counters();
  private final Sender sender;
  private final Periodic ticks;

  /**
   * Asks and starts nothing yet.
   *
   * @param signer whose nonces these are; not closed here
   * @param holder names this node in the lease, for people: 1 to 64 characters
   * @param executor makes turns after {@link #start}
   * @param nanoTime as {@link System#nanoTime}
   */
  public JdbcOutbox(
      Store store,
      ChainClient chain,
      Signer signer,
      String holder,
      OutboxSettings settings,
      ScheduledExecutorService executor,
      LongSupplier nanoTime) {
    if (holder.isEmpty() || holder.length() > 64) {
      throw OpenLedgerException.invalidText("node's name", holder, "1 to 64 characters");
    }
    this.store = store;
    this.chain = chain;
    this.settings = settings;
    this.identity = new Identity(settings.chainId(), signer.address());
    this.rows = new OutboxRows(identity);
    this.signing = new Signing(identity, signer, nanoTime);
    this.nonces = new Nonces(store, chain, identity);
    this.market = new Market(chain, settings.feeCeiling(), settings.bump(), nanoTime);
    this.sender =
        new Sender(
            store, chain, identity, holder, signing, nonces, market, counters, settings, nanoTime);
    this.ticks = new Periodic(sender::tick, executor, settings.interval());
  }

  /** Begins to send, whenever this node has the lease. */
  public void start() {
    ticks.start();
  }

  @Override
  public OutboxMessage submit(ChainIntent intent) {
    String key = intent.businessKey();
    if (key.startsWith(Gaps.PREFIX)) {
      throw OpenLedgerException.invalidText(
          "business key", key, "keys that do not begin with " + Gaps.PREFIX);
    }
    if (intent.data().length > Eip1559Transaction.MAX_DATA) {
      throw OpenLedgerException.invalid(
          "calldata",
          intent.data().length + " bytes",
          "at most " + Eip1559Transaction.MAX_DATA + " bytes");
    }
    store.requireUsable("storing a message for the chain");
    Hash256 content = Signing.content(identity.chainId(), intent);
    Optional<OutboxMessage> there =
        store.join("looking for a message", c -> existing(c, key, content));
    if (there.isPresent()) {
      return there.get();
    }
    // all that may take time is done before anybody has to queue
    nonces.require();
    intent.gasLimit().ifPresent(settings.gas()::check);
    long gas = intent.gasLimit().orElseGet(() -> estimate(intent));
    Fees fees = market.offer();
    if (!signing.remote()) {
      return store(new Draft(intent, content, fees, gas, Optional.empty()));
    }
    if (!elsewhere.tryAcquire()) {
      throw new BusyException(
          "a message for the chain while " + MOST_ELSEWHERE + " wait for a signature",
          "at most " + MOST_ELSEWHERE + " at once where the key is elsewhere",
          RETRY_AFTER);
    }
    try {
      // whoever signs far away is found to be slow or silent before anybody has to queue
      long next = store.join("reading the next nonce", nonces::read);
      Signed early = new Signed(next, signing.call(intent, next, fees, gas));
      return store(new Draft(intent, content, fees, gas, Optional.of(early)));
    } finally {
      elsewhere.release();
    }
  }

  /**
   * Bytes that were signed for the nonce that seemed to be next. They are stored if it is, and
   * forgotten if it is not.
   */
  private record Signed(long nonce, SignedTransaction bytes) {}

  /** A message that has no nonce yet. */
  private record Draft(
      ChainIntent intent, Hash256 content, Fees fees, long gas, Optional<Signed> early) {}

  private OutboxMessage store(Draft draft) {
    return store.join("storing a message for the chain", c -> insert(c, draft));
  }

  /** To be called by whoever holds the lock. */
  private Made made(Draft draft, long nonce) {
    return new Made(
        draft
            .early()
            .filter(signed -> signed.nonce() == nonce)
            .map(Signed::bytes)
            .orElseGet(
                () -> {
                  if (signing.remote()) {
                    signing.requireAnswering();
                  }
                  return signing.call(draft.intent(), nonce, draft.fees(), draft.gas());
                }),
        draft.fees());
  }

  private Optional<OutboxMessage> existing(Connection c, String key, Hash256 content)
      throws SQLException {
    Optional<Entry> found = rows.find(c, key);
    if (found.isPresent() && !found.get().content().equals(content)) {
      throw new OpenLedgerException(
          ErrorCode.INVALID_ARGUMENT,
          "business key "
              + key
              + " with other content than it was used for before"
              + (found.get().chainId() == identity.chainId()
                  ? ""
                  : ", on chain " + found.get().chainId()),
          "one content for a key, for ever: receiver, value, calldata and chain",
          "use another key for another thing");
    }
    return found.map(Entry::message);
  }

  private long estimate(ChainIntent intent) {
    long estimate =
        chain.estimateGas(
            new Call(
                Optional.of(identity.signer()),
                Optional.of(intent.to()),
                intent.value(),
                intent.data()));
    return settings.gas().limit(estimate, intent.data());
  }

  private OutboxMessage insert(Connection c, Draft draft) throws SQLException {
    String key = draft.intent().businessKey();
    long nonce = nonces.lock(c);
    // whoever was before us in the queue may have stored the same
    Optional<OutboxMessage> there = existing(c, key, draft.content());
    if (there.isPresent()) {
      return there.get();
    }
    if (rows.full(c, nonce, settings.maxWaiting())) {
      throw new BusyException(
          "a message for the chain while " + settings.maxWaiting() + " or more wait",
          "at most " + settings.maxWaiting() + " that are not final",
          RETRY_AFTER);
    }
    Made made = made(draft, nonce);
    rows.insert(c, key, draft.content(), nonce, Kind.CALL, made);
    nonces.next(c, nonce + 1);
    return rows.find(c, key)
        .map(Entry::message)
        .orElseThrow(() -> new SQLException("a row that was just written is not there"));
  }

  @Override
  public Optional<OutboxMessage> find(String businessKey) {
    return store.join("looking for a message", c -> rows.find(c, businessKey).map(Entry::message));
  }

  /**
   * One turn of the sender, for programs that make turns themselves.
   *
   * @return whether this node holds the lease
   * @throws OpenLedgerException what chain or store throw; the next turn goes on
   */
  boolean turn() {
    return sender.turn();
  }

  /** What stands in the way of all messages, in words; empty if nothing does. Asks nobody. */
  public Optional<String> trouble() {
    return sender.trouble();
  }

  /** The numbers, for metrics. Costs two counts of what is not final. */
  public OutboxFigures figures() {
    return store.requiresNew(
        "counting messages", c -> new OutboxOverview(identity).figures(c, counters));
  }

  /** The administrator's view, for one caller. */
  public OutboxAdministration administration(Caller caller) {
    return new CallerOutbox(
        store,
        identity,
        counters,
        sender::trouble,
        new Attested(chain, store, rows, nonces),
        caller);
  }

  /** Sends no more, and lets another node. What is stored stays. Idempotent. */
  @Override
  public void close() {
    ticks.close();
    sender.close();
  }
}
