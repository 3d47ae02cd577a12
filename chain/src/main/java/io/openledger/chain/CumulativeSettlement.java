package io.openledger.chain;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.chain.merkle.AccountTree;
import io.openledger.chain.merkle.AmountLeaf;
import io.openledger.chain.merkle.StandardMerkleTree;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The settlement that needs no chain: cumulative amounts, so that a root replaces the one before it
 * and nothing that was not claimed is lost.
 */
public final class CumulativeSettlement implements Settlement {

  /** For {@link java.util.ServiceLoader}. */
  public CumulativeSettlement() {}

  /**
   * {@inheritDoc}
   *
   * <p>Takes time in proportion to n log n, and about 64 bytes of tree and one map entry for each
   * address.
   */
  @Override
  public Tree close(long epoch, List<Total> totals, List<Total> previous) {
    if (epoch < 1) {
      throw OpenLedgerException.invalid("epoch", epoch, "1 or more");
    }
    if (totals.size() > StandardMerkleTree.MAX_LEAVES) {
      throw OpenLedgerException.invalid(
          "number of totals", totals.size(), "at most " + StandardMerkleTree.MAX_LEAVES);
    }
    Map<ChainAddress, Wei> now = byAddress(totals, "epoch " + epoch);
    Map<ChainAddress, Wei> before = byAddress(previous, "the epoch before");
    before.forEach((address, had) -> requireNotLess(address, had, now.get(address)));
    return new CumulativeTree(epoch, now);
  }

  @Override
  public Accounts accounts(long epoch, SortedMap<Long, List<Total>> firstEarned, Executor helpers) {
    AccountTree.Builder builder = new AccountTree.Builder();
    firstEarned.forEach(
        (first, totals) -> {
          builder.section(new AccountTree.Section(first, totals.size()));
          totals.forEach(builder::account);
        });
    return new LedgerAccounts(builder.build(epoch, helpers), helpers);
  }

  @Override
  public Hash256 publish(Path file, long epoch, List<Total> totals) {
    return LeafFile.writeStandard(file, epoch, totals).digest();
  }

  @Override
  public boolean verify(EpochProof proof) {
    Hash256 leaf = AmountLeaf.hash(proof.address(), proof.cumulative());
    return StandardMerkleTree.verify(proof.root(), leaf, proof.siblings());
  }

  @Override
  public ChainAddress parseAddress(String typed) {
    return Eip55.parse(typed);
  }

  private static Map<ChainAddress, Wei> byAddress(List<Total> totals, String where) {
    Map<ChainAddress, Wei> result = new HashMap<>(totals.size() * 4 / 3 + 1);
    for (Total total : totals) {
      Wei first = result.putIfAbsent(total.address(), total.cumulative());
      if (first != null) {
        throw inconsistent(
            total.address()
                + " stands twice in "
                + where
                + ", with "
                + first
                + " and "
                + total.cumulative()
                + " wei",
            "each address once");
      }
    }
    return result;
  }

  private static void requireNotLess(ChainAddress address, Wei had, @Nullable Wei has) {
    if (has == null) {
      throw inconsistent(
          address + " is missing, and had " + had + " wei in the epoch before",
          "every address of the epoch before");
    }
    if (has.compareTo(had) < 0) {
      throw inconsistent(
          address + " has " + has + " wei, and had " + had + " in the epoch before",
          "amounts that do not shrink");
    }
  }

  private static OpenLedgerException inconsistent(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.LEDGER_INCONSISTENT,
        arrived,
        allowed,
        "leave the epoch open and compare the entries of the accounts paid to this address");
  }
}
