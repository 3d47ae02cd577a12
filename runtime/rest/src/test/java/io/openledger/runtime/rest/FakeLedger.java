package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.reward.Account;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.LeafData;
import io.openledger.api.reward.LedgerEntry;
import io.openledger.api.reward.RewardLedger;
import io.openledger.api.reward.Statement;
import io.openledger.api.reward.Wei;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A ledger in which alice has earned 2²⁰⁰ wei and the payer owes them. */
final class FakeLedger implements RewardLedger {

  private static final AccountId ALICE = AccountId.parse("contributor:alice");
  private static final ChainAddress ADDRESS = new ChainAddress("0x" + "ab".repeat(20));

  private static final LedgerEntry ENTRY =
      new LedgerEntry(
          9,
          "tx-1",
          ALICE,
          FakeServer.HUGE,
          FeeRole.CONTRIBUTORS,
          Optional.of(FakeServer.RECEIPT),
          Optional.of(ContributionId.parse("clauses:1")),
          FakeServer.NOW);

  @Override
  public Page<Account> accounts(long offset, int limit) {
    return new Page<>(List.of(account(ALICE).orElseThrow()), 1, offset, limit);
  }

  @Override
  public Optional<Account> account(AccountId account) {
    return account.equals(ALICE)
        ? Optional.of(
            new Account(
                ALICE, Optional.of(ADDRESS), FakeServer.HUGE.negate(), new Wei(FakeServer.HUGE), 1))
        : Optional.empty();
  }

  @Override
  public Page<LedgerEntry> entries(AccountId account, long offset, int limit) {
    return new Page<>(List.of(ENTRY), 1, offset, limit);
  }

  @Override
  public Statement statement(AccountId account, Instant from, Instant to) {
    return new Statement(
        account,
        from,
        to,
        BigInteger.ZERO,
        FakeServer.HUGE,
        List.of(ENTRY),
        Wei.of(7),
        new ChainStanding.Known(ADDRESS, Wei.of(5), Wei.of(3), Wei.of(1), 12, 10));
  }

  @Override
  public List<Epoch> epochs(int limit) {
    return List.of(closeEpoch());
  }

  @Override
  public Epoch closeEpoch() {
    return new Epoch(
        4,
        FakeServer.NOW,
        Hash256.ZERO,
        1,
        new Wei(FakeServer.HUGE),
        Hash256.ZERO,
        Optional.of(Hash256.ZERO));
  }

  @Override
  public LeafData leafData(long epoch) {
    if (epoch != 4) {
      throw new OpenLedgerException(
          ErrorCode.EPOCH_UNKNOWN, "epoch " + epoch, "1 to 4", "list the epochs");
    }
    try {
      Path file = Files.createTempFile("epoch", ".leaves");
      file.toFile().deleteOnExit();
      Files.writeString(file, "leaves");
      return new LeafData(epoch, Hash256.ZERO, Hash256.sha256("leaves"), 6, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public EpochProof proof(long epoch, AccountId account) {
    if (epoch != 4) {
      throw new OpenLedgerException(
          ErrorCode.EPOCH_UNKNOWN, "epoch " + epoch, "1 to 4", "list the epochs");
    }
    return new EpochProof(
        epoch, Hash256.ZERO, ADDRESS, new Wei(FakeServer.HUGE), List.of(Hash256.ZERO));
  }
}
