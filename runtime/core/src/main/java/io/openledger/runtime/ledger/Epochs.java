package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.LeafData;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.runtime.provenance.ReceiptChain;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * Closes epochs and proves against them. Safe for any thread and any number of nodes: an epoch is
 * closed under a lock of the database, in one transaction with what listeners write.
 *
 * <p>An epoch costs what was earned since the one before it, and its rows are the accounts that
 * changed. Above 250 lines with its documentation because closing, proving and publishing share one
 * rule of what an epoch is.
 */
public final class Epochs {

  private static final System.Logger LOG = System.getLogger(Epochs.class.getName());

  private final Store store;
  private final Settlement settlement;
  private final Clock clock;
  private final EpochSettings settings;
  private final EpochTrees trees;
  private final EpochFiles files;
  private final Earned earned = new Earned();
  private final List<EpochListener> listeners = new CopyOnWriteArrayList<>();

  private volatile Length length = c -> Optional.empty();
  private volatile Optional<Duration> longest;

  /** How long the epoch that runs is, by somebody else's word. */
  @FunctionalInterface
  public interface Length {

    /** Empty if nothing is said of it. */
    Optional<Duration> of(Connection c) throws SQLException;
  }

  /**
   * @param helpers threads that may help where there are many accounts
   * @param folder where published amounts are kept
   */
  public Epochs(
      Store store,
      Settlement settlement,
      Clock clock,
      EpochSettings settings,
      Executor helpers,
      Path folder) {
    this.store = store;
    this.settlement = settlement;
    this.clock = clock;
    this.settings = settings;
    this.longest = settings.longest(Optional.empty());
    this.trees = new EpochTrees(settlement, helpers);
    this.files = new EpochFiles(folder, settings.keptFiles());
  }

  /**
   * Closes epochs by this too, as {@link EpochSettings#longest} has it. It is asked in the
   * transaction that closes, and must say the same on all nodes.
   */
  public void follow(Length chain) {
    length = chain;
  }

  EpochSettings settings() {
    return settings;
  }

  /** How long what was earned waited at most when it was last looked at; empty: for ever. */
  Optional<Duration> longest() {
    return longest;
  }

  /** Tells of epochs that are closed from now on, on this node. */
  public void listen(EpochListener listener) {
    listeners.add(listener);
  }

  /** Tells one that was to {@link #listen} of no more epochs. */
  public void forget(EpochListener listener) {
    listeners.remove(listener);
  }

  /** A listener failed; what it has done is undone with the transaction. */
  private static final class ListenerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ListenerException(RuntimeException cause) {
      super(String.valueOf(cause.getMessage()), cause);
    }
  }

  /** See {@link io.openledger.api.reward.RewardLedger#closeEpoch()}. */
  public Epoch close() {
    // in transactions of their own, so that answers are linked on while the epoch is closed
    ReceiptChain.seal(store);
    return close(false).orElseThrow(() -> new IllegalStateException("an epoch that nobody asked"));
  }

  /** Closes an epoch if there is one to close by the settings. */
  public Optional<Epoch> closeIfDue() {
    ReceiptChain.seal(store);
    return store.requiresNew("looking whether an epoch is due", this::due)
        ? close(true)
        : Optional.empty();
  }

  private boolean due(Connection c) throws SQLException {
    synchronized (earned) {
      Optional<Duration> now = settings.longest(length.of(c));
      longest = now;
      return earned.due(c, settings, now, clock.instant());
    }
  }

  /**
   * What came of closing.
   *
   * @param last the last epoch; empty if it was not yet time for another
   * @param closed if it was closed now
   */
  private record Closing(Optional<Epoch> last, Optional<LedgerEpoch> closed) {}

  private Optional<Epoch> close(boolean ifDue) {
    Closing closing;
    try {
      closing = transact(ifDue, listeners);
    } catch (ListenerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the epoch is closed without what goes with it, which is tried again later: {0}",
          e.getMessage());
      closing = transact(ifDue, List.of());
    }
    closing.closed().ifPresent(this::tellClosed);
    return closing.last();
  }

  private void tellClosed(LedgerEpoch epoch) {
    for (EpochListener listener : listeners) {
      try {
        listener.closed(epoch);
      } catch (RuntimeException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "epoch {0} is closed, and what hears of it failed: {1}",
            Long.toString(epoch.number()),
            e.getMessage());
      }
    }
  }

  private Closing transact(boolean ifDue, List<EpochListener> told) {
    // of its own: an epoch is a fact about what has committed, whatever becomes of the caller's
    // work
    return store.requiresNew("closing an epoch", c -> close(c, ifDue, told));
  }

  private Closing close(Connection c, boolean ifDue, List<EpochListener> told) throws SQLException {
    Sql.lock(c, "epoch");
    if (ifDue && !due(c)) {
      // another node was first
      return new Closing(Optional.empty(), Optional.empty());
    }
    Optional<LedgerEpoch> last = EpochRows.last(c);
    long number = last.map(LedgerEpoch::number).orElse(0L) + 1;
    long after = last.map(LedgerEpoch::receipts).orElse(0L);
    ReceiptChain.Head head = ReceiptChain.head(c, after + settings.receipts());
    boolean full = head.number() - after == settings.receipts();
    Settlement.Accounts tree = before(c, last);
    List<Total> changed = changed(tree, EpochRows.earned(c, number, after, head.number()));
    if (changed.isEmpty() && !full && last.filter(LedgerEpoch::ofAccounts).isPresent()) {
      return new Closing(last.map(LedgerEpoch::epoch), Optional.empty());
    }
    tree.update(number, changed);
    if (last.filter(l -> !l.ofAccounts()).isPresent()) {
      requireNotLess(tree, EpochRows.leaves(c, last.get().number()));
    }
    Epoch epoch =
        new Epoch(
            number,
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            tree.root(),
            tree.leaves(),
            tree.total(),
            head.value(),
            Optional.of(files.write(number, tree::publish).orElseGet(tree::digest)));
    LedgerEpoch closed = new LedgerEpoch(epoch, LedgerEpoch.ACCOUNTS, after, head.number());
    EpochRows.insert(c, closed, changed);
    tell(told, closed);
    store.afterCommit(() -> trees.closed(tree));
    return new Closing(Optional.of(epoch), Optional.of(closed));
  }

  private static void tell(List<EpochListener> told, LedgerEpoch closed) {
    for (EpochListener listener : told) {
      try {
        listener.closing(closed);
      } catch (RuntimeException e) {
        throw new ListenerException(e);
      }
    }
  }

  /** A tree of the epoch before, to be changed. */
  private Settlement.Accounts before(Connection c, Optional<LedgerEpoch> last) throws SQLException {
    return last.isPresent() && last.get().ofAccounts()
        ? trees.last(c, last.get()).copy()
        : trees.empty();
  }

  private static List<Total> changed(Settlement.Accounts tree, List<Total> earned) {
    return earned.stream()
        .map(
            more ->
                new Total(
                    more.address(),
                    tree.amount(more.address()).orElse(Wei.ZERO).plus(more.cumulative())))
        .toList();
  }

  /** The first tree in which accounts keep their places takes nothing from anybody. */
  private static void requireNotLess(Settlement.Accounts tree, List<Total> before) {
    for (Total had : before) {
      Wei has = tree.amount(had.address()).orElse(Wei.ZERO);
      if (has.compareTo(had.cumulative()) < 0) {
        throw new OpenLedgerException(
            ErrorCode.LEDGER_INCONSISTENT,
            had.address() + " has " + has + " wei, and had " + had.cumulative() + " before",
            "amounts that do not shrink",
            "leave the epoch open and compare the entries of the accounts paid to this address");
      }
    }
  }

  List<Epoch> latest(int limit) {
    return store.join(
        "listing epochs",
        c -> EpochRows.latest(c, limit).stream().map(LedgerEpoch::epoch).toList());
  }

  /** The last epoch, if one was closed. */
  public Optional<LedgerEpoch> last() {
    return store.join("finding the last epoch", EpochRows::last);
  }

  /** An epoch, if it was closed. */
  public Optional<LedgerEpoch> find(long number) {
    return store.join("finding an epoch", c -> EpochRows.find(c, number));
  }

  /** The epoch that covers a receipt, by the receipt's number, if one does. */
  public Optional<LedgerEpoch> covering(long receipt) {
    return store.join("finding an epoch", c -> EpochRows.covering(c, receipt));
  }

  /** Epochs from one on, in their order. */
  public List<LedgerEpoch> from(long first, int limit) {
    return store.join("listing epochs", c -> EpochRows.from(c, first, limit));
  }

  // Readers make what takes long outside of the transaction in which they have found it: a
  // connection is not held for those who wait.

  private LedgerEpoch require(long number) {
    return store.join("finding an epoch", c -> EpochRows.require(c, number));
  }

  /** See {@link io.openledger.api.reward.RewardLedger#leafData}. */
  LeafData leafData(long number) {
    LedgerEpoch epoch = require(number);
    return files.get(
        epoch,
        file ->
            epoch.ofAccounts()
                ? trees.of(store, epoch).publish(file)
                : trees.alone(() -> settlement.publish(file, number, leaves(number))));
  }

  private List<Total> leaves(long number) {
    return store.requiresNew("reading an epoch", c -> EpochRows.leaves(c, number));
  }

  /** See {@link io.openledger.api.reward.RewardLedger#proof}. */
  public EpochProof proof(long number, AccountId account) {
    LedgerEpoch epoch = require(number);
    return proof(epoch, address(account))
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.ACCOUNT_UNKNOWN,
                    "account " + account + " has no leaf in epoch " + number,
                    "an account that had earned something by then",
                    "ask for a later epoch"));
  }

  /**
   * What an address has earned by an epoch, with the proof, if anything.
   *
   * @throws io.openledger.api.BusyException if the epoch's tree has to be made while another one's
   *     is
   */
  public Optional<EpochProof> proof(long number, ChainAddress address) {
    return proof(require(number), address);
  }

  /**
   * Where an account is paid.
   *
   * @throws OpenLedgerException {@link ErrorCode#ACCOUNT_UNKNOWN}, {@link
   *     ErrorCode#ACCOUNT_WITHOUT_ADDRESS}
   */
  public ChainAddress address(AccountId account) {
    return store.join("finding an address", c -> address(c, account));
  }

  private static ChainAddress address(Connection c, AccountId account) throws SQLException {
    Optional<ChainAddress> address = Accounts.address(c, account);
    if (address.isPresent()) {
      return address.get();
    }
    if (LedgerRows.account(c, account).isEmpty()) {
      throw CallerLedger.unknown(account);
    }
    throw new OpenLedgerException(
        ErrorCode.ACCOUNT_WITHOUT_ADDRESS,
        "account " + account + " has no address",
        "an account with an address on the rollup",
        "give its address with the next contribution or in the configuration,"
            + " and ask again after the next epoch");
  }

  private Optional<EpochProof> proof(LedgerEpoch epoch, ChainAddress address) {
    if (epoch.ofAccounts()) {
      return trees.of(store, epoch).proof(address);
    }
    // rebuilt from the leaves that were stored with it: a tree is a function of them alone
    return trees.alone(
        () -> {
          Settlement.Tree tree =
              settlement.close(epoch.number(), leaves(epoch.number()), List.of());
          if (!tree.root().equals(epoch.epoch().root())) {
            throw EpochTrees.inconsistent(epoch.number());
          }
          return tree.proof(address);
        });
  }
}
