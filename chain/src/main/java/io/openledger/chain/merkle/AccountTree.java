package io.openledger.chain.merkle;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement.Total;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * What every account has earned ever, as a Merkle tree in which an account keeps its place: epoch
 * after epoch, only what changed is hashed.
 *
 * <p>An account's place is given by the epoch in which it first earned, and within that epoch by
 * its address. Leaves and pairs are those of {@link StandardMerkleTree}, so that the same contracts
 * verify the proofs; the tree is another one, because there an account's place is given by its
 * leaf's hash, which every wei changes.
 *
 * <p>An update of {@code k} of {@code n} accounts takes some {@code k · log n} hashes, and {@code 4
 * n} bytes are moved where accounts are new. Keeps 120 bytes an account: record 52, nodes 64, order
 * of addresses 4. A refused update changes nothing. Updated by one thread, and read by any number
 * while nobody updates it; {@link #copy} gives a later epoch a tree of its own.
 */
public final class AccountTree {

  /** The most accounts. */
  public static final int MAX_LEAVES = StandardMerkleTree.MAX_LEAVES;

  /** Bytes of an account in {@link #record}. */
  public static final int RECORD_BYTES = Records.BYTES;

  /**
   * The accounts that first earned in an epoch. They stand together, in the order of addresses.
   *
   * @param epoch which epoch, from 1
   * @param accounts how many, from 1
   */
  public record Section(long epoch, int accounts) {
    public Section {
      if (epoch < 1) {
        throw OpenLedgerException.invalid("epoch of a section", epoch, "1 or more");
      }
      if (accounts < 1) {
        throw OpenLedgerException.invalid("accounts of a section", accounts, "1 or more");
      }
    }
  }

  private static final Executor NOBODY =
      task -> {
        throw new RejectedExecutionException("nobody helps");
      };

  private final Records records;
  private final AddressOrder order;
  private final GrowingTree nodes;
  private final List<Section> sections;
  private long epoch;
  private BigInteger total;

  /** The tree of epoch 0, in which nobody has earned. */
  public AccountTree() {
    this(new Records(), new AddressOrder(), new GrowingTree(), new ArrayList<>());
  }

  private AccountTree(
      Records records, AddressOrder order, GrowingTree nodes, List<Section> sections) {
    this.records = records;
    this.order = order;
    this.nodes = nodes;
    this.sections = sections;
    this.total = BigInteger.ZERO;
  }

  /** Builds the tree of what was published: all records in their order. */
  public static final class Builder {
    private final Records records = new Records();
    private final List<Section> sections = new ArrayList<>();
    private BigInteger total = BigInteger.ZERO;
    private int left;

    /**
     * Begins a section.
     *
     * @throws OpenLedgerException {@link ErrorCode#LEAF_DATA_BROKEN} if the section before is not
     *     full, or its epoch is not below this one's, or there are too many accounts
     */
    public Builder section(Section section) {
      requireFull();
      if (!sections.isEmpty() && last(sections).epoch() >= section.epoch()) {
        throw broken(
            "a section of epoch " + section.epoch() + " after one of " + last(sections).epoch(),
            "sections of rising epochs");
      }
      if (section.accounts() > MAX_LEAVES - records.size()) {
        throw broken(
            records.size() + " accounts and a section of " + section.accounts() + " more",
            "at most " + MAX_LEAVES);
      }
      sections.add(section);
      left = section.accounts();
      return this;
    }

    /**
     * Takes the next account of the section.
     *
     * @param from holds the address's 20 and the amount's 32 bytes at {@code at}
     * @throws OpenLedgerException {@link ErrorCode#LEAF_DATA_BROKEN} if its address is not above
     *     the one before, its amount is zero, or all amounts together do not fit into 256 bits
     */
    public Builder account(byte[] from, int at) {
      if (left == 0) {
        throw broken("an account after a full section", "as many accounts as it says");
      }
      records.append(from, at);
      int index = records.size() - 1;
      if (left < last(sections).accounts()
          && records.compareAddresses(index - 1, records, index) >= 0) {
        throw broken(
            records.address(index) + " after " + records.address(index - 1),
            "within a section, addresses in ascending order, each once");
      }
      if (records.isZero(index)) {
        throw broken(records.address(index) + " with 0 wei", "accounts that have earned");
      }
      total = total.add(records.amount(index).value());
      if (total.bitLength() > 256) {
        throw broken("amounts of more than 2^256 - 1 wei together", "what fits into 256 bits");
      }
      left--;
      return this;
    }

    /** As {@link #account(byte[], int)}. */
    public Builder account(Total total) {
      Records one = new Records();
      one.append(total.address(), total.cumulative());
      byte[] record = new byte[Records.BYTES];
      one.get(0, record, 0);
      return account(record, 0);
    }

    /** The sum of all amounts that it took, in wei. */
    public Wei total() {
      return new Wei(total);
    }

    /**
     * Hashes all.
     *
     * @param epoch whose tree it is, not below that of the last section
     * @throws OpenLedgerException {@link ErrorCode#LEAF_DATA_BROKEN} if the last section is not
     *     full or is of a later epoch, or an address stands in two sections
     */
    public AccountTree build(long epoch) {
      return build(epoch, NOBODY);
    }

    /**
     * As {@link #build(long)}.
     *
     * @param helpers threads that may help; the work is done without them too
     */
    public AccountTree build(long epoch, Executor helpers) {
      requireFull();
      if (!sections.isEmpty() && last(sections).epoch() > epoch) {
        throw broken(
            "a section of epoch " + last(sections).epoch() + " in the tree of epoch " + epoch,
            "sections of no later epoch");
      }
      int[] sorted = AddressOrder.sorted(records);
      requireDistinct(records, sorted, ErrorCode.LEAF_DATA_BROKEN);
      AccountTree tree = new AccountTree(records, new AddressOrder(), new GrowingTree(), sections);
      tree.order.set(sorted);
      tree.nodes.update(records, new int[0], 0, helpers);
      tree.total = total;
      tree.epoch = epoch;
      return tree;
    }

    private void requireFull() {
      if (left > 0) {
        throw broken(
            left + " accounts fewer in the section of epoch " + last(sections).epoch(),
            "as many accounts as it says");
      }
    }
  }

  /** The epoch of the last update. */
  public long epoch() {
    return epoch;
  }

  /** How many accounts. */
  public int leaves() {
    return records.size();
  }

  /** The root; {@link Hash256#ZERO} without accounts. The root of one account is its leaf. */
  public Hash256 root() {
    return leaves() == 0 ? Hash256.ZERO : nodes.root();
  }

  /** The sum of all amounts. */
  public Wei total() {
    return new Wei(total);
  }

  /** Which accounts stand where, in their order. */
  public List<Section> sections() {
    return List.copyOf(sections);
  }

  /**
   * Copies an account's 20 bytes of address and 32 of amount.
   *
   * @param index from 0 to {@link #leaves} − 1
   */
  public void record(int index, byte[] into, int at) {
    if (index < 0 || index >= leaves()) {
      throw OpenLedgerException.invalid("index", index, "0 to " + (leaves() - 1));
    }
    records.get(index, into, at);
  }

  /** What an address has earned, if anything. */
  public Optional<Wei> amount(ChainAddress address) {
    int index = order.find(records, Records.bytes(address), 0);
    return index < 0 ? Optional.empty() : Optional.of(records.amount(index));
  }

  /** The proof of what an address has earned, if anything. Takes some microseconds. */
  public Optional<EpochProof> proof(ChainAddress address) {
    int index = order.find(records, Records.bytes(address), 0);
    return index < 0
        ? Optional.empty()
        : Optional.of(
            new EpochProof(epoch, root(), address, records.amount(index), nodes.proof(index)));
  }

  /** A tree of its own, equal to this one. Takes as long as copying its bytes. */
  public AccountTree copy() {
    AccountTree copy =
        new AccountTree(records.copy(), order.copy(), nodes.copy(), new ArrayList<>(sections));
    copy.epoch = epoch;
    copy.total = total;
    return copy;
  }

  /**
   * Closes an epoch.
   *
   * @param now its number, above the last one
   * @param totals what addresses have earned ever; in any order, each once. Those whose amounts did
   *     not change may be among them or not
   * @throws OpenLedgerException {@link ErrorCode#INVALID_ARGUMENT} if the epoch is not newer or
   *     there are too many accounts; {@link ErrorCode#LEDGER_INCONSISTENT} if an address stands
   *     twice, a total is lower than it was, or all together do not fit into 256 bits
   */
  public void update(long now, Collection<Total> totals) {
    update(now, totals, NOBODY);
  }

  /**
   * As {@link #update(long, Collection)}.
   *
   * @param helpers threads that may help; the work is done without them too
   */
  public void update(long now, Collection<Total> totals, Executor helpers) {
    if (now <= epoch) {
      throw OpenLedgerException.invalid("epoch", now, "above " + epoch);
    }
    if (totals.size() > MAX_LEAVES) {
      throw OpenLedgerException.invalid("number of totals", totals.size(), "at most " + MAX_LEAVES);
    }
    Records changes = new Records();
    totals.forEach(t -> changes.append(t.address(), t.cumulative()));
    Changes found = compare(changes);
    found.apply(helpers);
    if (found.added > 0) {
      sections.add(new Section(now, found.added));
    }
    total = found.total;
    epoch = now;
  }

  /** What an update changes, checked before anything is written. */
  private final class Changes {
    final Records from;
    final int[] sorted;
    // of each change in order of addresses: the account that it changes, or −1 − its place, or
    // UNCHANGED
    final int[] at;
    BigInteger total = AccountTree.this.total;
    int added;
    int changed;

    static final int UNCHANGED = Integer.MIN_VALUE;

    Changes(Records from, int[] sorted) {
      this.from = from;
      this.sorted = sorted;
      this.at = new int[sorted.length];
    }

    void apply(Executor helpers) {
      int[] accounts = new int[changed];
      int[] places = new int[added];
      int first = records.size();
      int c = 0;
      int a = 0;
      byte[] record = new byte[Records.BYTES];
      for (int i = 0; i < sorted.length; i++) {
        if (at[i] >= 0) {
          records.setAmount(at[i], from, sorted[i]);
          accounts[c++] = at[i];
        } else if (at[i] != UNCHANGED) {
          from.get(sorted[i], record, 0);
          records.append(record, 0);
          places[a++] = -1 - at[i];
        }
      }
      Arrays.sort(accounts);
      order.insert(places, added, first);
      nodes.update(records, accounts, changed, helpers);
    }
  }

  private Changes compare(Records from) {
    int[] sorted = AddressOrder.sorted(from);
    requireDistinct(from, sorted, ErrorCode.LEDGER_INCONSISTENT);
    Changes changes = new Changes(from, sorted);
    byte[] record = new byte[Records.BYTES];
    for (int i = 0; i < sorted.length; i++) {
      from.get(sorted[i], record, 0);
      int index = order.find(records, record, 0);
      Wei amount = from.amount(sorted[i]);
      int compared = index < 0 ? 1 : from.compareAmounts(sorted[i], records, index);
      if (compared < 0) {
        throw inconsistent(
            from.address(sorted[i])
                + " has "
                + amount
                + " wei, and had "
                + records.amount(index)
                + " in epoch "
                + epoch,
            "amounts that do not shrink");
      }
      changes.at[i] = compared == 0 ? Changes.UNCHANGED : index;
      if (compared > 0) {
        BigInteger before = index < 0 ? BigInteger.ZERO : records.amount(index).value();
        changes.total = changes.total.add(amount.value()).subtract(before);
        changes.added += index < 0 ? 1 : 0;
        changes.changed += index < 0 ? 0 : 1;
      }
    }
    if (changes.total.bitLength() > 256) {
      throw inconsistent(
          "all accounts together have more than 2^256 - 1 wei", "what fits into 256 bits");
    }
    if (changes.added > MAX_LEAVES - leaves()) {
      throw OpenLedgerException.invalid(
          "number of accounts", (long) leaves() + changes.added, "at most " + MAX_LEAVES);
    }
    return changes;
  }

  private static void requireDistinct(Records records, int[] sorted, ErrorCode code) {
    for (int i = 1; i < sorted.length; i++) {
      if (records.compareAddresses(sorted[i - 1], records, sorted[i]) == 0) {
        String arrived =
            records.address(sorted[i])
                + " stands twice, with "
                + records.amount(sorted[i - 1])
                + " and "
                + records.amount(sorted[i])
                + " wei";
        throw code == ErrorCode.LEAF_DATA_BROKEN
            ? broken(arrived, "each address once")
            : inconsistent(arrived, "each address once");
      }
    }
  }

  private static Section last(List<Section> sections) {
    return sections.get(sections.size() - 1);
  }

  private static OpenLedgerException inconsistent(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.LEDGER_INCONSISTENT,
        arrived,
        allowed,
        "leave the epoch open and compare the entries of the accounts paid to these addresses");
  }

  private static OpenLedgerException broken(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.LEAF_DATA_BROKEN,
        "leaf data with " + arrived,
        allowed,
        "fetch the leaf data again, from another server if it stays broken");
  }
}
