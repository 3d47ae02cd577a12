package io.openledger.rollup.governance;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.ProposalId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.ContractAbi;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EventFilter;
import io.openledger.chain.connector.rpc.EventLog;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads the announcements from the governor's events, from its deployment on, in ranges that shrink
 * where a node refuses them and grow again. Where its reading is, and the last texts of final
 * blocks, are kept in memory; what is not final yet is read anew each time. A call reads at most
 * {@value #RANGES} ranges, so that the first one after a start does not wait for years of blocks:
 * those after it go on where it stopped.
 *
 * <p>A text is an ornament: a proposal is shown without it where it cannot be read. One reader at a
 * time; others wait a second, and go without.
 */
public final class LogProposals implements ProposalSource {

  private static final System.Logger LOG = System.getLogger(LogProposals.class.getName());

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int RANGES = 20;
  private static final long WIDEST = 10_000;

  /** Characters of the texts that are kept; the oldest are forgotten first. */
  private static final long KEPT_CHARS = 8L << 20;

  /** The event's data with its text as bytes: what is no UTF-8 must keep its hash. */
  private static final AbiSignature DATA =
      AbiSignature.parse(
          "e(uint256,address,address[],uint256[],bytes[],bytes[],uint256,uint256,bytes)");

  private final ChainClient chain;
  private final EventFilter filter;
  private final Lock reading = new ReentrantLock();
  private final Map<ProposalId, Announcement> kept = new LinkedHashMap<>();
  private long keptChars;
  private long next;
  private long width = WIDEST;

  /**
   * @param governor whose proposals
   * @param from the block of its deployment, or one before
   */
  public LogProposals(ChainClient chain, ChainAddress governor, long from) {
    this.chain = chain;
    this.filter =
        new EventFilter(
            Set.of(governor),
            Set.of(
                ContractAbi.load(ContractName.OPEN_LEDGER_GOVERNOR)
                    .event("ProposalCreated")
                    .topic()));
    this.next = from;
  }

  @Override
  public Optional<Announcement> announcement(ProposalId id, long upTo) {
    try {
      if (!reading.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return Optional.empty(); // found by a later call, when the one before has read on
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    try {
      return find(id, upTo);
    } finally {
      reading.unlock();
    }
  }

  private Optional<Announcement> find(ProposalId id, long upTo) {
    if (kept.containsKey(id)) {
      return Optional.ofNullable(kept.get(id));
    }
    long stays = Math.min(chain.head(Finality.FINALIZED).number(), upTo);
    int left = RANGES;
    while (next <= stays && left > 0) {
      left--;
      long to = Math.min(stays, next + width - 1);
      Optional<List<EventLog>> logs = read(next, to);
      if (logs.isEmpty()) {
        continue;
      }
      logs.get().forEach(this::keep);
      next = to + 1;
      width = Math.min(WIDEST, width * 2);
    }
    Optional<Announcement> known = Optional.ofNullable(kept.get(id));
    return known.isPresent() ? known : fresh(id, upTo, left);
  }

  /** Looks through what may still be undone, from the newest block back; keeps nothing. */
  private Optional<Announcement> fresh(ProposalId id, long upTo, int ranges) {
    long to = upTo;
    long step = WIDEST;
    for (int left = ranges; to >= next && left > 0; left--) {
      long from = Math.max(next, to - step + 1);
      try {
        for (EventLog log : chain.logs(filter, from, to)) {
          Optional<Created> created = created(log);
          if (created.isPresent() && created.get().id().equals(id)) {
            return Optional.of(created.get().announcement());
          }
        }
        to = from - 1;
      } catch (OpenLedgerException e) {
        if (step == 1) {
          to--;
        }
        step = Math.max(1, step / 8);
      }
    }
    return Optional.empty();
  }

  /** The logs of a range; empty if it is to be tried again, smaller. */
  private Optional<List<EventLog>> read(long from, long to) {
    try {
      return Optional.of(chain.logs(filter, from, to));
    } catch (OpenLedgerException e) {
      if (from < to) {
        width = Math.max(1, width / 8);
        return Optional.empty();
      }
      if (e.code() == ErrorCode.CHAIN_UNAVAILABLE && !answers()) {
        throw e;
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "proposals of block {0} are shown without their texts: {1}",
          Long.toString(from),
          e.getMessage());
      return Optional.of(List.of());
    }
  }

  /** Whether it is this block, and not the chain as a whole, that cannot be read. */
  private boolean answers() {
    try {
      chain.head(Finality.UNSAFE);
      return true;
    } catch (OpenLedgerException e) {
      return false;
    }
  }

  private void keep(EventLog log) {
    created(log)
        .ifPresent(
            c -> {
              if (kept.putIfAbsent(c.id(), c.announcement()) == null) {
                keptChars += weight(c.announcement());
              }
            });
    var oldest = kept.entrySet().iterator();
    while (keptChars > KEPT_CHARS && oldest.hasNext()) {
      keptChars -= weight(oldest.next().getValue());
      oldest.remove();
    }
  }

  /** An empty text takes room too. */
  private static long weight(Announcement announcement) {
    return announcement.text().shown().length() + 100L;
  }

  private static Optional<Created> created(EventLog log) {
    try {
      List<Object> values = DATA.decodeArguments(log.data());
      return Optional.of(
          new Created(
              new ProposalId((BigInteger) values.get(0)),
              Announcement.of((byte[]) values.get(8), ChainView.instant(values.get(7)))));
    } catch (OpenLedgerException e) {
      return Optional.empty(); // more calls than are read: the proposal is shown without its text
    }
  }

  private record Created(ProposalId id, Announcement announcement) {}
}
