package io.openledger.rollup.epochs;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.runtime.Caller;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.ledger.LedgerEpoch;
import io.openledger.runtime.rollup.Claimable;
import io.openledger.runtime.rollup.Claims;
import io.openledger.runtime.rollup.PaidClaim;
import io.openledger.runtime.rollup.WalletCall;
import io.openledger.runtime.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Claims against the root that is active on chain. Safe for any thread and any number of nodes. */
public final class ClaimService implements Claims {

  private static final long GAS_OF_BATCH = 150_000;

  /** A slot, an event, the 50 000 that a payee has, a new account, and the item's calldata. */
  private static final long GAS_OF_ITEM = 150_000;

  /** 512 for 32 bytes of calldata, and hashing. */
  private static final long GAS_OF_SIBLING = 1200;

  private final ClaimSettings settings;
  private final Store store;
  private final Epochs epochs;
  private final Outbox outbox;
  private final Distributor distributor;
  private volatile @Nullable Terms terms;

  /** What the contract was made with. */
  private record Terms(Wei minimum, Optional<ChainAddress> staking) {}

  public ClaimService(
      ClaimSettings settings, Store store, Epochs epochs, Outbox outbox, ChainClient client) {
    this.settings = settings;
    this.store = store;
    this.epochs = epochs;
    this.outbox = outbox;
    this.distributor = new Distributor(client, settings.distributor().contract());
  }

  private Terms terms() {
    Terms known = terms;
    if (known == null) {
      // they never change
      known = new Terms(distributor.minimumClaim(), distributor.staking());
      terms = known;
    }
    return known;
  }

  /** What an account can claim of the active root. */
  private record Due(
      AccountId account, ChainAddress address, Optional<EpochProof> proof, Wei claimed) {

    Wei cumulative() {
      return proof.map(EpochProof::cumulative).orElse(Wei.ZERO);
    }

    Wei amount() {
      return cumulative().compareTo(claimed) > 0 ? cumulative().minus(claimed) : Wei.ZERO;
    }
  }

  private Due due(AccountId account, Optional<LedgerEpoch> active) {
    ChainAddress address = epochs.address(account);
    return new Due(
        account,
        address,
        active.flatMap(epoch -> epochs.proof(epoch.number(), address)),
        distributor.claimed(address));
  }

  @Override
  public Claimable of(AccountId account, OptionalLong stake) {
    Distributor.State state = distributor.state();
    Due due = due(account, active(state));
    Wei earned =
        epochs
            .last()
            .flatMap(last -> epochs.proof(last.number(), due.address()))
            .map(EpochProof::cumulative)
            .orElse(Wei.ZERO);
    Optional<Instant> next =
        state.latest.sequence() > state.active.sequence()
            ? Optional.of(state.pending(state.active.sequence() + 1).activeAt())
            : Optional.empty();
    Optional<WalletCall> call =
        due.proof()
            .filter(p -> due.amount().compareTo(terms().minimum()) >= 0)
            .map(p -> stake.isPresent() ? staked(p, stake.getAsLong()) : distributor.claimPacked(p))
            .map(data -> new WalletCall(distributor.address(), hex(data)));
    return new Claimable(
        account,
        due.address(),
        distributor.chainId(),
        distributor.address(),
        terms().staking(),
        earned,
        due.claimed(),
        terms().minimum(),
        due.proof(),
        call,
        next,
        state.time(),
        settings.walletUrl());
  }

  private byte[] staked(EpochProof proof, long configuration) {
    if (terms().staking().isEmpty()) {
      throw OpenLedgerException.invalid(
          "configuration of a stake", configuration, "none: the contract has no staking");
    }
    return distributor.claimToStake(proof, configuration);
  }

  private static String hex(byte[] data) {
    return "0x" + HexFormat.of().formatHex(data);
  }

  /**
   * The ledger's epoch of the active root, if there is one: no proof is made against a root that it
   * did not make.
   */
  private Optional<LedgerEpoch> active(Distributor.State state) {
    Distributor.Root active = state.active;
    if (active.sequence() == 0) {
      return Optional.empty();
    }
    Optional<LedgerEpoch> ours =
        epochs.find(active.epoch()).filter(e -> e.epoch().root().equals(active.root()));
    if (ours.isEmpty()) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_INCONSISTENT,
          "the active root " + active.root() + " of epoch " + active.epoch(),
          "a root that this ledger has made",
          "find out who posts to this contract, or which backup this database is of");
    }
    return ours;
  }

  @Override
  public List<PaidClaim> pay(Caller caller, List<AccountId> accounts) {
    if (accounts.isEmpty() || accounts.size() > MOST) {
      throw OpenLedgerException.invalid("number of accounts", accounts.size(), "1 to " + MOST);
    }
    accounts.forEach(account -> requireMay(caller, account));
    Optional<LedgerEpoch> active = active(distributor.state());
    List<Due> enough = new ArrayList<>();
    Set<ChainAddress> addresses = new HashSet<>();
    for (AccountId account : accounts) {
      Due due = due(account, active);
      // two accounts of one address have one leaf
      if (enough(due) && addresses.add(due.address())) {
        enough.add(due);
      }
    }
    enough.sort(Comparator.comparing(Due::address));
    if (enough.isEmpty()) {
      return List.of();
    }
    return store.join(
        "handing over claims",
        c -> {
          String plain = settings.distributor().key(key(enough));
          // whom the contract skips, it skips again, and the server pays for each time
          Submission next = Submission.next(outbox, plain, Submission.BY_ITSELF, this::skipped);
          OutboxMessage message =
              next.submit(
                  outbox,
                  key ->
                      new ChainIntent(
                          key, distributor.address(), Wei.ZERO, data(enough), gas(enough)));
          return enough.stream().map(due -> paid(due, message)).toList();
        });
  }

  /** What is final and has left something to claim was skipped by the contract. */
  private boolean skipped(String businessKey) {
    return outbox
        .find(businessKey)
        .filter(message -> message.state() == OutboxMessage.State.FINALIZED)
        .isPresent();
  }

  /**
   * A batch skips a payee whose payment has too little gas, and succeeds all the same: an estimate
   * would find the gas with which it pays nobody.
   */
  private static OptionalLong gas(List<Due> claims) {
    long gas = GAS_OF_BATCH;
    for (Due claim : claims) {
      gas += GAS_OF_ITEM + GAS_OF_SIBLING * claim.proof().orElseThrow().siblings().size();
    }
    return OptionalLong.of(gas);
  }

  private boolean enough(Due due) {
    Wei amount = due.amount();
    return amount.compareTo(terms().minimum()) >= 0 && amount.compareTo(settings.minimum()) >= 0;
  }

  private static void requireMay(Caller caller, AccountId account) {
    boolean own =
        account.kind() == AccountId.Kind.CONTRIBUTOR
            && caller.user().filter(account.name()::equals).isPresent();
    if (caller.user().isPresent() && !own && !caller.is(Caller.Role.ADMIN)) {
      throw new OpenLedgerException(
          ErrorCode.FORBIDDEN,
          "a user who has the server claim for another account",
          "the user's own account, or the role " + Caller.Role.ADMIN.label(),
          "claim with the account's own wallet, or ask an administrator");
    }
  }

  /**
   * One claim has a key of its own, so that it is made once. Of a batch it is made of its content:
   * what is in two batches is paid by the first and skipped by the contract in the second.
   */
  private static String key(List<Due> claims) {
    if (claims.size() == 1) {
      return "claim/" + claims.get(0).address() + "/" + claims.get(0).cumulative();
    }
    StringBuilder content = new StringBuilder();
    claims.forEach(c -> content.append(c.address()).append('/').append(c.cumulative()).append(' '));
    return "claims/" + Hash256.sha256(content.toString()).hex();
  }

  private byte[] data(List<Due> claims) {
    List<EpochProof> proofs = claims.stream().map(c -> c.proof().orElseThrow()).toList();
    // a payee alone would have all the gas: what its contract does with it is not ours to pay
    return distributor.claimMany(proofs);
  }

  private static PaidClaim paid(Due due, OutboxMessage message) {
    return new PaidClaim(
        due.account(),
        due.address(),
        due.cumulative(),
        due.amount(),
        message.businessKey(),
        message.state().name(),
        message.transaction());
  }
}
