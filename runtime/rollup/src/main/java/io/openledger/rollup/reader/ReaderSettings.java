package io.openledger.rollup.reader;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is read, and how much at once.
 *
 * @param deployment names the chain and the contracts on it: another value begins anew
 * @param contracts names of contracts, such as {@code RewardDistributor}, by address; 1 or more
 * @param firstBlock before which the contracts were not there
 * @param interval between two looks at the chain; zero: only when asked to
 * @param lease how long a node reads before another may, should it say nothing any more
 * @param blocksAtOnce most blocks in one question for events, 1 to 10 000; halved while a node
 *     refuses
 * @param mostUnsettled most blocks that are read before they are final
 * @param notice how long after its block a change of a parameter takes effect at the earliest; zero
 *     where that is not known
 */
public record ReaderSettings(
    Hash256 deployment,
    Map<ChainAddress, String> contracts,
    long firstBlock,
    Duration interval,
    Duration lease,
    int blocksAtOnce,
    int mostUnsettled,
    Duration notice) {

  /** Blocks that {@link io.openledger.chain.connector.rpc.ChainClient#logs} takes. */
  private static final int MOST_BLOCKS = 10_000;

  /** In an address book: the delay of the parameters' contract. */
  private static final String CHANGE_DELAY = "parameters.change-delay";

  public ReaderSettings {
    contracts = Map.copyOf(contracts);
    if (firstBlock < 0) {
      throw OpenLedgerException.invalid("first block", firstBlock, "0 or more");
    }
    if (interval.isNegative()) {
      throw OpenLedgerException.invalid("interval", interval, "zero or more");
    }
    if (lease.compareTo(Duration.ofSeconds(1)) < 0) {
      throw OpenLedgerException.invalid("lease", lease, "a second or more");
    }
    if (blocksAtOnce < 1 || blocksAtOnce > MOST_BLOCKS) {
      throw OpenLedgerException.invalid("blocks at once", blocksAtOnce, "1 to " + MOST_BLOCKS);
    }
    if (mostUnsettled < 1) {
      throw OpenLedgerException.invalid("unsettled blocks", mostUnsettled, "1 or more");
    }
    if (notice.isNegative()) {
      throw OpenLedgerException.invalid("notice", notice, "zero or more");
    }
  }

  /** The contracts of an address book, as {@link #of(Hash256, Map, long)} reads them. */
  public static ReaderSettings of(AddressBook book) {
    Map<ChainAddress, String> contracts = new TreeMap<>();
    book.contracts().forEach((name, entry) -> contracts.put(entry.address(), name.contract()));
    String identity = book.chainId() + "\n" + book.genesis() + "\n" + contracts;
    // the contract's own delay, which never changes: the book was compared with it before anything
    // was read
    String notice = book.parameters().getOrDefault(CHANGE_DELAY, "");
    return of(Hash256.sha256(identity), contracts, book.block())
        .withNotice(notice.isEmpty() ? Duration.ZERO : duration(notice));
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new OpenLedgerException(
          ErrorCode.CONFIGURATION_INVALID,
          CHANGE_DELAY + " in the address book is no time",
          "a time such as P1D, the delay of the parameters' contract",
          "correct the address book, or attach the contracts anew",
          e);
    }
  }

  /** With another notice of changes. */
  public ReaderSettings withNotice(Duration changed) {
    return new ReaderSettings(
        deployment, contracts, firstBlock, interval, lease, blocksAtOnce, mostUnsettled, changed);
  }

  /**
   * Every 2 seconds, the pace of an OP-Stack rollup's blocks; a lease of a minute; ranges of 2 000
   * blocks, which most providers take; a day of blocks that are not final.
   */
  public static ReaderSettings of(
      Hash256 deployment, Map<ChainAddress, String> contracts, long firstBlock) {
    return new ReaderSettings(
        deployment,
        contracts,
        firstBlock,
        Duration.ofSeconds(2),
        Duration.ofMinutes(1),
        2_000,
        43_200,
        Duration.ZERO);
  }
}
