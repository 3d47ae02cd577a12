package io.openledger.chain;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.chain.merkle.AccountTree;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Executor;

/** A tree of accounts with the threads that help it. */
final class LedgerAccounts implements Settlement.Accounts {

  private final AccountTree tree;
  private final Executor helpers;

  LedgerAccounts(AccountTree tree, Executor helpers) {
    this.tree = tree;
    this.helpers = helpers;
  }

  @Override
  public long epoch() {
    return tree.epoch();
  }

  @Override
  public Wei total() {
    return tree.total();
  }

  @Override
  public Optional<Wei> amount(ChainAddress address) {
    return tree.amount(address);
  }

  @Override
  public void update(long epoch, Collection<Total> changed) {
    tree.update(epoch, changed, helpers);
  }

  @Override
  public Settlement.Accounts copy() {
    return new LedgerAccounts(tree.copy(), helpers);
  }

  @Override
  public Hash256 digest() {
    return LeafFile.digest(tree).digest();
  }

  @Override
  public Hash256 publish(Path file) {
    return LeafFile.write(file, tree).digest();
  }

  @Override
  public Hash256 root() {
    return tree.root();
  }

  @Override
  public int leaves() {
    return tree.leaves();
  }

  @Override
  public Optional<EpochProof> proof(ChainAddress address) {
    return tree.proof(address);
  }
}
