package io.openledger.chain.connector.bridge;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.bridge.Proposals.Proof;
import io.openledger.chain.connector.bridge.Proposals.Proposal;
import io.openledger.chain.connector.bridge.Proposals.Standing;
import io.openledger.chain.connector.bridge.RollupNodes.Verified;
import io.openledger.chain.connector.bridge.WithdrawalStatus.Stage;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From the rollup to L1, in three transactions: initiated on the rollup, proven on L1 against a
 * state that was proposed there, finalised on L1 when the time to object is over (days on public
 * chains). Safe for any number of threads.
 *
 * <p>A withdrawal is named by the transaction that initiated it and by its number among that
 * transaction's withdrawals, 0 for nearly all.
 */
public final class Withdrawals {

  /** Gas on L1 for who is called there; enough for the receive function of a wallet. */
  public static final long GAS = 100_000;

  /**
   * Proposals that {@link #prove} tries before it gives up: half of them the oldest, which are
   * settled first, and half the newest, so that whoever proposes much that is wrong does not hide
   * what is right.
   */
  public static final int TRIES = 48;

  private static final AbiSignature INITIATE =
      AbiSignature.parse("initiateWithdrawal(address,uint256,bytes)");
  private static final AbiSignature BRIDGE_TOKEN =
      AbiSignature.parse("withdrawTo(address,address,uint256,uint32,bytes)");
  private static final String TRANSACTION = "(uint256,address,address,uint256,uint256,bytes)";
  private static final AbiSignature PROVE =
      AbiSignature.parse(
          "proveWithdrawalTransaction("
              + TRANSACTION
              + ",uint256,(bytes32,bytes32,bytes32,bytes32),bytes[])");
  private static final AbiSignature FINALISE =
      AbiSignature.parse("finalizeWithdrawalTransaction(" + TRANSACTION + ")");
  private static final AbiSignature FINALISE_PROOF_OF =
      AbiSignature.parse("finalizeWithdrawalTransactionExternalProof(" + TRANSACTION + ",address)");
  private static final View FINALIZED = new View("finalizedWithdrawals(bytes32)", "(bool)");
  private static final View LOCKBOX = new View("ethLockbox()", "(address)");

  private final Portal portal;
  private final RollupNodes nodes;

  Withdrawals(Portal portal, RollupNodes nodes) {
    this.portal = portal;
    this.nodes = nodes;
  }

  /**
   * Begins to withdraw the rollup's native coin.
   *
   * @param to who gets it on L1
   * @param amount 1 wei or more
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if this chain's native coin cannot be
   *     withdrawn so, or if what is sent to this address would be lost
   */
  public BridgeCall nativeCoin(ChainAddress to, Wei amount) {
    GasToken token = portal.expectedGasToken();
    if (!(token instanceof GasToken.Ether) && !(token instanceof GasToken.PortalToken)) {
      throw refused(
          "the rollup's native coin is not withdrawn through the message passer: " + token,
          "ether, or a token that the portal keeps",
          "use the bridge that the chain's operator names; nothing was sent");
    }
    boolean lost =
        to.equals(ChainAddress.ZERO)
            || to.equals(portal.address())
            || token.equals(new GasToken.PortalToken(to));
    if (lost) {
      throw refused(
          "the receiver is " + to + ", which the portal pays nothing to",
          "the address of somebody on L1",
          "correct the receiver; nothing was sent");
    }
    checkAmount(amount);
    return new BridgeCall(
        Layer.ROLLUP,
        BridgeAddresses.MESSAGE_PASSER,
        amount,
        INITIATE.encodeCall(to, BigInteger.valueOf(GAS), new byte[0]),
        "withdraw " + amount + " wei of the native coin to " + to + " on L1");
  }

  /**
   * Begins to withdraw a token that the standard bridge made on the rollup.
   *
   * @param rollupToken OptimismMintableERC20 on the rollup
   * @param to who gets the token on L1
   * @param amount in the token's smallest unit, 1 or more
   */
  public BridgeCall token(ChainAddress rollupToken, ChainAddress to, Wei amount) {
    if (to.equals(ChainAddress.ZERO)) {
      throw OpenLedgerException.invalid("receiver", to, "an address that somebody has");
    }
    checkAmount(amount);
    return new BridgeCall(
        Layer.ROLLUP,
        BridgeAddresses.ROLLUP_BRIDGE,
        Wei.ZERO,
        BRIDGE_TOKEN.encodeCall(
            rollupToken, to, amount.value(), BigInteger.valueOf(GAS), new byte[0]),
        "withdraw " + amount + " units of " + rollupToken + " to " + to + " on L1");
  }

  /**
   * Where a withdrawal stands.
   *
   * @param transaction on the rollup
   * @param index among the transaction's withdrawals, from 0
   * @param prover whose proof is looked at first; others' count too
   */
  public WithdrawalStatus status(Hash256 transaction, int index, Optional<ChainAddress> prover) {
    Optional<TransactionReceipt> receipt = portal.rollup().receipt(transaction);
    if (receipt.isEmpty()) {
      return new WithdrawalStatus(
          Stage.UNKNOWN,
          Optional.empty(),
          Optional.empty(),
          "no block of the rollup has this transaction now; ask again");
    }
    if (!receipt.get().succeeded()) {
      return new WithdrawalStatus(
          Stage.REVERTED,
          Optional.empty(),
          Optional.empty(),
          "reverted on the rollup: nothing is withdrawn");
    }
    Hash256 hash = message(receipt.get(), index).hash();
    if (finalized(hash)) {
      return new WithdrawalStatus(
          Stage.FINALIZED, Optional.of(hash), Optional.empty(), "finalised on L1");
    }
    Proposals proposals = portal.proposals();
    Optional<Proof> proof = proposals.proof(hash, prover);
    WithdrawalStatus status =
        proof
            .filter(p -> p.standing() != Standing.VOID)
            .map(p -> proven(hash, p))
            .orElseGet(() -> unproven(hash, proposals, receipt.get(), proof));
    return portal.paused()
        ? new WithdrawalStatus(
            status.stage(),
            status.withdrawal(),
            status.finalizable(),
            status.explanation() + "; the portal is paused, and neither proves nor finalises")
        : status;
  }

  private static WithdrawalStatus proven(Hash256 hash, Proof proof) {
    return proof.standing() == Standing.READY
        ? new WithdrawalStatus(
            Stage.FINALIZABLE, Optional.of(hash), proof.finalizable(), "can be finalised now")
        : new WithdrawalStatus(
            Stage.PROVEN,
            Optional.of(hash),
            proof.finalizable(),
            "proven at " + proof.at() + "; " + proof.explanation());
  }

  private WithdrawalStatus unproven(
      Hash256 hash, Proposals proposals, TransactionReceipt receipt, Optional<Proof> fallen) {
    boolean covered = !covering(proposals, receipt).isEmpty();
    String before = fallen.map(p -> "must be proven again: " + p.explanation() + "; ").orElse("");
    return new WithdrawalStatus(
        covered ? Stage.PROVABLE : Stage.INITIATED,
        Optional.of(hash),
        Optional.empty(),
        before
            + (covered
                ? "a state of block " + receipt.block() + " or later is proposed on L1"
                : "no state of block " + receipt.block() + " or later is proposed on L1 yet"));
  }

  /**
   * The proof of a withdrawal, verified in all parts and tried on L1's newest state.
   *
   * @param transaction on the rollup
   * @param index among the transaction's withdrawals, from 0
   * @param prover who will send it
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if it cannot be proven now, with what spoke
   *     against each proposal; {@code CHAIN_UNAVAILABLE} if no node of the rollup has the state
   */
  public BridgeCall prove(Hash256 transaction, int index, ChainAddress prover) {
    TransactionReceipt receipt = initiated(transaction);
    Withdrawal withdrawal = message(receipt, index);
    if (finalized(withdrawal.hash())) {
      throw refused(withdrawal + " is finalised", "withdrawals that are not", "nothing is to do");
    }
    List<Proposal> proposals = covering(portal.proposals(), receipt);
    if (proposals.isEmpty()) {
      throw refused(
          "no state of block " + receipt.block() + " or later is proposed on L1",
          "one that is",
          "ask again when the proposer has been at work");
    }
    List<String> reasons = new ArrayList<>();
    OpenLedgerException unavailable = null;
    for (Proposal proposal : some(proposals)) {
      try {
        BridgeCall call = proof(withdrawal, proposal);
        portal.l1().call(call.by(prover), Finality.UNSAFE);
        return call;
      } catch (OpenLedgerException e) {
        if (e.code() == ErrorCode.CHAIN_UNAVAILABLE) {
          unavailable = e;
        } else if (e.code() != ErrorCode.CHAIN_REFUSED) {
          throw e;
        }
        reasons.add("proposal " + proposal.index() + ": " + PortalErrors.describe(e));
      }
    }
    throw unavailable != null
        ? unavailable
        : refused(
            "the withdrawal cannot be proven: " + reasons,
            "a proposal that the portal takes and that is the rollup's state",
            "ask again when the next state is proposed");
  }

  private static List<Proposal> some(List<Proposal> proposals) {
    if (proposals.size() <= TRIES) {
      return proposals;
    }
    List<Proposal> some = new ArrayList<>(proposals.subList(0, TRIES / 2));
    some.addAll(proposals.subList(proposals.size() - TRIES / 2, proposals.size()));
    return some;
  }

  private BridgeCall proof(Withdrawal withdrawal, Proposal proposal) {
    Verified verified = nodes.slot(proposal.block(), withdrawal.slot());
    if (!verified.output().hash().equals(proposal.outputRoot())) {
      throw refused(
          "it claims output root " + proposal.outputRoot().hex() + " for block " + proposal.block(),
          "the rollup's, " + verified.output().hash().hex(),
          "do not prove against it");
    }
    if (!RollupNodes.sent(verified.path())) {
      throw refused(
          "the state of block " + proposal.block() + " does not have the withdrawal",
          "a state that has it",
          "ask again when the next state is proposed");
    }
    return new BridgeCall(
        Layer.L1,
        portal.address(),
        Wei.ZERO,
        PROVE.encodeCall(
            withdrawal.tuple(),
            proposal.index(),
            verified.output().tuple(),
            new ArrayList<Object>(verified.path().nodes())),
        "prove " + withdrawal);
  }

  /**
   * What finalises a withdrawal. Anyone may send it.
   *
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if it is too early, or if the receiver would
   *     not take the coins: the portal calls once, and what was refused then is lost
   */
  public BridgeCall finalise(Hash256 transaction, int index, Optional<ChainAddress> prover) {
    Withdrawal withdrawal = message(initiated(transaction), index);
    Hash256 hash = withdrawal.hash();
    Optional<Proof> proof =
        finalized(hash) ? Optional.empty() : portal.proposals().proof(hash, prover);
    if (proof.isEmpty() || proof.get().standing() != Standing.READY) {
      WithdrawalStatus status = status(transaction, index, prover);
      throw refused(
          "the withdrawal is " + status.stage() + ": " + status.explanation(),
          "one that is FINALIZABLE",
          "ask for its status again"
              + status.finalizable().map(from -> " after " + from).orElse(""));
    }
    checkReceiver(withdrawal);
    Optional<ChainAddress> submitter = proof.get().submitter();
    byte[] data =
        submitter.isPresent()
            ? FINALISE_PROOF_OF.encodeCall(withdrawal.tuple(), submitter.get())
            : FINALISE.encodeCall((Object) withdrawal.tuple());
    return new BridgeCall(Layer.L1, portal.address(), Wei.ZERO, data, "finalise " + withdrawal);
  }

  /**
   * Tries the portal's payment. Calls with data are not tried: who is called then may ask the
   * portal who sent the message, which it answers while it finalises only; the standard bridge's
   * messenger keeps what failed.
   */
  private void checkReceiver(Withdrawal withdrawal) {
    if (withdrawal.value().isZero()
        || withdrawal.data().length > 0
        || !(portal.gasToken() instanceof GasToken.Ether)) {
      return;
    }
    List<ChainAddress> payers = new ArrayList<>(List.of(portal.address()));
    LOCKBOX
        .maybeOne(portal.l1(), portal.address())
        .map(ChainAddress.class::cast)
        .filter(box -> !box.equals(ChainAddress.ZERO))
        .ifPresent(payers::add);
    String why = "";
    for (ChainAddress payer : payers) {
      Wei has = portal.l1().balance(payer); // not every node looks at it in a call
      if (has.compareTo(withdrawal.value()) < 0) {
        why = payer + " has " + has + " wei";
        continue;
      }
      try {
        portal
            .l1()
            .call(
                new Call(
                    Optional.of(payer),
                    Optional.of(withdrawal.target()),
                    withdrawal.value(),
                    new byte[0]),
                Finality.UNSAFE);
        return;
      } catch (OpenLedgerException e) {
        if (e.code() != ErrorCode.CHAIN_REFUSED) {
          throw e;
        }
        why = PortalErrors.describe(e);
      }
    }
    throw refused(
        "the payment of "
            + withdrawal.value()
            + " wei to "
            + withdrawal.target()
            + " fails: "
            + why,
        "a receiver that takes it, and a portal that has it",
        "do not finalise before that is mended: the portal pays once, and the amount would be lost");
  }

  private boolean finalized(Hash256 hash) {
    return FINALIZED.one(portal.l1(), portal.address(), (Object) hash.toBytes()).equals(true);
  }

  private List<Proposal> covering(Proposals proposals, TransactionReceipt receipt) {
    BlockHeader block =
        portal
            .rollup()
            .block(receipt.block())
            .filter(b -> b.hash().equals(receipt.blockHash()))
            .orElseThrow(
                () ->
                    refused(
                        "block " + receipt.block() + " of the rollup was reorganised away",
                        "a withdrawal in a block that is there",
                        "ask again"));
    return proposals.covering(receipt.block(), block.time());
  }

  private TransactionReceipt initiated(Hash256 transaction) {
    return portal
        .rollup()
        .receipt(transaction)
        .filter(TransactionReceipt::succeeded)
        .orElseThrow(
            () ->
                refused(
                    "transaction "
                        + transaction.hex()
                        + " is in no block of the rollup, or reverted",
                    "one that has succeeded",
                    "ask for its status"));
  }

  private static Withdrawal message(TransactionReceipt receipt, int index) {
    List<Withdrawal> all =
        receipt.logs().stream().flatMap(log -> Withdrawal.of(log).stream()).toList();
    if (index < 0 || index >= all.size()) {
      throw OpenLedgerException.invalid(
          "withdrawal of transaction " + receipt.transaction().hex(),
          "number " + index,
          "below " + all.size() + ", the number of withdrawals in it");
    }
    return all.get(index);
  }

  private static void checkAmount(Wei amount) {
    if (amount.isZero()) {
      throw OpenLedgerException.invalid("amount", amount, "1 wei or more");
    }
  }

  private static OpenLedgerException refused(String arrived, String allowed, String remedy) {
    return new OpenLedgerException(ErrorCode.CHAIN_REFUSED, arrived, allowed, remedy);
  }
}
