package io.openledger.chain.connector.bridge;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.bridge.DepositStatus.Stage;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.web3j.crypto.Hash;

/**
 * From L1 to the rollup. Safe for any number of threads.
 *
 * <p>Whoever signs must be an account, not a contract: what a contract deposits arrives from
 * another address on the rollup (OP Stack specification, "Address Aliasing").
 */
public final class Deposits {

  /** Gas on the rollup for what is called there; enough for the receive function of a wallet. */
  public static final long GAS = 200_000;

  private static final AbiSignature DEPOSIT =
      AbiSignature.parse("depositTransaction(address,uint256,uint64,bool,bytes)");
  private static final AbiSignature DEPOSIT_TOKEN =
      AbiSignature.parse("depositERC20Transaction(address,uint256,uint256,uint64,bool,bytes)");
  private static final AbiSignature BRIDGE_ETHER =
      AbiSignature.parse("depositETHTo(address,uint32,bytes)");
  private static final AbiSignature BRIDGE_TOKEN =
      AbiSignature.parse("depositERC20To(address,address,address,uint256,uint32,bytes)");
  private static final AbiSignature APPROVE = AbiSignature.parse("approve(address,uint256)");
  private static final View BALANCE = new View("balanceOf(address)", "(uint256)");
  private static final View ALLOWANCE = new View("allowance(address,address)", "(uint256)");
  private static final View REMOTE_TOKEN = new View("remoteToken()", "(address)");
  private static final View OLD_REMOTE_TOKEN = new View("l1Token()", "(address)");
  private static final View BRIDGE = new View("bridge()", "(address)");
  private static final View OLD_BRIDGE = new View("l2Bridge()", "(address)");
  private static final Hash256 RELAY_FAILED =
      Hash256.of(Hash.sha3("FailedRelayedMessage(bytes32)".getBytes(StandardCharsets.US_ASCII)));

  private final Portal portal;

  Deposits(Portal portal) {
    this.portal = portal;
  }

  /** What the native coin is, and so how it is deposited. */
  public GasToken gasToken() {
    return portal.gasToken();
  }

  /**
   * Deposits the rollup's native coin through the portal.
   *
   * @param from who signs on L1
   * @param to who gets it on the rollup; not the zero address
   * @param amount 1 wei or more
   * @return approval, if one is needed, and deposit
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if this chain's native coin is deposited in
   *     another way than the standard ones, or {@code from} does not have the amount
   */
  public List<BridgeCall> nativeCoin(ChainAddress from, ChainAddress to, Wei amount) {
    check(to, amount);
    GasToken token = portal.expectedGasToken();
    if (token instanceof GasToken.Ether) {
      return List.of(
          new BridgeCall(
              Layer.L1,
              portal.address(),
              amount,
              DEPOSIT.encodeCall(to, amount.value(), gas(), false, new byte[0]),
              "deposit " + amount + " wei of L1's coin for " + to + " on the rollup"));
    }
    if (token instanceof GasToken.PortalToken kept) {
      List<BridgeCall> calls = approved(from, kept.token(), portal.address(), amount, "the portal");
      calls.add(
          new BridgeCall(
              Layer.L1,
              portal.address(),
              Wei.ZERO,
              DEPOSIT_TOKEN.encodeCall(
                  to, amount.value(), amount.value(), gas(), false, new byte[0]),
              "deposit " + amount + " units of the gas token for " + to + " on the rollup"));
      return List.copyOf(calls);
    }
    if (token instanceof GasToken.Minted) {
      throw refused(
          "the rollup's native coin is minted there by a bridge of its own (custom gas token of the"
              + " Jovian upgrade): portal "
              + portal.address()
              + " takes no value",
          "ether, or a token that the portal keeps",
          "use the bridge that the chain's operator names");
    }
    throw refused(
        "it is not known how the native coin is deposited: " + ((GasToken.Unknown) token).why(),
        "ether, or a token of 18 decimals that the portal keeps",
        "use the bridge that the chain's operator names");
  }

  /**
   * Deposits ether through the standard bridge ({@code depositETHTo}): the messenger keeps a
   * message that failed on the rollup, so that it can be relayed again.
   */
  public List<BridgeCall> etherThroughBridge(ChainAddress to, Wei amount) {
    check(to, amount);
    if (!(portal.expectedGasToken() instanceof GasToken.Ether)) {
      throw refused(
          "the rollup's native coin is not ether",
          "rollups whose native coin is ether",
          "deposit the native coin through the portal");
    }
    return List.of(
        new BridgeCall(
            Layer.L1,
            bridge(),
            amount,
            BRIDGE_ETHER.encodeCall(to, gas(), new byte[0]),
            "bridge " + amount + " wei of ether to " + to + " on the rollup"));
  }

  /**
   * Deposits an ERC-20 token through the standard bridge. The token on the rollup is asked whether
   * it stands for this one and lets the bridge make it: the bridge does not ask, and what goes to a
   * wrong one is lost. Whether its code is honest is not known by that.
   *
   * @param from who signs on L1
   * @param to who gets it on the rollup
   * @param l1Token on L1
   * @param rollupToken OptimismMintableERC20 on the rollup
   * @param amount in the token's smallest unit, 1 or more
   */
  public List<BridgeCall> token(
      ChainAddress from,
      ChainAddress to,
      ChainAddress l1Token,
      ChainAddress rollupToken,
      Wei amount) {
    check(to, amount);
    ChainClient rollup = portal.rollup();
    Optional<Object> remote =
        REMOTE_TOKEN
            .maybeOne(rollup, rollupToken)
            .or(() -> OLD_REMOTE_TOKEN.maybeOne(rollup, rollupToken));
    if (!remote.equals(Optional.of(l1Token))) {
      throw refused(
          "token "
              + rollupToken
              + " on the rollup stands for "
              + remote.map(Object::toString).orElse("no token of L1"),
          l1Token.value(),
          "name the token that was made for it on the rollup; nothing was sent");
    }
    Optional<Object> maker =
        BRIDGE.maybeOne(rollup, rollupToken).or(() -> OLD_BRIDGE.maybeOne(rollup, rollupToken));
    if (!maker.equals(Optional.of(BridgeAddresses.ROLLUP_BRIDGE))) {
      throw refused(
          "token "
              + rollupToken
              + " on the rollup is made by "
              + maker.map(Object::toString).orElse("no bridge"),
          "the standard bridge, " + BridgeAddresses.ROLLUP_BRIDGE,
          "name the token that was made for the standard bridge; nothing was sent");
    }
    List<BridgeCall> calls = approved(from, l1Token, bridge(), amount, "the standard bridge");
    calls.add(
        new BridgeCall(
            Layer.L1,
            bridge(),
            Wei.ZERO,
            BRIDGE_TOKEN.encodeCall(l1Token, rollupToken, to, amount.value(), gas(), new byte[0]),
            "bridge " + amount + " units of " + l1Token + " to " + to + " on the rollup"));
    return List.copyOf(calls);
  }

  /**
   * Where the deposit of a transaction on L1 stands.
   *
   * @param transaction on L1
   */
  public DepositStatus status(Hash256 transaction) {
    Optional<TransactionReceipt> receipt = portal.l1().receipt(transaction);
    if (receipt.isEmpty()) {
      return new DepositStatus(
          Stage.UNKNOWN, Optional.empty(), "no block of L1 has this transaction now; ask again");
    }
    if (!receipt.get().succeeded()) {
      return new DepositStatus(
          Stage.REVERTED, Optional.empty(), "reverted on L1: nothing was deposited");
    }
    List<DepositTransaction> deposits =
        receipt.get().logs().stream()
            .flatMap(log -> DepositTransaction.of(portal.address(), log).stream())
            .toList();
    if (deposits.size() != 1) {
      throw OpenLedgerException.invalid(
          "number of deposits in transaction " + transaction.hex(), deposits.size(), "1");
    }
    return onRollup(deposits.get(0));
  }

  private DepositStatus onRollup(DepositTransaction deposit) {
    Optional<Hash256> hash = Optional.of(deposit.hash());
    Optional<TransactionReceipt> receipt = portal.rollup().receipt(deposit.hash());
    if (receipt.isEmpty()) {
      return new DepositStatus(
          Stage.INITIATED, hash, "in a block of L1; the rollup has not taken it up yet");
    }
    if (!receipt.get().succeeded()) {
      return new DepositStatus(
          Stage.FAILED,
          hash,
          "what was called on the rollup failed; "
              + deposit.mint()
              + " wei are there, with "
              + deposit.from());
    }
    boolean failed =
        receipt.get().logs().stream()
            .anyMatch(
                log ->
                    log.address().equals(BridgeAddresses.ROLLUP_MESSENGER)
                        && !log.topics().isEmpty()
                        && log.topics().get(0).equals(RELAY_FAILED));
    return failed
        ? new DepositStatus(
            Stage.FAILED,
            hash,
            "the message failed on the rollup; its messenger keeps it, and anyone may relay it"
                + " again")
        : new DepositStatus(Stage.ARRIVED, hash, "arrived in block " + receipt.get().block());
  }

  /** The balance is checked and, if it must, the spender approved. The list can be added to. */
  private List<BridgeCall> approved(
      ChainAddress from, ChainAddress token, ChainAddress spender, Wei amount, String who) {
    BigInteger balance = (BigInteger) BALANCE.one(portal.l1(), token, from);
    if (balance.compareTo(amount.value()) < 0) {
      throw refused(
          from + " has " + balance + " units of token " + token + " on L1",
          amount + " or more",
          "lower the amount; nothing was sent");
    }
    BigInteger allowed = (BigInteger) ALLOWANCE.one(portal.l1(), token, from, spender);
    List<BridgeCall> calls = new ArrayList<>();
    if (allowed.compareTo(amount.value()) < 0) {
      // some tokens refuse to change an allowance that is not zero
      if (allowed.signum() > 0) {
        calls.add(approval(token, spender, Wei.ZERO, who));
      }
      calls.add(approval(token, spender, amount, who));
    }
    return calls;
  }

  private static BridgeCall approval(
      ChainAddress token, ChainAddress spender, Wei amount, String who) {
    return new BridgeCall(
        Layer.L1,
        token,
        Wei.ZERO,
        APPROVE.encodeCall(spender, amount.value()),
        "let " + who + " take " + amount + " units of " + token);
  }

  private BigInteger gas() {
    return BigInteger.valueOf(Math.max(GAS, portal.leastGas(0)));
  }

  private ChainAddress bridge() {
    return portal
        .addresses()
        .standardBridge()
        .orElseThrow(
            () ->
                refused(
                    "no standard bridge is configured",
                    "the address of L1StandardBridge",
                    "configure it, or deposit the native coin"));
  }

  private static void check(ChainAddress to, Wei amount) {
    if (to.equals(ChainAddress.ZERO)) {
      throw OpenLedgerException.invalid("receiver", to, "an address that somebody has");
    }
    if (amount.isZero()) {
      throw OpenLedgerException.invalid("amount", amount, "1 wei or more");
    }
  }

  private static OpenLedgerException refused(String arrived, String allowed, String remedy) {
    return new OpenLedgerException(ErrorCode.CHAIN_REFUSED, arrived, allowed, remedy);
  }
}
