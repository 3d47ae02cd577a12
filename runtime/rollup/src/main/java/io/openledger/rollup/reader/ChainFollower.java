package io.openledger.rollup.reader;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings the stored blocks one step nearer to the chain: takes back what the chain has taken back;
 * else settles a range of blocks that have become final; else reads on. The chain is asked outside
 * of transactions; then one transaction, which first makes sure that the place is still the one
 * that was asked for, writes. So a step may fail or be killed anywhere and is simply made again.
 *
 * <p>For one thread at a time. Above the usual length because it is one algorithm.
 */
final class ChainFollower {

  private static final System.Logger LOG = System.getLogger(ChainFollower.class.getName());

  /** Blocks that are not final are asked for one by one: so many in one transaction. */
  private static final int HEADERS_AT_ONCE = 64;

  /** What came of a step. */
  enum Step {
    /** Something changed: there may be more. */
    MOVED,
    /** All that the chain has was read. */
    LEVEL,
    /** The chain or the place moved meanwhile: to be tried again a little later. */
    UNSTEADY
  }

  /** Heights at the last look, and what was found since the start. */
  record Figures(ReaderCursor cursor, long chainHead, long takenBack, long undecoded) {}

  private final ChainClient client;
  private final Store store;
  private final EventDecoder decoder;
  private final EventLogs logs;
  private final ReaderRows rows;
  private final ReaderSettings settings;
  private final List<EventListener> listeners;
  private Optional<Figures> figures = Optional.empty();
  private long takenBack;
  private long undecoded = -1;
  private String unsteady = "";

  ChainFollower(
      ChainClient client, Store store, ReaderSettings settings, List<EventListener> listeners) {
    this.client = client;
    this.store = store;
    this.settings = settings;
    this.decoder = new EventDecoder(settings.contracts());
    this.logs = new EventLogs(client, decoder, settings.blocksAtOnce());
    this.rows = new ReaderRows(settings.deployment());
    this.listeners = List.copyOf(listeners);
  }

  Optional<Figures> figures() {
    return figures;
  }

  /** Why the last step that was {@link Step#UNSTEADY} was. */
  String unsteady() {
    return unsteady;
  }

  private Step unsteady(String why) {
    unsteady = why;
    return Step.UNSTEADY;
  }

  private Step moved(boolean done) {
    return done ? Step.MOVED : unsteady("another node moved the place meanwhile");
  }

  /**
   * One step.
   *
   * @throws OpenLedgerException {@link ErrorCode#CHAIN_DISPUTED} if the chain's final history is
   *     not ours; what the chain and the store throw
   */
  Step step() {
    ReaderCursor at = cursor();
    BlockHeader settled = client.head(Finality.FINALIZED);
    BlockHeader newest = client.head(Finality.UNSAFE);
    figures = Optional.of(new Figures(at, newest.number(), takenBack, Math.max(0, undecoded)));
    requireSameHistory(at, settled, newest);
    if (newest.number() < at.head() && has(newest.number(), newest.hash())) {
      // who answers is behind, on the same chain
      return Step.LEVEL;
    }
    long common = common(at);
    if (common < at.head()) {
      return takeBack(at, common);
    }
    if (settled.number() > at.finalized()) {
      return settle(at, settled);
    }
    if (newest.number() > at.head()) {
      return readOn(at, newest);
    }
    return Step.LEVEL;
  }

  private ReaderCursor cursor() {
    Optional<ReaderCursor> known =
        store.requiresNew(
            "looking how far the chain was read",
            c -> {
              if (undecoded < 0) {
                undecoded = rows.undecoded(c);
              }
              return rows.cursor(c);
            });
    return known.orElseGet(this::begin);
  }

  // A block that is final: what is before the contracts has no events of theirs, so beginning
  // earlier costs nothing but blocks.
  private ReaderCursor begin() {
    long before = Math.max(0, settings.firstBlock() - 1);
    BlockHeader settled = client.head(Finality.FINALIZED);
    BlockHeader after =
        settled.number() <= before ? settled : client.block(before).orElseThrow(() -> gone(before));
    return store.requiresNew(
        "beginning to read the chain",
        c -> {
          rows.begin(c, client.chainId(), after);
          return rows.cursor(c).orElseThrow();
        });
  }

  private static OpenLedgerException gone(long number) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_UNAVAILABLE,
        "no block " + number + " at those who answer, although it is final",
        "nodes that have the blocks since the contracts were deployed",
        "look whether the nodes are synchronised and keep their history");
  }

  private void requireSameHistory(ReaderCursor at, BlockHeader settled, BlockHeader newest) {
    Optional<BlockHeader> theirs = client.block(at.finalized());
    if (theirs.isEmpty()) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "the chain's newest block is "
              + newest.number()
              + ", and "
              + at.finalized()
              + " was final before",
          "nodes that have what was final",
          "wait until the nodes are synchronised; nothing was changed");
    }
    if (!theirs.get().hash().equals(at.finalizedHash())) {
      boolean certain = settled.number() >= at.finalized();
      throw new OpenLedgerException(
          ErrorCode.CHAIN_DISPUTED,
          "block "
              + at.finalized()
              + " was final with hash "
              + at.finalizedHash()
              + " and is "
              + (certain ? "final now with hash " : "now, although not yet final, one with hash ")
              + theirs.get().hash(),
          "a chain that keeps what was final",
          "find out who is wrong: the nodes (wrong chain, forged or broken), or the database (a"
              + " backup of another chain); what was read is kept, and reading goes on by itself"
              + " when the chain is that one again");
    }
  }

  private boolean has(long number, Hash256 hash) {
    return store
        .requiresNew("finding a block", c -> rows.block(c, number))
        .filter(hash::equals)
        .isPresent();
  }

  /** The highest of our blocks that the chain has: if it has one, then all below, too. */
  private long common(ReaderCursor at) {
    if (at.head() == at.finalized() || chainHas(at.head(), at.headHash())) {
      return at.head();
    }
    long low = at.finalized();
    long high = at.head();
    // the chain has low and not high
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      Hash256 ours =
          store.requiresNew("finding a block", c -> rows.block(c, middle)).orElse(Hash256.ZERO);
      if (chainHas(middle, ours)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean chainHas(long number, Hash256 hash) {
    return client.block(number).map(BlockHeader::hash).filter(hash::equals).isPresent();
  }

  private Step takeBack(ReaderCursor at, long common) {
    boolean done =
        store.requiresNew(
            "taking back blocks of the chain",
            c -> rows.unmoved(c, at) && removeAbove(c, common, at.head()));
    if (done) {
      takenBack += at.head() - common;
      LOG.log(
          System.Logger.Level.INFO,
          "the chain took back {0} blocks, from {1} on",
          at.head() - common,
          common + 1);
    }
    return moved(done);
  }

  private boolean removeAbove(Connection c, long common, long head) throws SQLException {
    List<EventLog> gone = rows.logs(c, common + 1, head);
    Map<Long, Instant> times = rows.times(c, common + 1, head);
    for (int i = gone.size() - 1; i >= 0; i--) {
      EventLog log = gone.get(i);
      ReadEvent read = read(log, times.getOrDefault(log.block(), Instant.EPOCH));
      if (read.event().isPresent()) {
        for (EventListener listener : listeners) {
          listener.undo(c, read.event().get());
        }
      }
    }
    rows.removeEventsAbove(c, common);
    rows.removeBlocksAbove(c, common);
    return true;
  }

  private Step settle(ReaderCursor at, BlockHeader settled) {
    long from = at.finalized() + 1;
    EventLogs.Range range = logs.read(from, settled.number());
    BlockHeader end = header(range.to());
    Map<Long, BlockHeader> headers = new HashMap<>();
    headers.put(end.number(), end);
    BlockHeader first = headers.computeIfAbsent(from, this::header);
    if (!first.parent().equals(at.finalizedHash())) {
      return unsteady("the parent of block " + from + " is not the block before it");
    }
    Optional<EventLog> stray = stray(range.logs(), headers);
    if (stray.isPresent()) {
      return unsteady(told(stray.get()));
    }
    // asked for twice: one wrong answer taken for final would be in dispute with the chain for ever
    if (!chainHas(end.number(), end.hash())) {
      return unsteady("block " + end.number() + " is final and disputed");
    }
    long known = Math.min(at.head(), end.number());
    List<EventLog> before = store.requiresNew("finding events", c -> rows.logs(c, from, known));
    if (!same(before, upTo(range.logs(), known)) && !same(again(range, from), range.logs())) {
      // whoever answers is not of one mind: one of the readings may be a lie
      return unsteady("the events of blocks " + from + " to " + end.number() + " are disputed");
    }
    List<ReadEvent> read = range.logs().stream().map(l -> read(l, timeOf(l, headers))).toList();
    boolean done = store.requiresNew("settling blocks of the chain", c -> settle(c, at, end, read));
    if (done && read.stream().anyMatch(e -> e.event().isEmpty())) {
      undecoded = -1;
    }
    return moved(done);
  }

  private List<EventLog> again(EventLogs.Range range, long from) {
    EventLogs.Range second = logs.read(from, range.to());
    return second.to() == range.to() ? second.logs() : List.of();
  }

  private static List<EventLog> upTo(List<EventLog> found, long block) {
    return found.stream().filter(l -> l.block() <= block).toList();
  }

  private static boolean same(List<EventLog> a, List<EventLog> b) {
    return a.stream()
        .map(ReadEvent::fingerprint)
        .toList()
        .equals(b.stream().map(ReadEvent::fingerprint).toList());
  }

  private boolean settle(Connection c, ReaderCursor at, BlockHeader end, List<ReadEvent> read)
      throws SQLException {
    if (!rows.unmoved(c, at)) {
      return false;
    }
    if (end.number() <= at.head()
        && rows.block(c, end.number()).filter(end.hash()::equals).isEmpty()) {
      // the chain moved since it was compared
      return false;
    }
    // of these blocks, so many have been read before they were final
    long known = Math.min(at.head(), end.number());
    List<EventLog> before = rows.logs(c, at.finalized() + 1, known);
    List<EventLog> now = upTo(read.stream().map(ReadEvent::log).toList(), known);
    if (!same(before, now)) {
      // somebody answered wrongly when these blocks were new: what is final counts
      LOG.log(
          System.Logger.Level.WARNING,
          "the events of blocks {0} to {1} were {2} when they were new and are {3} now that they"
              + " are final; they are read again",
          at.finalized() + 1,
          known,
          before.size(),
          now.size());
      removeAbove(c, at.finalized(), at.head());
      apply(c, read);
    } else {
      apply(c, read.stream().filter(e -> e.log().block() > known).toList());
    }
    rows.settle(c, end);
    for (EventListener listener : listeners) {
      listener.settled(c, end.number(), end.time());
    }
    return true;
  }

  private Step readOn(ReaderCursor at, BlockHeader newest) {
    long room = settings.mostUnsettled() - (at.head() - at.finalized());
    if (room <= 0) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "no block after " + at.finalized() + " became final, of " + settings.mostUnsettled(),
          "blocks that become final",
          "look at the rollup's batcher and at L1; reading goes on by itself when they do");
    }
    long from = at.head() + 1;
    long to = Math.min(newest.number(), at.head() + Math.min(room, HEADERS_AT_ONCE));
    List<BlockHeader> blocks = new ArrayList<>();
    Map<Long, BlockHeader> headers = new HashMap<>();
    Hash256 parent = at.headHash();
    for (long number = from; number <= to; number++) {
      Optional<BlockHeader> next = client.block(number);
      if (next.isEmpty() || !next.get().parent().equals(parent)) {
        return unsteady("block " + number + " was reorganised while it was asked for");
      }
      parent = next.get().hash();
      blocks.add(next.get());
      headers.put(number, next.get());
    }
    EventLogs.Range range = logs.read(from, to);
    blocks.removeIf(b -> b.number() > range.to());
    BlockHeader last = blocks.get(blocks.size() - 1);
    // asked for again: the events may be those of another chain that has none in these blocks
    Optional<EventLog> stray = stray(range.logs(), headers);
    if (stray.isPresent()) {
      return unsteady(told(stray.get()));
    }
    if (!chainHas(last.number(), last.hash())) {
      return unsteady("block " + last.number() + " was reorganised while it was asked for");
    }
    List<ReadEvent> read = range.logs().stream().map(l -> read(l, timeOf(l, headers))).toList();
    boolean done =
        store.requiresNew(
            "reading blocks of the chain",
            c -> {
              if (!rows.unmoved(c, at)) {
                return false;
              }
              rows.addBlocks(c, blocks);
              apply(c, read);
              return true;
            });
    if (done && read.stream().anyMatch(e -> e.event().isEmpty())) {
      undecoded = -1;
    }
    return moved(done);
  }

  private BlockHeader header(long number) {
    return client.block(number).orElseThrow(() -> gone(number));
  }

  /** A log that is not of the block that the chain has at its number, if there is one. */
  private Optional<EventLog> stray(List<EventLog> found, Map<Long, BlockHeader> headers) {
    for (EventLog log : found) {
      BlockHeader header = headers.computeIfAbsent(log.block(), this::header);
      if (!header.hash().equals(log.blockHash())) {
        return Optional.of(log);
      }
    }
    return Optional.empty();
  }

  private static String told(EventLog stray) {
    return "an event is said to be of block "
        + stray.block()
        + " with hash "
        + stray.blockHash()
        + ", which is another one";
  }

  private static Instant timeOf(EventLog log, Map<Long, BlockHeader> headers) {
    return Optional.ofNullable(headers.get(log.block())).orElseThrow().time();
  }

  private ReadEvent read(EventLog log, Instant time) {
    try {
      return decoder.decode(log, time);
    } catch (OpenLedgerException e) {
      String contract =
          Optional.ofNullable(decoder.contracts().get(log.address())).orElse("unknown");
      LOG.log(
          System.Logger.Level.WARNING,
          "an event of {0} in block {1}, transaction {2}, cannot be decoded and is kept as it is:"
              + " {3}",
          contract,
          log.block(),
          log.transaction(),
          e.getMessage());
      return ReadEvent.undecoded(log, time, contract);
    }
  }

  private void apply(Connection c, List<ReadEvent> read) throws SQLException {
    rows.addEvents(c, read);
    for (ReadEvent e : read) {
      if (e.event().isPresent()) {
        for (EventListener listener : listeners) {
          listener.apply(c, e.event().get());
        }
      }
    }
  }
}
